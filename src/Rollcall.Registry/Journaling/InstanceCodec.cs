using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;

namespace Rollcall.Registry.Journaling;

/// <summary>Instances to bytes and back: the body of a change and the records of a snapshot (docs/journal-format.md).</summary>
internal static class InstanceCodec
{
    [Flags]
    private enum Has
    {
        None = 0,
        OwnerReady = 1,
        Draining = 2,
        Expired = 4,
        Zone = 8,
        Node = 16,
        Reason = 32,
        Checks = 64,
        OwnerHash = 128,
        OwnerReason = 256,
        FailingCheck = 512,
        CallersFinding = 1024,
        Origin = 2048,
        DrainReason = 4096,
        All = 8191,
    }

    /// <summary>A record of a snapshot.</summary>
    public static void Write(RecordBuffer buffer, Instance instance, long snapshotRevision, DateTimeOffset snapshotTime)
    {
        var start = buffer.BeginRecord();
        buffer.WriteByte((byte)RecordKind.Instance);
        buffer.WriteString(instance.Registration.Service);
        buffer.WriteString(instance.Registration.Id);
        WriteBody(buffer, instance, snapshotRevision, snapshotTime);
        buffer.EndRecord(start);
    }

    public static Instance? TryRead(ReadOnlySpan<byte> payload, DecodePool pool, long snapshotRevision, DateTimeOffset snapshotTime)
    {
        var reader = new RecordReader(payload);
        if ((RecordKind)reader.ReadByte() != RecordKind.Instance)
            return null;
        var key = new InstanceKey(pool.String(reader.ReadBytes()), Encoding.UTF8.GetString(reader.ReadBytes()));
        var instance = TryReadBody(ref reader, payload, pool, key, snapshotRevision, snapshotTime);
        return reader.Failed || !reader.AtEnd ? null : instance;
    }

    /// <summary>Whether a record of a snapshot is one of a service, named in UTF-8.</summary>
    public static bool IsOf(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> service)
    {
        var reader = new RecordReader(payload);
        return (RecordKind)reader.ReadByte() == RecordKind.Instance && reader.ReadBytes().SequenceEqual(service);
    }

    /// <summary>All but service and id. Revision and time are kept relative to those of what they stand in: mostly one byte each.</summary>
    public static void WriteBody(RecordBuffer buffer, Instance instance, long revision, DateTimeOffset time)
    {
        var registration = instance.Registration;
        buffer.WriteUnsigned((ulong)FlagsOf(instance));
        buffer.WriteByte((byte)instance.State);
        buffer.WriteSigned(unchecked(revision - instance.Revision));
        buffer.WriteSigned(time.UtcTicks - instance.Since.UtcTicks);
        buffer.WriteString(registration.Address);
        buffer.WriteSigned(registration.Ttl.Ticks);
        buffer.WriteSigned(registration.Weight);
        buffer.WriteUnsigned((ulong)registration.Ports.Count);
        foreach (ref readonly var port in registration.Ports.AsSpan())
        {
            buffer.WriteString(port.Key);
            buffer.WriteSigned(port.Value);
        }

        buffer.WriteUnsigned((ulong)registration.Metadata.Count);
        foreach (ref readonly var label in registration.Metadata.AsSpan())
        {
            buffer.WriteString(label.Key);
            buffer.WriteString(label.Value);
        }

        WriteWhenThere(buffer, registration.Zone);
        WriteWhenThere(buffer, registration.Node);
        WriteWhenThere(buffer, instance.Reason);
        WriteChecks(buffer, registration.Checks);
        if (!instance.OwnerHash.IsDefaultOrEmpty)
            buffer.WriteBytes(instance.OwnerHash.AsSpan());
        WriteWhenThere(buffer, instance.OwnerReason);
        WriteWhenThere(buffer, instance.FailingCheck);
        WriteWhenThere(buffer, instance.CallersFinding);
        WriteWhenThere(buffer, instance.Origin);
        WriteWhenThere(buffer, instance.DrainReason);
    }

