using System.Runtime.CompilerServices;
using Rollcall.Sources.Dns.Resolving;
using Rollcall.Watching;

namespace Rollcall.Sources.Dns;

/// <summary>
/// Endpoints from DNS: the addresses of a name (<c>dns:///orders.shop:8080</c>) or the SRV records of a service (<c>dns:///_grpc._tcp.orders.shop</c>,
/// <c>dns+srv:///_grpc._tcp.orders.shop</c>, or by the name of a port, <c>dns:///orders.shop:grpc</c>). A name server of its own stands as authority,
/// <c>dns://10.0.0.53/orders.shop:8080</c>.
/// </summary>
/// <remarks>
/// <para>Names are looked up as the machine does it (<c>/etc/resolv.conf</c>, <c>/etc/hosts</c>), and again when the shortest ttl ends, at least
/// <see cref="DnsSourceOptions.MinInterval"/> and at most <see cref="DnsSourceOptions.MaxInterval"/> apart, and at once on a hint (<see cref="Refresh"/>), which is followed once a second.</para>
/// <para>A name that does not exist (NXDOMAIN, no data) is an empty set. A server that fails or is silent is an error: what was known stays, stale with the reason.</para>
/// <para>SRV priority is <see cref="Endpoint.Priority"/>, weight is <see cref="Endpoint.Weight"/>, and the port is named after the service. Without a port a target's endpoints have
/// the ports <c>http</c> 80 and <c>https</c> 443.</para>
/// </remarks>
/// <example><code>
/// var source = new DnsSource(new DnsSourceOptions { Servers = { IPEndPoint.Parse("10.0.0.53:53") } });
/// EndpointSet set = await source.DiscoverAsync(ServiceTarget.Parse("dns:///orders.shop:8080"), cancellationToken);
/// </code></example>
public sealed class DnsSource : DiscoverySource, IRefreshable
{
    // Requests that fail come in crowds, and each gives a hint.
    private static readonly TimeSpan HintInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly RefreshHints _hints;
    private readonly DnsAddressFamily _family;
    private readonly TargetResolver _resolver;

    /// <summary>A source with these options.</summary>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="random">For jitter; null for one with a seed of its own.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names every one.</exception>
    public DnsSource(DnsSourceOptions? options = null, TimeProvider? time = null, Random? random = null)
        : base(time, random)
    {
        options ??= new DnsSourceOptions();
        if (DnsSourceOptionsValidator.Errors(options).ToArray() is { Length: > 0 } errors)
            throw new ArgumentException(string.Join(' ', errors), nameof(options));
        _hints = new RefreshHints(Time, HintInterval);
        _family = options.AddressFamily;
        Cache = LookupCache.Create(options, Time, NextJitter);
        _resolver = new TargetResolver(Cache);
    }

    /// <inheritdoc />
    public override IReadOnlyCollection<string> Schemes { get; } = [DnsTarget.Scheme, DnsTarget.ServiceScheme];

    /// <summary>What is known of names.</summary>
    internal LookupCache Cache { get; }

    /// <summary>1 s growing to 5 min, or until there is a hint: name servers are shared by everyone, and one in trouble is not helped by being asked more.</summary>
    protected override Backoff Backoff => new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));

    /// <inheritdoc />
    public override void Validate(ServiceTarget target) => DnsTarget.Parse(target, _family);

    /// <inheritdoc />
    public void Refresh(ServiceTarget target) => _hints.Hint(target);

    /// <inheritdoc />
    /// <remarks>Minutes may be left when a server that was in trouble is well again, and callers are the first to notice that what is known is of no use.</remarks>
    protected override Task WaitForRetryAsync(ServiceTarget target, TimeSpan delay, CancellationToken cancellationToken) => _hints.WaitAsync(target, delay, cancellationToken);

    /// <inheritdoc />
    protected override async IAsyncEnumerable<SourceAnswer> ReadAsync(
        ServiceTarget target, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var parsed = DnsTarget.Parse(target, _family);
        if (parsed.Literal is { } literal)
        {
            yield return DnsEndpoints.OfAddresses([literal], parsed.Port);
            await Task.Delay(Timeout.InfiniteTimeSpan, Time, cancellationToken);
        }

        using var hints = _hints.Follow(target);
        var since = long.MinValue;
        while (true)
        {
            // Taken before looking: a hint that comes while we look may be about what we are being told.
            var hint = hints.Next;
            var looked = Time.GetTimestamp();
            var resolved = await _resolver.ResolveAsync(parsed, since, cancellationToken);
            yield return resolved.Answer;
            since = await WaitAsync(resolved.ExpiresAt, looked, hint, cancellationToken);
        }
    }

    // Until what was found expires, or somebody has a hint. Returns from when on findings count.
    private async Task<long> WaitAsync(long expiresAt, long looked, Task hint, CancellationToken cancellationToken)
    {
        var left = Time.GetElapsedTime(Time.GetTimestamp(), expiresAt);
        // Asking for less than a tick of the clock would not wait at all.
        await hint.WaitAsync(left > ShortestWait ? left : ShortestWait, Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        if (!hint.IsCompleted)
            return long.MinValue;
        var hinted = Time.GetTimestamp();
        if (HintInterval - Time.GetElapsedTime(looked) is var pause && pause > TimeSpan.Zero)
            await Task.Delay(pause, Time, cancellationToken);
        return hinted;
    }
}
