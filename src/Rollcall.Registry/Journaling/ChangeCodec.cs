namespace Rollcall.Registry.Journaling;

/// <summary>Records of a segment to bytes and back (docs/journal-format.md).</summary>
internal static class ChangeCodec
{
    public static void Write(RecordBuffer buffer, Change change, long unsafeBytes)
    {
        if (change.Instance is { } named && named.Key != change.Key)
            throw new ArgumentException($"Change {change.Revision} of {change.Key} carries the instance {named.Key}.", nameof(change));
        var start = buffer.BeginRecord();
        WritePrefix(buffer, RecordKind.Change, unsafeBytes, change.Revision, change.Time);
        buffer.WriteByte((byte)change.Kind);
        buffer.WriteString(change.Key.Service);
        buffer.WriteString(change.Key.Id);
        buffer.WriteByte((byte)((change.Instance is null ? 0 : 1) | (change.Reason is null ? 0 : 2)));
        if (change.Reason is { } reason)
            buffer.WriteString(reason);
        if (change.Instance is { } instance)
            InstanceCodec.WriteBody(buffer, instance, change.Revision, change.Time);
        buffer.EndRecord(start);
    }

    /// <summary>A mark or a gap: a prefix and nothing more.</summary>
    public static void Write(RecordBuffer buffer, RecordPrefix prefix)
    {
        var start = buffer.BeginRecord();
        WritePrefix(buffer, prefix.Kind, prefix.Unsafe, prefix.Revision, prefix.Time);
        buffer.EndRecord(start);
    }

    public static bool TryReadPrefix(ReadOnlySpan<byte> payload, out RecordPrefix prefix)
    {
        var reader = new RecordReader(payload);
        return TryReadPrefix(ref reader, out prefix) && (prefix.Kind == RecordKind.Change || reader.AtEnd);
    }

    /// <summary>Whether a change is one of a service, named in UTF-8.</summary>
    public static bool IsOf(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> service)
    {
        var reader = new RecordReader(payload);
        _ = TryReadPrefix(ref reader, out _);
        reader.ReadByte();
        return reader.ReadBytes().SequenceEqual(service);
    }

    public static Change? TryRead(ReadOnlySpan<byte> payload, DecodePool pool)
    {
        var reader = new RecordReader(payload);
        if (!TryReadPrefix(ref reader, out var prefix) || prefix.Kind != RecordKind.Change)
            return null;
        var kind = (ChangeKind)reader.ReadByte();
        var key = new InstanceKey(pool.String(reader.ReadBytes()), System.Text.Encoding.UTF8.GetString(reader.ReadBytes()));
        var has = reader.ReadInt(3);
        var reason = (has & 2) != 0 ? pool.String(reader.ReadBytes()) : null;
        var instance = (has & 1) != 0 ? InstanceCodec.TryReadBody(ref reader, payload, pool, key, prefix.Revision, prefix.Time) : null;
        if (reader.Failed || !reader.AtEnd || kind is < ChangeKind.Registered or > ChangeKind.Removed)
            return null;
        return new Change(prefix.Revision, prefix.Time, kind, key, instance, reason);
    }

    private static void WritePrefix(RecordBuffer buffer, RecordKind kind, long unsafeBytes, long revision, DateTimeOffset time)
    {
        buffer.WriteByte((byte)kind);
        buffer.WriteUnsigned((ulong)unsafeBytes);
        buffer.WriteUnsigned((ulong)revision);
        buffer.WriteSigned(UnixTicks.From(time));
    }

    private static bool TryReadPrefix(ref RecordReader reader, out RecordPrefix prefix)
    {
        var kind = (RecordKind)reader.ReadByte();
        var unsafeBytes = reader.ReadLong();
        var revision = reader.ReadLong();
        var isTime = UnixTicks.TryParse(reader.ReadSigned(), out var time);
        prefix = new RecordPrefix(kind, unsafeBytes, revision, time);
        return !reader.Failed && isTime && kind is RecordKind.Change or RecordKind.Mark or RecordKind.Gap;
    }
}
