using Microsoft.Win32.SafeHandles;

namespace Rollcall.Registry.Journaling;

/// <summary>Reads the instances of a snapshot; it is whole only when the record that ends it says how many there were.</summary>
internal sealed class SnapshotReader : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly FrameReader _frames;
    private readonly FileHeader _header;
    private readonly DecodePool _pool;
    private readonly byte[]? _service;
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

    /// <summary>What ended the reading early.</summary>
    public Damage? Damage { get; private set; }

    /// <summary>The next record; its instance is null when it is of another service than the one wanted.</summary>
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
                if (!TryReadEnd(payload, out var count) || count != Count)
                    return Refuse($"its end says {count} instances and it holds {Count}");
                _ended = true;
                return Step(out instance);
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

    public static void WriteEnd(RecordBuffer buffer, long count)
    {
        var start = buffer.BeginRecord();
        buffer.WriteByte((byte)RecordKind.End);
        buffer.WriteUnsigned((ulong)count);
        buffer.EndRecord(start);
    }

    private static bool TryReadEnd(ReadOnlySpan<byte> payload, out long count)
    {
        var reader = new RecordReader(payload[1..]);
        count = reader.ReadLong();
        return !reader.Failed && reader.AtEnd;
    }

    private ReadStep Refuse(string problem)
    {
        Damage = new Damage(_frames.Offset, problem, MayBeTorn: false);
        return ReadStep.Damaged;
    }
}
