using System.Text;

namespace Rollcall.TestKit.Dns;

/// <summary>Writes messages the plain way; shares no code with the library, so that one can be held against the other.</summary>
public sealed class DnsMessageWriter
{
    private readonly List<byte> _bytes = [];
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);

    /// <summary>So far.</summary>
    public int Length => _bytes.Count;

    /// <summary>A whole answer.</summary>
    /// <param name="id">Of the question.</param>
    /// <param name="flags">All 16 bits, the answer bit and the code among them.</param>
    /// <param name="question">Name and type; null leaves it out.</param>
    /// <param name="answers">Their records.</param>
    /// <param name="authorities">Their records.</param>
    /// <param name="additionals">Their records.</param>
    public static byte[] Answer(
        ushort id, ushort flags, (string Name, ushort Type)? question,
        IReadOnlyCollection<ZoneRecord> answers, IReadOnlyCollection<ZoneRecord>? authorities = null, IReadOnlyCollection<ZoneRecord>? additionals = null)
    {
        var writer = new DnsMessageWriter();
        writer.Number(id);
        writer.Number(flags);
        writer.Number((ushort)(question is null ? 0 : 1));
        writer.Number((ushort)answers.Count);
        writer.Number((ushort)(authorities?.Count ?? 0));
        writer.Number((ushort)(additionals?.Count ?? 0));
        if (question is var (name, type))
        {
            writer.Name(name);
            writer.Number(type);
            writer.Number(1);
        }

        foreach (var record in answers.Concat(authorities ?? []).Concat(additionals ?? []))
            writer.Record(record);
        return writer.ToArray();
    }

    public void Record(ZoneRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Name(record.Name);
        Number(record.Type);
        Number(1);
        Number((ushort)(record.Ttl >> 16));
        Number((ushort)record.Ttl);
        Number(0);
        var start = Length;
        record.Write(this);
        _bytes[start - 2] = (byte)((Length - start) >> 8);
        _bytes[start - 1] = (byte)(Length - start);
    }

    public void Number(ushort number)
    {
        _bytes.Add((byte)(number >> 8));
        _bytes.Add((byte)number);
    }

    public void Bytes(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    /// <summary>A name; what was written before is pointed to, unless told not to.</summary>
    public void Name(string name, bool compress = true)
    {
        ArgumentNullException.ThrowIfNull(name);
        var rest = name == "." ? "" : name;
        while (rest.Length > 0)
        {
            if (compress && _names.TryGetValue(rest, out var at))
            {
                Number((ushort)(0xc000 | at));
                return;
            }

            if (Length < 0x4000)
                _names.TryAdd(rest, Length);
            var dot = rest.IndexOf('.', StringComparison.Ordinal);
            var label = Encoding.ASCII.GetBytes(dot < 0 ? rest : rest[..dot]);
            _bytes.Add((byte)label.Length);
            _bytes.AddRange(label);
            rest = dot < 0 ? "" : rest[(dot + 1)..];
        }

        _bytes.Add(0);
    }

    public byte[] ToArray() => [.. _bytes];
}
