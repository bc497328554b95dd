using System.Text;

namespace Rollcall.Registry.Journaling;

/// <summary>
/// Gives equal strings and maps the same object, so that a hundred thousand instances of a thousand services hold a thousand service names.
/// A fixed number of slots, the newest wins: bounded, and a miss costs only memory. Not thread-safe.
/// </summary>
internal sealed class DecodePool
{
    private const int Slots = 1 << 13;
    private const int LongestPooled = 256;
    private readonly string?[] _strings = new string?[Slots];
    private readonly SmallMap<int>?[] _ports = new SmallMap<int>?[Slots];
    private readonly SmallMap<string>?[] _labels = new SmallMap<string>?[Slots];

    public string String(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return "";
        if (utf8.Length > LongestPooled)
            return Encoding.UTF8.GetString(utf8);
        ref var slot = ref _strings[Slot(utf8)];
        if (slot is not null && Ascii.Equals(utf8, slot))
            return slot;
        return slot = Encoding.UTF8.GetString(utf8);
    }

    public SmallMap<int>? Ports(ref RecordReader reader, ReadOnlySpan<byte> payload)
    {
        var source = Take(ref reader, payload, static (ref RecordReader r) => r.ReadSigned());
        if (reader.Failed)
            return null;
        ref var slot = ref _ports[Slot(source)];
        if (slot is not null && IsSame(slot, source))
            return slot;
        var items = new RecordReader(source);
        var map = new KeyValuePair<string, int>[items.ReadInt(source.Length)];
        for (var i = 0; i < map.Length; i++)
        {
            var name = String(items.ReadBytes());
            var port = items.ReadSigned();
            if (port is < int.MinValue or > int.MaxValue)
                items.Fail();
            map[i] = new(name, (int)port);
        }

        if (!items.Failed && IsSorted(map))
            return slot = new SmallMap<int>(map);
        reader.Fail();
        return null;
    }

    public SmallMap<string>? Labels(ref RecordReader reader, ReadOnlySpan<byte> payload)
    {
        var source = Take(ref reader, payload, static (ref RecordReader r) => r.ReadBytes());
        if (reader.Failed)
            return null;
        ref var slot = ref _labels[Slot(source)];
        if (slot is not null && IsSame(slot, source))
            return slot;
        var items = new RecordReader(source);
        var map = new KeyValuePair<string, string>[items.ReadInt(source.Length)];
        for (var i = 0; i < map.Length; i++)
            map[i] = new(String(items.ReadBytes()), String(items.ReadBytes()));
        if (!items.Failed && IsSorted(map))
            return slot = new SmallMap<string>(map);
        reader.Fail();
        return null;
    }

    private delegate void ReadValue(ref RecordReader reader);

    // Walks over the map before anything is allocated for it: a count that the bytes do not hold costs nothing.
    private static ReadOnlySpan<byte> Take(ref RecordReader reader, ReadOnlySpan<byte> payload, ReadValue readValue)
    {
        var before = reader.Remaining;
        var count = reader.ReadInt(before);
        for (var i = 0; i < count && !reader.Failed; i++)
        {
            reader.ReadBytes();
            readValue(ref reader);
        }

        return reader.Since(payload, before);
    }

    private static bool IsSame(SmallMap<int> map, ReadOnlySpan<byte> source)
    {
        var items = new RecordReader(source);
        if (items.ReadInt(source.Length) != map.Count)
            return false;
        foreach (ref readonly var item in map.AsSpan())
        {
            if (!Ascii.Equals(items.ReadBytes(), item.Key) || items.ReadSigned() != item.Value)
                return false;
        }

        return true;
    }

    private static bool IsSame(SmallMap<string> map, ReadOnlySpan<byte> source)
    {
        var items = new RecordReader(source);
        if (items.ReadInt(source.Length) != map.Count)
            return false;
        foreach (ref readonly var item in map.AsSpan())
        {
            if (!Ascii.Equals(items.ReadBytes(), item.Key) || !Ascii.Equals(items.ReadBytes(), item.Value))
                return false;
        }

        return true;
    }

    private static bool IsSorted<T>(ReadOnlySpan<KeyValuePair<string, T>> map)
    {
        for (var i = 1; i < map.Length; i++)
        {
            if (string.CompareOrdinal(map[i - 1].Key, map[i].Key) >= 0)
                return false;
        }

        return true;
    }

    private static int Slot(ReadOnlySpan<byte> bytes) => (int)(Crc32C.Compute(bytes) & (Slots - 1));
}
