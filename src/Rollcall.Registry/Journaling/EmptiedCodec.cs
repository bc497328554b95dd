using System.Runtime.InteropServices;

namespace Rollcall.Registry.Journaling;

/// <summary>What the last record of a snapshot says it holds.</summary>
/// <param name="Instances">How many instances.</param>
/// <param name="Emptied">How many services without instances.</param>
/// <param name="Forgotten"><see cref="EmptiedServices.Forgotten"/>.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SnapshotEnd(long Instances, long Emptied, long Forgotten);

/// <summary>Services without instances, and the end of a snapshot, to bytes and back (docs/journal-format.md).</summary>
internal static class EmptiedCodec
{
    public static void Write(RecordBuffer buffer, EmptiedService service, long snapshotRevision, DateTimeOffset snapshotTime)
    {
        var start = buffer.BeginRecord();
        buffer.WriteByte((byte)RecordKind.Emptied);
        buffer.WriteString(service.Service);
        buffer.WriteSigned(snapshotRevision - service.Revision);
        buffer.WriteSigned(UnixTicks.From(snapshotTime) - UnixTicks.From(service.Since));
        buffer.EndRecord(start);
    }

    public static EmptiedService? TryRead(ReadOnlySpan<byte> payload, DecodePool pool, long snapshotRevision, DateTimeOffset snapshotTime)
    {
        var reader = new RecordReader(payload);
        if ((RecordKind)reader.ReadByte() != RecordKind.Emptied)
            return null;
        var service = pool.String(reader.ReadBytes());
        var age = reader.ReadSigned();
        var ticks = reader.ReadSigned();
        if (reader.Failed || !reader.AtEnd || age < 0 || age > snapshotRevision || !UnixTicks.TryParse(UnixTicks.From(snapshotTime) - ticks, out var since))
            return null;
        return new EmptiedService(service, snapshotRevision - age, since);
    }

    public static void WriteEnd(RecordBuffer buffer, SnapshotEnd end)
    {
        var start = buffer.BeginRecord();
        buffer.WriteByte((byte)RecordKind.End);
        buffer.WriteUnsigned((ulong)end.Instances);
        buffer.WriteUnsigned((ulong)end.Emptied);
        buffer.WriteUnsigned((ulong)end.Forgotten);
        buffer.EndRecord(start);
    }

    /// <summary>The end of a snapshot. One that knows nothing of emptied services has forgotten all up to its own revision.</summary>
    public static bool TryReadEnd(ReadOnlySpan<byte> payload, long snapshotRevision, out SnapshotEnd end)
    {
        var reader = new RecordReader(payload[1..]);
        var instances = reader.ReadLong();
        end = reader.AtEnd ? new SnapshotEnd(instances, 0, snapshotRevision) : new SnapshotEnd(instances, reader.ReadLong(), reader.ReadLong());
        return !reader.Failed && reader.AtEnd && end.Forgotten <= snapshotRevision;
    }
}
