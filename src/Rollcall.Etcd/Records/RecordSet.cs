using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Rollcall.Watching;

namespace Rollcall.Etcd.Records;

/// <summary>
/// What the keys of one service say. Changes go in, answers come out; a record that makes no sense is left out and told, and spoils none of the others.
/// Knows no server.
/// </summary>
/// <param name="directory">What every key begins with; ends with a slash.</param>
internal sealed class RecordSet(string directory)
{
    /// <summary>The most records of one service.</summary>
    public const int MaxRecords = 10_000;

    private const int ProblemsTold = 3;

    private readonly byte[] _directory = Encoding.UTF8.GetBytes(directory);
    private readonly SortedDictionary<string, Record> _records = new(StringComparer.Ordinal);

    /// <summary>What a look at the cluster would find if nothing has been missed: how many keys there are and the newest revision of one. Both agree exactly when the sets do.</summary>
    public (long Count, long NewestRevision) Fingerprint
    {
        get
        {
            var newest = 0L;
            foreach (var record in _records.Values)
                newest = Math.Max(newest, record.ModRevision);
            return (_records.Count, newest);
        }
    }

    /// <summary>A key has this value now.</summary>
    /// <exception cref="FormatException">There are too many keys; the message is to be read behind the directory.</exception>
    public void Put(byte[] key, ReadOnlySpan<byte> value, long modRevision)
    {
        var id = IdOf(key);
        Endpoint? endpoint = null;
        string? problem = null;
        try
        {
            endpoint = EtcdRecord.Read(id, value);
        }
        catch (FormatException error)
        {
            problem = error.Message;
        }

        // Keys need not be text; as Latin-1 each is one string.
        _records[Encoding.Latin1.GetString(id)] = new Record(endpoint, problem, modRevision);
        if (_records.Count > MaxRecords)
            throw new FormatException($"holds more than {MaxRecords} keys, which is the limit");
    }

    /// <summary>A key is gone.</summary>
    public void Delete(byte[] key) => _records.Remove(Encoding.Latin1.GetString(IdOf(key)));

    /// <summary>Every endpoint there is; of lesser freshness when a record had to be left out.</summary>
    public SourceAnswer ToAnswer()
    {
        var endpoints = ImmutableArray.CreateBuilder<Endpoint>(_records.Count);
        List<string> problems = [];
        foreach (var (id, (endpoint, problem, _)) in _records)
        {
            if (endpoint is not null)
                endpoints.Add(endpoint);
            else if (problem is not null)
                problems.Add($"{Printable(id)} ({problem})");
        }

        if (problems.Count == 0)
            return endpoints.ToImmutable();
        var told = string.Join(", ", problems.Take(ProblemsTold)) + (problems.Count > ProblemsTold ? " and others" : "");
        return new SourceAnswer(endpoints.ToImmutable(), Freshness.Fallback(string.Create(
            CultureInfo.InvariantCulture, $"{problems.Count} of {_records.Count} records in etcd under {directory} make no sense and are left out: {told}")));
    }

    private ReadOnlySpan<byte> IdOf(byte[] key) => key.AsSpan().StartsWith(_directory) ? key.AsSpan(_directory.Length) : key;

    private static string Printable(string id) =>
        string.Concat(Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(id)).Take(80).Select(static c => char.IsControl(c) ? '?' : c)) is { Length: > 0 } text ? text : "''";

    private readonly record struct Record(Endpoint? Endpoint, string? Problem, long ModRevision);
}
