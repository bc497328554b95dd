using System.Collections.Immutable;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Rollcall.Registry.Journaling;
using Rollcall.TestKit;

namespace Rollcall.Registry.Tests.Journaling;

public sealed class CodecTests
{
    [Fact]
    public void The_checksum_is_CRC_32C() => Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(1000)]
    public void The_checksum_equals_the_bitwise_one(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        var oracle = uint.MaxValue;
        foreach (var value in bytes)
        {
            oracle ^= value;
            for (var bit = 0; bit < 8; bit++)
                oracle = (oracle >> 1) ^ ((oracle & 1) == 0 ? 0 : 0x82F63B78);
        }

        Assert.Equal(~oracle, Crc32C.Compute(bytes));
    }

    [Fact]
    public void Any_change_comes_back_equal()
    {
        var pool = new DecodePool();
        var buffer = new RecordBuffer(16);
        Prop.ForAll(Changes().ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (change, unsafeBytes) =>
        {
            buffer.Clear();
            ChangeCodec.Write(buffer, change, unsafeBytes);
            var payload = buffer.Written[RecordBuffer.FrameBytes..];
            Assert.True(ChangeCodec.TryReadPrefix(payload, out var prefix));
            Assert.Equal(new RecordPrefix(RecordKind.Change, unsafeBytes, change.Revision, change.Time), prefix);
            AssertSame(change, ChangeCodec.TryRead(payload, pool));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Any_instance_comes_back_equal_from_a_snapshot()
    {
        var pool = new DecodePool();
        var buffer = new RecordBuffer(16);
        Prop.ForAll(Instances(new InstanceKey("orders", "o-1")).ToArbitrary(), instance =>
        {
            buffer.Clear();
            InstanceCodec.Write(buffer, instance, 12345, Sample.Start);
            AssertSame(instance, InstanceCodec.TryRead(buffer.Written[RecordBuffer.FrameBytes..], pool, 12345, Sample.Start));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void No_property_is_forgotten()
    {
        // A property added to these records must be added to the codec (and its format version raised), then here.
        Assert.Equal(["Change", "Instance", "Key", "Kind", "Reason", "Revision", "Time"], ["Change", .. NamesOf<Change>()]);
        Assert.Equal(["CallersFinding", "DrainReason", "Draining", "Expired", "FailingCheck", "Key", "Origin", "OwnerHash", "OwnerReady", "OwnerReason", "Reason", "Registration", "Revision", "Since", "State"], NamesOf<Instance>());
        Assert.Equal(["Address", "Checks", "Id", "Metadata", "Node", "Ports", "Service", "Ttl", "Weight", "Zone"], NamesOf<InstanceRegistration>());
        Assert.Equal(["FailureThreshold", "Interval", "Kind", "SuccessThreshold", "Target", "Timeout"], NamesOf<CheckDefinition>());
    }

    [Fact]
    public void Equal_names_and_maps_become_one_object()
    {
        var pool = new DecodePool();
        var first = Decode(Sample.Registered(1), pool);
        var second = Decode(Sample.Registered(2), pool);
        Assert.Same(first.Key.Service, second.Key.Service);
        Assert.Same(first.Instance!.Registration.Ports, second.Instance!.Registration.Ports);
        Assert.Same(first.Instance.Registration.Metadata, second.Instance.Registration.Metadata);
        Assert.Same(first.Instance.Registration.Zone, second.Instance.Registration.Zone);
    }

    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        var header = new byte[FileHeader.Bytes];
        new FileHeader(JournalFileKind.Segment, Guid.ParseExact("00112233445566778899aabbccddeeff", "N"), 7, Sample.Start, 3, 4711).Write(header);
        Assert.Equal(
            "52434A524E4C0D0A" + "01000000" + "00112233445566778899AABBCCDDEEFF" + "0700000000000000" + "008042BDD2C83E00" + "0300000000000000" + "6712000000000000"
            + Convert.ToHexString(BitConverter.GetBytes(Crc32C.Compute(header.AsSpan(0, 60)))),
            Convert.ToHexString(header));
        var buffer = new RecordBuffer();
        ChangeCodec.Write(buffer, new Change(3, DateTimeOffset.UnixEpoch.AddTicks(1), ChangeKind.Deregistered, new InstanceKey("a", "b"), null, "x"), 300);
        Assert.Equal("01" + "AC02" + "03" + "02" + "07" + "0161" + "0162" + "02" + "0178", Convert.ToHexString(buffer.Written[RecordBuffer.FrameBytes..]));
        Assert.Equal("0D000000", Convert.ToHexString(buffer.Written[..4]));
    }

    [Fact]
    public void Garbage_is_refused_without_an_exception_or_much_memory()
    {
        var random = new Random(4711);
        var pool = new DecodePool();
        var garbage = new byte[300];
        // Once before it is measured: the pool fills.
        for (var i = 0; i < 200_000; i++)
        {
            var bytes = garbage.AsSpan(0, random.Next(garbage.Length));
            random.NextBytes(bytes);
            if (bytes.Length > 2)
                bytes[0] = (byte)random.Next(1, 6);
            AssertBounded(bytes, pool);
        }
    }

    [Fact]
    public void Flipped_bits_are_refused_or_decode_to_something_without_an_exception_or_much_memory()
    {
        var pool = new DecodePool();
        var buffer = new RecordBuffer();
        foreach (var change in Changes().Sample(200))
        {
            buffer.Clear();
            ChangeCodec.Write(buffer, change, 0);
            var payload = buffer.Written[RecordBuffer.FrameBytes..].ToArray();
            for (var bit = 0; bit < Math.Min(payload.Length, 400) * 8; bit++)
            {
                payload[bit / 8] ^= (byte)(1 << (bit % 8));
                AssertBounded(payload, pool);
                payload[bit / 8] ^= (byte)(1 << (bit % 8));
            }

            for (var length = 0; length < payload.Length; length++)
                Assert.Null(ChangeCodec.TryRead(payload.AsSpan(0, length), pool));
        }
    }

    private static void AssertBounded(ReadOnlySpan<byte> payload, DecodePool pool)
    {
        // Two bytes of input cannot promise more than one entry of a map, and an entry is small.
        var limit = 2048 + (200 * payload.Length);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(payload, pool);
        if (GC.GetAllocatedBytesForCurrentThread() - before <= limit)
            return;
        var again = payload.ToArray();
        var allocated = Allocation.Of(static () => new DecodePool(), pool => Read(again, pool));
        if (allocated > limit)
            Assert.Fail($"{allocated} bytes for a payload of {payload.Length}: {Convert.ToHexString(payload)}");
    }

    private static void Read(ReadOnlySpan<byte> payload, DecodePool pool)
    {
        ChangeCodec.TryRead(payload, pool);
        InstanceCodec.TryRead(payload, pool, 0, Sample.Start);
    }

    private static Change Decode(Change change, DecodePool pool)
    {
        var buffer = new RecordBuffer();
        ChangeCodec.Write(buffer, change, 0);
        return ChangeCodec.TryRead(buffer.Written[RecordBuffer.FrameBytes..], pool)!;
    }

    private static void AssertSame(Change expected, Change? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected with { Instance = null }, actual with { Instance = null });
        Assert.Equal(expected.Instance is null, actual.Instance is null);
        if (expected.Instance is not null)
            AssertSame(expected.Instance, actual.Instance);
    }

    // Property by property, for equality of records might forget one.
    private static void AssertSame(Instance expected, Instance? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected, actual);
        Assert.Equal(Describe(expected), Describe(actual));
    }

    private static string Describe(Instance instance)
    {
        var text = new StringBuilder();
        foreach (var property in typeof(Instance).GetProperties())
            text.Append(property.Name).Append('=').Append(Text(property.GetValue(instance))).Append('\n');
        foreach (var property in typeof(InstanceRegistration).GetProperties())
            text.Append(property.Name).Append('=').Append(Text(property.GetValue(instance.Registration))).Append('\n');
        return text.ToString();
    }

    private static string Text(object? value) => value switch
    {
        ImmutableArray<byte> bytes => Convert.ToHexString(bytes.AsSpan()),
        ImmutableArray<CheckDefinition> checks => string.Join(';', checks),
        SmallMap<int> ports => string.Join(';', ports),
        SmallMap<string> labels => string.Join(';', labels),
        InstanceRegistration => "",
        _ => value?.ToString() ?? "null",
    };

    private static IEnumerable<string> NamesOf<T>() => typeof(T).GetProperties().Select(static property => property.Name).Order(StringComparer.Ordinal);

    // Any text that UTF-8 can carry; single halves of surrogate pairs it cannot.
    private static Gen<string> Texts() => Gen.OneOf(
        Gen.Elements("", "a", "orders", "http", "größe", "日本", "🦊", new string('x', 41), new string('y', 42), new string('z', 300)),
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(static text => new string([.. text.Item.Where(static c => !char.IsSurrogate(c))])));

    private static Gen<string?> Optional() => Gen.OneOf(Gen.Constant<string?>(null), Texts().Select(static text => (string?)text));

    private static Gen<DateTimeOffset> Times() => ArbMap.Default.GeneratorFor<DateTime>().Select(static time => new DateTimeOffset(time.Ticks, TimeSpan.Zero));

    private static Gen<SmallMap<T>> Maps<T>(Gen<T> values) =>
        Gen.Zip(Texts(), values).ListOf().Select(static items =>
            new SmallMap<T>(items.DistinctBy(static item => item.Item1, StringComparer.Ordinal).Select(static item => KeyValuePair.Create(item.Item1, item.Item2))));

    private static Gen<T> Any<T>() => ArbMap.Default.GeneratorFor<T>();

    private static Gen<CheckDefinition> Checks() =>
        from kind in Gen.Elements(Enum.GetValues<CheckKind>())
        from target in Texts()
        from interval in Any<TimeSpan>()
        from timeout in Any<TimeSpan>()
        from failures in Any<int>()
        from successes in Any<int>()
        select new CheckDefinition { Kind = kind, Target = target, Interval = interval, Timeout = timeout, FailureThreshold = failures, SuccessThreshold = successes };

    private static Gen<InstanceRegistration> Registrations(InstanceKey key) =>
        from address in Texts()
        from ports in Maps(Any<int>())
        from ttl in Any<TimeSpan>()
        from weight in Any<int>()
        from zone in Optional()
        from node in Optional()
        from metadata in Maps(Texts())
        from checks in Checks().ListOf()
        select new InstanceRegistration
        {
            Service = key.Service,
            Id = key.Id,
            Address = address,
            Ports = ports,
            Ttl = ttl,
            Weight = weight,
            Zone = zone,
            Node = node,
            Metadata = metadata,
            Checks = [.. checks.Take(8)],
        };

    private static Gen<Instance> Instances(InstanceKey key) =>
        from registration in Registrations(key)
        from state in Gen.Elements(Enum.GetValues<EndpointState>())
        from reason in Optional()
        from since in Times()
        from revision in Any<long>()
        from ownerHash in Any<byte[]>()
        from flags in Gen.Choose(0, 7)
        from ownerReason in Optional()
        from failingCheck in Optional()
        from callersFinding in Optional()
        from origin in Optional()
        from drainReason in Optional()
        select new Instance
        {
            Registration = registration,
            State = state,
            Reason = reason,
            Since = since,
            Revision = revision,
            OwnerHash = [.. ownerHash],
            OwnerReady = (flags & 1) != 0,
            Draining = (flags & 2) != 0,
            Expired = (flags & 4) != 0,
            OwnerReason = ownerReason,
            FailingCheck = failingCheck,
            CallersFinding = callersFinding,
            Origin = origin,
            DrainReason = drainReason,
        };

    private static Gen<Change> Changes() =>
        from service in Texts()
        from id in Texts()
        from revision in Any<long>()
        from time in Times()
        from kind in Gen.Elements(Enum.GetValues<ChangeKind>())
        from isGone in Any<bool>()
        from instance in Instances(new InstanceKey(service, id))
        from reason in Optional()
        select new Change(Math.Abs(revision), time, kind, new InstanceKey(service, id), isGone ? null : instance, reason);
}
