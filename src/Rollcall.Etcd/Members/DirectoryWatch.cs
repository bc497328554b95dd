using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Rollcall.Etcd.Records;
using Rollcall.Servers;
using Rollcall.Watching;

namespace Rollcall.Etcd.Members;

/// <summary>
/// Follows one directory through one member: lists it, watches from the next revision on, and compares now and then whether the watch has missed something.
/// Ends by itself when the history it needs was compacted: then it has to be listed again.
/// </summary>
internal sealed class DirectoryWatch(EtcdMember member, string directory, EtcdSourceOptions options, TimeProvider time)
{
    // Large enough for the events of a moment to arrive that a comparison has seen already.
    private static readonly TimeSpan ComparisonGrace = TimeSpan.FromSeconds(5);

    private readonly byte[] _key = Encoding.UTF8.GetBytes(directory);
    private readonly RecordSet _records = new(directory);
    private long _revision;

    /// <summary>True once the member has begun to watch: it is well.</summary>
    public bool HasWatched { get; private set; }

    /// <summary>The list, once.</summary>
    public async Task<SourceAnswer> ListAsync(CancellationToken cancellationToken)
    {
        var range = await member.RangeAsync(new RangeRequestDocument { Key = _key, RangeEnd = RangeEnd(), Limit = RecordSet.MaxRecords + 1 }, cancellationToken);
        _revision = range.Header?.Revision is { } revision and > 0 ? revision : throw member.Garbage("a list without a revision");
        foreach (var pair in range.Kvs ?? [])
            Put(pair);
        return _records.ToAnswer();
    }

    /// <summary>The list, and again after each change.</summary>
    public async IAsyncEnumerable<SourceAnswer> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await ListAsync(cancellationToken);
        var create = new WatchCreateDocument { Key = _key, RangeEnd = RangeEnd(), StartRevision = _revision + 1, ProgressNotify = true };
        using var response = await member.WatchAsync(create, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var lines = new BoundedLines(body, EtcdMember.MaxAnswerBytes, time);
        while (true)
        {
            var line = await NextLineAsync(lines, cancellationToken) ?? throw member.Explain(new IOException("the stream of the watch has ended"));
            var message = Read(line.Span);
            if (message.CompactRevision > 0)
                yield break;
            if (message.Canceled)
                throw member.Refused(0, message.CancelReason ?? "the watch was cancelled");
            HasWatched |= message.Created;
            if (message.Events is not { Count: > 0 } events)
                continue;
            foreach (var change in events)
                Apply(change);
            yield return _records.ToAnswer();
        }
    }

    // A read that is cancelled closes the connection, so it is never cancelled for a comparison: both wait side by side.
    private async Task<ReadOnlyMemory<byte>?> NextLineAsync(BoundedLines lines, CancellationToken cancellationToken)
    {
        var next = lines.NextAsync(Timeout.InfiniteTimeSpan, cancellationToken).AsTask();
        try
        {
            while (!await CompletesAsync(next, options.SilenceCheck, cancellationToken))
            {
                var seen = await member.RangeAsync(
                    new RangeRequestDocument { Key = _key, RangeEnd = RangeEnd(), Limit = 1, KeysOnly = true, SortOrder = "DESCEND", SortTarget = "MOD" }, cancellationToken);
                var there = (seen.Count, seen.Kvs is [{ } newest, ..] ? newest.ModRevision : 0);
                if (there != _records.Fingerprint && !await CompletesAsync(next, ComparisonGrace, cancellationToken))
                    throw member.Explain(new TimeoutException("its watch has missed changes and is silent"));
            }

            return await next;
        }
        catch (Exception error) when (ServerFailure.IsTransport(error))
        {
            throw member.Explain(error);
        }
        finally
        {
            // Its failure, when the connection closes under it, is not news any more.
            _ = next.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    private async Task<bool> CompletesAsync(Task task, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (task.IsCompleted)
            return true;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var first = await Task.WhenAny(task, Task.Delay(limit, time, stop.Token));
        await stop.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return first == task;
    }

    private WatchDocument Read(ReadOnlySpan<byte> line)
    {
        try
        {
            var message = JsonSerializer.Deserialize(line, EtcdJson.Default.WatchLineDocument);
            if (message?.Error is { } error)
                throw member.Refused(error.GrpcCode, error.Message ?? "the watch was cancelled");
            return message?.Result ?? throw member.Garbage("a message without a result");
        }
        catch (JsonException error)
        {
            throw member.Garbage(error.Message.Split(" LineNumber:")[0].TrimEnd('.'), error);
        }
    }

    private void Apply(EventDocument change)
    {
        if (string.Equals(change?.Type, "DELETE", StringComparison.Ordinal))
            _records.Delete(change!.Kv?.Key ?? throw member.Garbage("an event without a key"));
        else
            Put(change?.Kv);
    }

    private void Put(KeyValueDocument? pair)
    {
        if (pair?.Key is not { } key)
            throw member.Garbage("a record without a key");
        try
        {
            _records.Put(key, pair.Value, pair.ModRevision);
        }
        catch (FormatException error)
        {
            throw new DiscoveryException($"The directory {directory} of etcd {error.Message}. Is it the directory of one service?", error);
        }
    }

    // The directory ends with a slash; the first key behind all of its keys ends with the next character, a zero.
    private byte[] RangeEnd() => [.. _key.AsSpan(0, _key.Length - 1), (byte)('/' + 1)];
}