    public static Instance? TryReadBody(
        ref RecordReader reader,
        ReadOnlySpan<byte> payload,
        DecodePool pool,
        InstanceKey key,
        long revision,
        DateTimeOffset time)
    {
        var has = (Has)reader.ReadInt((int)Has.All);
        var state = (EndpointState)reader.ReadByte();
        var ownRevision = unchecked(revision - reader.ReadSigned());
        var isTime = UnixTicks.TryParse(unchecked(UnixTicks.From(time) - reader.ReadSigned()), out var since);
        var address = Encoding.UTF8.GetString(reader.ReadBytes());
        var ttl = new TimeSpan(reader.ReadSigned());
        var weight = reader.ReadSigned();
        var ports = pool.Ports(ref reader, payload);
        var metadata = pool.Labels(ref reader, payload);
        var zone = ReadWhen(has.HasFlag(Has.Zone), ref reader, pool);
        var node = ReadWhen(has.HasFlag(Has.Node), ref reader, pool);
        var reason = ReadWhen(has.HasFlag(Has.Reason), ref reader, pool);
        var checks = has.HasFlag(Has.Checks) ? ReadChecks(ref reader) : [];
        var ownerHash = has.HasFlag(Has.OwnerHash) ? reader.ReadBytes() : default;
        var ownerReason = ReadWhen(has.HasFlag(Has.OwnerReason), ref reader, pool);
        var failingCheck = ReadWhen(has.HasFlag(Has.FailingCheck), ref reader, pool);
        var callersFinding = ReadWhen(has.HasFlag(Has.CallersFinding), ref reader, pool);
        var origin = ReadWhen(has.HasFlag(Has.Origin), ref reader, pool);
        var drainReason = ReadWhen(has.HasFlag(Has.DrainReason), ref reader, pool);
        if (state > EndpointState.Draining || !isTime || weight is < int.MinValue or > int.MaxValue)
            reader.Fail();
        if (reader.Failed)
            return null;
        return new Instance
        {
            Registration = new InstanceRegistration
            {
                Service = key.Service,
                Id = key.Id,
                Address = address,
                Ports = ports!,
                Ttl = ttl,
                Weight = (int)weight,
                Zone = zone,
                Node = node,
                Metadata = metadata!,
                Checks = checks,
            },
            State = state,
            Reason = reason,
            Since = since,
            Revision = ownRevision,
            OwnerHash = ImmutableCollectionsMarshal.AsImmutableArray(ownerHash.ToArray()),
            OwnerReady = has.HasFlag(Has.OwnerReady),
            OwnerReason = ownerReason,
            Draining = has.HasFlag(Has.Draining),
            Expired = has.HasFlag(Has.Expired),
            FailingCheck = failingCheck,
            CallersFinding = callersFinding,
            Origin = origin,
            DrainReason = drainReason,
        };
    }

    private static Has FlagsOf(Instance instance) =>
        (instance.OwnerReady ? Has.OwnerReady : Has.None)
        | (instance.Draining ? Has.Draining : Has.None)
        | (instance.Expired ? Has.Expired : Has.None)
        | (instance.Registration.Zone is null ? Has.None : Has.Zone)
        | (instance.Registration.Node is null ? Has.None : Has.Node)
        | (instance.Reason is null ? Has.None : Has.Reason)
        | (instance.Registration.Checks.IsDefaultOrEmpty ? Has.None : Has.Checks)
        | (instance.OwnerHash.IsDefaultOrEmpty ? Has.None : Has.OwnerHash)
        | (instance.OwnerReason is null ? Has.None : Has.OwnerReason)
        | (instance.FailingCheck is null ? Has.None : Has.FailingCheck)
        | (instance.CallersFinding is null ? Has.None : Has.CallersFinding)
        | (instance.Origin is null ? Has.None : Has.Origin)
        | (instance.DrainReason is null ? Has.None : Has.DrainReason);

    private static void WriteWhenThere(RecordBuffer buffer, string? value)
    {
        if (value is not null)
            buffer.WriteString(value);
    }

    private static string? ReadWhen(bool isThere, ref RecordReader reader, DecodePool pool) =>
        isThere ? pool.String(reader.ReadBytes()) : null;

    private static void WriteChecks(RecordBuffer buffer, ImmutableArray<CheckDefinition> checks)
    {
        if (checks.IsDefaultOrEmpty)
            return;
        buffer.WriteUnsigned((ulong)checks.Length);
        foreach (var check in checks)
        {
            buffer.WriteByte((byte)check.Kind);
            buffer.WriteString(check.Target);
            buffer.WriteSigned(check.Interval.Ticks);
            buffer.WriteSigned(check.Timeout.Ticks);
            buffer.WriteSigned(check.FailureThreshold);
            buffer.WriteSigned(check.SuccessThreshold);
        }
    }

    private static ImmutableArray<CheckDefinition> ReadChecks(ref RecordReader reader)
    {
        const int LeastBytes = 6;
        var count = reader.ReadInt(reader.Remaining / LeastBytes);
        var checks = ImmutableArray.CreateBuilder<CheckDefinition>();
        for (var i = 0; i < count && !reader.Failed; i++)
        {
            var kind = (CheckKind)reader.ReadByte();
            var target = Encoding.UTF8.GetString(reader.ReadBytes());
            var interval = new TimeSpan(reader.ReadSigned());
            var timeout = new TimeSpan(reader.ReadSigned());
            var failures = reader.ReadSigned();
            var successes = reader.ReadSigned();
            if (kind > CheckKind.Tcp || failures is < int.MinValue or > int.MaxValue || successes is < int.MinValue or > int.MaxValue)
                reader.Fail();
            checks.Add(new CheckDefinition
            {
                Kind = kind,
                Target = target,
                Interval = interval,
                Timeout = timeout,
                FailureThreshold = (int)failures,
                SuccessThreshold = (int)successes,
            });
        }

        return checks.DrainToImmutable();
    }
}
