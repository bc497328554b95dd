using System.Buffers;
using System.Globalization;

namespace Rollcall.LiveLoad.Suites;

/// <summary>What the page of a service asks of a node while it is open: two event streams, and what these do not tell again and again (dashboard/src/live).</summary>
internal sealed class OpenPage(int number)
{
    private static readonly (string Path, TimeSpan Every)[] Asked =
    [
        ($"/api/services/{Cluster.Service}/watchers", TimeSpan.FromSeconds(2)),
        ("/api/services", TimeSpan.FromSeconds(5)),
        ("/api/status", TimeSpan.FromSeconds(10)),
        ($"/api/history?service={Cluster.Service}&since=1h&limit=10000", TimeSpan.FromSeconds(60)),
    ];

    private long _bytes;
    private long _events;

    public long Bytes => Volatile.Read(ref _bytes);

    public long Events => Volatile.Read(ref _events);

    public async Task RunAsync(Uri node, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = node, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Add("Rollcall-Watcher", string.Create(CultureInfo.InvariantCulture, $"dashboard-{number}"));
        try
        {
            // People do not open their pages at the same moment.
            await Task.Delay(TimeSpan.FromMilliseconds(25 * number), TimeProvider.System, cancellationToken);
            await Task.WhenAll(
            [
                FollowAsync(http, "/api/watch", cancellationToken),
                FollowAsync(http, $"/api/instances/live/events?service={Cluster.Service}&changes=true", cancellationToken),
                .. Asked.Select(asked => AskAsync(http, asked.Path, asked.Every, cancellationToken)),
            ]);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The page is closed.
        }
    }

    private async Task FollowAsync(HttpClient http, string path, CancellationToken cancellationToken)
    {
        await using var stream = await http.GetStreamAsync(path, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) is var read and > 0)
            {
                Interlocked.Add(ref _bytes, read);
                Interlocked.Add(ref _events, buffer.AsSpan(0, read).Count("\nid: "u8));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        throw new InvalidOperationException($"The node ended the stream {path}.");
    }

    private async Task AskAsync(HttpClient http, string path, TimeSpan every, CancellationToken cancellationToken)
    {
        while (true)
        {
            Interlocked.Add(ref _bytes, (await http.GetByteArrayAsync(path, cancellationToken)).Length);
            await Task.Delay(every, TimeProvider.System, cancellationToken);
        }
    }
}
