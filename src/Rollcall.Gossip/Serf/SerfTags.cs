using System.Text;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Serf;

/// <summary>The tags of a member, as Serf puts them into what a member says of itself: a mark and a map of texts.</summary>
internal static class SerfTags
{
    private const byte Mark = 0xff;

    /// <summary>What the whole of a text without the mark means, as old agents wrote it.</summary>
    private const string Role = "role";

    /// <summary>Null where they take more than <see cref="WireLimits.MaxMetaBytes"/>.</summary>
    public static byte[]? Encode(IReadOnlyDictionary<string, string> tags)
    {
        var size = 4 + tags.Sum(static tag => 6 + Encoding.UTF8.GetByteCount(tag.Key) + Encoding.UTF8.GetByteCount(tag.Value));
        var buffer = new byte[size];
        buffer[0] = Mark;
        var writer = new MsgPackWriter(buffer.AsSpan(1));
        writer.WriteMapHeader(tags.Count);
        foreach (var (key, value) in tags.OrderBy(static tag => tag.Key, StringComparer.Ordinal))
        {
            writer.WriteRaw(Encoding.UTF8.GetBytes(key));
            writer.WriteRaw(Encoding.UTF8.GetBytes(value));
        }

        return writer.Position < WireLimits.MaxMetaBytes ? buffer[..(1 + writer.Position)] : null;
    }

    /// <summary>Never fails: what is no map of tags is the role.</summary>
    public static SortedDictionary<string, string> Decode(ReadOnlySpan<byte> meta)
    {
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (meta.IsEmpty || meta[0] != Mark)
        {
            tags[Role] = Encoding.UTF8.GetString(meta);
            return tags;
        }

        var reader = new MsgPackReader(meta[1..]);
        var read = reader.TryReadMapHeader(out var count);
        for (; read && count > 0; count--)
        {
            read = reader.TryReadRaw(out var key);
            if (read && reader.TryReadRaw(out var value))
                tags[Encoding.UTF8.GetString(key)] = Encoding.UTF8.GetString(value);
            else
                read = false;
        }

        return tags;
    }
}
