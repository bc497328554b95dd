using System.Buffers;
using System.Collections.Immutable;
using System.Net;

namespace Rollcall.Sources.Dns.Wire;

/// <summary>A message of a server, as far as discovery reads it: records of other kinds and classes are passed over.</summary>
internal sealed class DnsResponse
{
    /// <summary>The octets of every message before its questions.</summary>
    public const int HeaderLength = 12;

    /// <summary>The longest message there can be: over TCP its length has two octets.</summary>
    public const int MaxLength = ushort.MaxValue;

    private const ushort ResponseBit = 0x8000;
    private const ushort AuthoritativeBit = 0x0400;
    private const ushort TruncatedBit = 0x0200;
    private const ushort RecursionBit = 0x0080;
    private const ushort ClassInternet = 1;

    // A root as name, type, class, ttl and length of nothing: no record is shorter.
    private const int MinRecordLength = 11;
    private const int MinQuestionLength = 5;

    private DnsResponse(ushort id, ushort flags, ResponseCode code, string? questionName, RecordType questionType, ImmutableArray<DnsRecord> records)
    {
        Id = id;
        IsTruncated = (flags & TruncatedBit) != 0;
        Code = code;
        QuestionName = questionName;
        QuestionType = questionType;
        Records = records;
        IsReferral = code == ResponseCode.NoError
            && (flags & (AuthoritativeBit | RecursionBit)) == 0
            && !records.Any(static record => record.Section == RecordSection.Answer || record.Type == RecordType.Soa);
    }

    /// <summary>That of the question it answers.</summary>
    public ushort Id { get; }

    /// <summary>There is more than fitted; to be asked again over TCP.</summary>
    public bool IsTruncated { get; }

    /// <summary>
    /// Says nothing of what was asked, by a server that neither holds the zone nor asks others on our behalf: it knows no better than that somebody else is to be asked
    /// (RFC 1034 section 4.3.1, RFC 2308 section 2.2). Not to be taken for "there is none".
    /// </summary>
    public bool IsReferral { get; }

    /// <summary>How it went.</summary>
    public ResponseCode Code { get; }

    /// <summary>What was asked about; null when the server does not repeat it.</summary>
    public string? QuestionName { get; }

    /// <summary>What was asked for.</summary>
    public RecordType QuestionType { get; }

    /// <summary>All of A, AAAA, CNAME, SRV and SOA, in the order of the message.</summary>
    public ImmutableArray<DnsRecord> Records { get; }

    /// <summary>False when <paramref name="message"/> is too short for an answer or is none. What follows the header may still be malformed.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> message, out ushort id, out bool isTruncated)
    {
        (id, isTruncated) = (0, false);
        if (message.Length < HeaderLength)
            return false;
        var reader = new DnsReader(message);
        id = reader.ReadUInt16();
        var flags = reader.ReadUInt16();
        isTruncated = (flags & TruncatedBit) != 0;
        return (flags & ResponseBit) != 0;
    }

    /// <summary>Reads a message.</summary>
    /// <exception cref="DnsFormatException">It is none.</exception>
    public static DnsResponse Decode(ReadOnlySpan<byte> message)
    {
        var reader = new DnsReader(message);
        if (message.Length is < HeaderLength or > MaxLength)
            throw new DnsFormatException($"it has {message.Length} octets; a message has {HeaderLength} to {MaxLength}");
        var id = reader.ReadUInt16();
        var flags = reader.ReadUInt16();
        if ((flags & ResponseBit) == 0)
            throw new DnsFormatException("it is a question, not an answer");
        var questions = reader.ReadUInt16();
        var (answers, authorities, additionals) = (reader.ReadUInt16(), reader.ReadUInt16(), reader.ReadUInt16());
        var total = answers + authorities + additionals;
        if (questions > 1)
            throw new DnsFormatException($"it repeats {questions} questions; one was asked");
        // Before anything is made as large as the counts say.
        if ((questions * MinQuestionLength) + (total * MinRecordLength) > reader.Left)
            throw new DnsFormatException($"it announces {total} records, which its {message.Length} octets cannot hold");

        string? questionName = null;
        RecordType questionType = default;
        if (questions == 1)
        {
            questionName = reader.ReadName();
            questionType = (RecordType)reader.ReadUInt16();
            if (reader.ReadUInt16() != ClassInternet)
                throw new DnsFormatException("its question is of another class than was asked");
        }

        var code = (ResponseCode)(flags & 0xf);
        var buffer = ArrayPool<DnsRecord>.Shared.Rent(total);
        var count = 0;
        try
        {
            for (var i = 0; i < total; i++)
            {
                var section = i < answers ? RecordSection.Answer : i < answers + authorities ? RecordSection.Authority : RecordSection.Additional;
                if (TryReadRecord(ref reader, section, ref code, out buffer[count]))
                    count++;
            }

            return new DnsResponse(id, flags, code, questionName, questionType, ImmutableArray.Create(buffer.AsSpan(0, count)));
        }
        finally
        {
            // Only what was used: a rented array may be much larger.
            buffer.AsSpan(0, Math.Min(count + 1, buffer.Length)).Clear();
            ArrayPool<DnsRecord>.Shared.Return(buffer);
        }
    }

    private static bool TryReadRecord(ref DnsReader reader, RecordSection section, ref ResponseCode code, out DnsRecord record)
    {
        var name = reader.ReadName();
        var type = (RecordType)reader.ReadUInt16();
        var recordClass = reader.ReadUInt16();
        var ttl = reader.ReadUInt32();
        var length = reader.ReadUInt16();
        if (length > reader.Left)
            throw new DnsFormatException($"a record of {length} octets begins {reader.Left} before the end");
        if (type == RecordType.Opt)
            code |= (ResponseCode)((ttl >> 24) << 4); // RFC 6891 section 6.1.3: the upper bits of the code
        // RFC 2181 section 8: with the topmost bit set, a ttl counts as 0.
        record = new DnsRecord(name, type, ttl > int.MaxValue ? 0 : ttl, section);
        if (recordClass != ClassInternet || type is not (RecordType.A or RecordType.Aaaa or RecordType.Cname or RecordType.Srv or RecordType.Soa))
        {
            reader.Take(length);
            return false;
        }

        var end = reader.Position + length;
        record = ReadData(ref reader, record, length);
        if (reader.Position != end)
            throw new DnsFormatException($"the {RecordTypeText.Of(type)} record of {name} is not {length} octets long, as it says");
        return true;
    }

    private static DnsRecord ReadData(ref DnsReader reader, in DnsRecord record, int length)
    {
        switch (record.Type)
        {
            case RecordType.A when length == 4:
            case RecordType.Aaaa when length == 16:
                return record with { Address = new IPAddress(reader.Take(length)) };
            case RecordType.Cname:
                return record with { Target = reader.ReadName() };
            case RecordType.Srv:
                var (priority, weight, port) = (reader.ReadUInt16(), reader.ReadUInt16(), reader.ReadUInt16());
                return record with { Priority = priority, Weight = weight, Port = port, Target = reader.ReadName() };
            case RecordType.Soa:
                reader.SkipName(); // the server of the zone
                reader.SkipName(); // its keeper
                reader.Take(16); // serial, refresh, retry, expire
                return record with { MinimumSeconds = reader.ReadUInt32() };
            default:
                throw new DnsFormatException($"the {RecordTypeText.Of(record.Type)} record of {record.Name} holds no address ({length} octets)");
        }
    }
}
