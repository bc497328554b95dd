using Microsoft.Win32.SafeHandles;

namespace Rollcall.Registry.Journaling;

/// <summary>Bytes that are no record, or a record that cannot stand where it stands.</summary>
/// <param name="Offset">Where in the file, in bytes.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="MayBeTorn">True when an interrupted write could have left it so.</param>
internal sealed record Damage(long Offset, string Problem, bool MayBeTorn);

/// <summary>Reads the records of a segment in order and checks that their revisions follow one another.</summary>
internal sealed class SegmentReader(SafeFileHandle file, long start, long end, long nextRevision) : IDisposable
{
    private readonly FrameReader _frames = new(file, start, end);

    /// <summary>The revision that the next change must have.</summary>
    public long NextRevision { get; private set; } = nextRevision;

    /// <summary>What the last record begins with.</summary>
    public RecordPrefix Prefix { get; private set; }

    /// <summary>Where the last record, or the damage, begins.</summary>
    public long Offset => _frames.Offset;

    /// <summary>Everything before it was read and is well.</summary>
    public long Position => Damage is null ? _frames.Position : Damage.Offset;

    /// <summary>What ended the reading early.</summary>
    public Damage? Damage { get; private set; }

    public ReadStep Step(out ReadOnlySpan<byte> payload)
    {
        var step = _frames.Step(out payload);
        if (step == ReadStep.Damaged)
            Damage = new Damage(Offset, _frames.Damage!, MayBeTorn: true);
        if (step != ReadStep.Record)
            return step;
        if (!ChangeCodec.TryReadPrefix(payload, out var prefix))
            return Refuse("the record is of no known kind");
        switch (prefix.Kind)
        {
            case RecordKind.Change when prefix.Revision != NextRevision:
                return Refuse($"it holds revision {prefix.Revision} where {NextRevision} must stand");
            case RecordKind.Mark when prefix.Revision != NextRevision - 1:
                return Refuse($"it marks revision {prefix.Revision} as the last where that is {NextRevision - 1}");
            case RecordKind.Gap when prefix.Revision < NextRevision:
                return Refuse($"it is a gap that ends at revision {prefix.Revision}, before it begins");
        }

        Prefix = prefix;
        NextRevision = prefix.Revision + 1;
        return ReadStep.Record;
    }

    /// <summary>As <see cref="Step"/>, reading from the file what it needs.</summary>
    public ReadStep StepFilling(out ReadOnlySpan<byte> payload)
    {
        ReadStep step;
        while ((step = Step(out payload)) == ReadStep.NeedsData)
            _frames.Fill();
        return step;
    }

    public ValueTask FillAsync(CancellationToken cancellationToken) => _frames.FillAsync(cancellationToken);

    /// <summary>The record last read has a sound frame but its contents make no sense.</summary>
    public ReadStep Refuse(string problem)
    {
        Damage = new Damage(Offset, problem, MayBeTorn: false);
        return ReadStep.Damaged;
    }

    /// <summary>As if the record last read had not been there.</summary>
    public void GoBackTo(long nextRevision) => NextRevision = nextRevision;

    public void Dispose() => _frames.Dispose();
}
