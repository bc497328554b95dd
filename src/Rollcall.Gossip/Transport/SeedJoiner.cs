using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Transport;

/// <summary>Finds a cluster by addresses that may be of members: all of them are tried, and all again while none answers.</summary>
internal sealed class SeedJoiner(
    StreamDialer dialer, NodeAddress self, TimeSpan firstDelay, TimeSpan maxDelay, Random random, TimeProvider time, ILogger logger)
{
    private const int DefaultPort = 7946;
    private const int AtOnce = 4;

    private readonly Lock _drawing = new();

    /// <summary>How many have answered; 0 only where all of them are this node.</summary>
    public async Task<int> JoinAsync(IReadOnlyCollection<string> seeds, CancellationToken cancellationToken)
    {
        var lines = new JoinLines(logger);
        for (var delay = firstDelay; ; delay = delay > maxDelay / 2 ? maxDelay : 2 * delay)
        {
            var (joined, others) = await TryAllAsync(seeds, failed: null, lines, cancellationToken);
            if (joined > 0 || others == 0)
                return joined;
            var wait = delay * Draw();
            lines.NobodyJoined(seeds.Count, wait);
            await Task.Delay(wait, time, cancellationToken);
        }
    }

    /// <summary>Each seed once.</summary>
    public async Task<GossipJoinReport> TryAsync(IReadOnlyCollection<string> seeds, CancellationToken cancellationToken)
    {
        var failures = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        var (joined, _) = await TryAllAsync(seeds, (seed, why) => failures[seed] = why, new(logger), cancellationToken);
        return new(joined, failures);
    }

    /// <summary>Host and port of a seed; null where it is none.</summary>
    public static (string Host, int Port)? Parse(string seed)
    {
        if (IPEndPoint.TryParse(seed, out var endPoint))
            return (endPoint.Address.ToString(), endPoint.Port == 0 ? DefaultPort : endPoint.Port);
        var colon = seed.LastIndexOf(':');
        var host = colon < 0 ? seed : seed[..colon];
        var port = DefaultPort;
        var isPort = colon < 0 || (int.TryParse(seed.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue);
        return isPort && Uri.CheckHostName(host) != UriHostNameType.Unknown ? (host, port) : null;
    }

    private async Task<(int Joined, int Others)> TryAllAsync(IReadOnlyCollection<string> seeds, Action<string, string>? failed, JoinLines lines, CancellationToken cancellationToken)
    {
        int joined = 0, others = 0;
        lines.Begin();
        await Parallel.ForEachAsync(seeds, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (seed, token) =>
        {
            var (answers, why) = (0, (string?)null);
            foreach (var address in await ResolveAsync(seed, words => lines.Failed(seed, why = words), token))
            {
                if (address == self)
                    continue;
                Interlocked.Increment(ref others);
                if (address.IsNone)
                    continue;
                var failure = await dialer.ExchangeAsync(address, join: true, token);
                if (failure == StreamDialer.Itself)
                {
                    Interlocked.Decrement(ref others);
                }
                else if (failure is null)
                {
                    Interlocked.Increment(ref joined);
                    answers++;
                    GossipLog.JoinedBy(logger, seed);
                }
                else
                {
                    lines.Failed(seed, why = failure);
                }
            }

            if (answers == 0 && why is not null)
                failed?.Invoke(seed, why);
        });
        return (joined, others);
    }

    // A name that cannot be resolved now is one address that is not there.
    private static async Task<NodeAddress[]> ResolveAsync(string seed, Action<string> failed, CancellationToken cancellationToken)
    {
        var (host, port) = Parse(seed)!.Value;
        try
        {
            // A question that is asked cannot be called back everywhere; nobody waits for its answer then.
            var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken).WaitAsync(cancellationToken);
            return [.. addresses.Select(address => NodeAddress.From(new IPEndPoint(address, port))).Distinct()];
        }
        catch (SocketException error)
        {
            // The system's words alone do not say of what: "Resource temporarily unavailable".
            failed($"its name could not be resolved: {error.Message}");
            return [default];
        }
    }

    private double Draw()
    {
        lock (_drawing)
            return random.NextDouble();
    }
}
