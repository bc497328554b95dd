using Microsoft.Win32.SafeHandles;

namespace Rollcall.Registry.Journaling;

/// <summary>Reads a snapshot; it is whole only when the record that ends it says how much it holds.</summary>
internal sealed class SnapshotReader : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly FrameReader _frames;
    private readonly FileHeader _header;
    private readonly DecodePool _pool;
    private readonly byte[]? _service;
    private long _emptiedCount;
    private bool _ended;

    /// <summary>Takes the file over.</summary>
    /// <param name="file">The file.</param>
    /// <param name="header">Its header.</param>
    /// <param name="pool">Where equal strings become one.</param>
    /// <param name="service">The only service wanted, as UTF-8; null for all. The others are counted and not decoded.</param>
    public SnapshotReader(SafeFileHandle file, FileHeader header, DecodePool pool, byte[]? service = null)
    {
        _service = service;
        _file = file;
        _header = header;
        _pool = pool;
        _frames = new FrameReader(file, FileHeader.Bytes, RandomAccess.GetLength(file));
    }

    /// <summary>Instances read.</summary>
    public long Count { get; private set; }

    /// <summary>Services without instances, those read so far; none when only one service is wanted.</summary>
    public List<EmptiedService> Emptied { get; } = [];

    /// <summary><see cref="EmptiedServices.Forgotten"/>, once the end is read.</summary>
    public long Forgotten { get; private set; }

    /// <summary>What ended the reading early.</summary>
    public Damage? Damage { get; private set; }

    /// <summary>The next record; its instance is null when it is none, or of another service than the one wanted.</summary>
    public ReadStep Step(out Instance? instance)
    {
        instance = null;
        var step = _frames.Step(out var payload);
        switch (step)
        {
            case ReadStep.Damaged:
                return Refuse(_frames.Damage!);
            case ReadStep.End when !_ended:
                return Refuse("its end is missing");
            case ReadStep.Record when _ended:
                return Refuse("something follows its end");
            case ReadStep.Record when payload[0] == (byte)RecordKind.End:
                if (!EmptiedCodec.TryReadEnd(payload, _header.Revision, out var end) || end.Instances != Count || end.Emptied != _emptiedCount)
                    return Refuse($"its end says {end.Instances} instances and {end.Emptied} emptied services, and it holds {Count} and {_emptiedCount}");
                _ended = true;
                Forgotten = end.Forgotten;
                return Step(out instance);
            case ReadStep.Record when payload[0] == (byte)RecordKind.Emptied:
                return ReadEmptied(payload);
            case ReadStep.Record when _service is not null && !InstanceCodec.IsOf(payload, _service):
                Count++;
                return step;
            case ReadStep.Record:
                instance = InstanceCodec.TryRead(payload, _pool, _header.Revision, _header.Time);
                if (instance is null)
                    return Refuse("the record is no instance");
                Count++;
                return step;
            default:
                return step;
        }
    }

    /// <summary>As <see cref="Step"/>, reading from the file what it needs.</summary>
    public ReadStep StepFilling(out Instance? instance)
    {
        ReadStep step;
        while ((step = Step(out instance)) == ReadStep.NeedsData)
            _frames.Fill();
        return step;
    }

    public ValueTask FillAsync(CancellationToken cancellationToken) => _frames.FillAsync(cancellationToken);

    public void Dispose()
    {
        _frames.Dispose();
        _file.Dispose();
    }

    private ReadStep ReadEmptied(ReadOnlySpan<byte> payload)
    {
        _emptiedCount++;
        if (_service is not null)
            return ReadStep.Record;
        if (EmptiedCodec.TryRead(payload, _pool, _header.Revision, _header.Time) is not { } emptied)
            return Refuse("the record is no emptied service");
        Emptied.Add(emptied);
        return ReadStep.Record;
    }

    private ReadStep Refuse(string problem)
    {
        Damage = new Damage(_frames.Offset, problem, MayBeTorn: false);
        return ReadStep.Damaged;
    }
}
