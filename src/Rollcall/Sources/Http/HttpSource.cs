using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Rollcall.Servers;
using Rollcall.Watching;

namespace Rollcall.Sources.Http;

/// <summary>
/// Endpoints from any web server: <c>https://registry.example/targets?format=prometheus</c> (the list of target groups of Prometheus' http_sd),
/// <c>http://node:7655/api/services/orders</c> (a Rollcall node), <c>https://config.example/services.yaml#orders</c> (a file of services).
/// </summary>
/// <remarks>
/// <para>Polls as <c>Cache-Control</c> says, with <c>If-None-Match</c>; by long polls where the server is a Rollcall node; by server-sent events where the answer is
/// <c>text/event-stream</c>. A hint that an endpoint could not be reached brings the next poll forward, at most every <see cref="HttpSourceOptions.MinInterval"/>.</para>
/// <para>Of the target's query only <c>format</c> (<c>rollcall</c> or <c>prometheus</c>; default: by media type and shape) is taken, everything else is the server's.
/// A bare <c>http://host:port</c> without path and query is a static address, not a list.</para>
/// </remarks>
public sealed class HttpSource : DiscoverySource, IRefreshable
{
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(30);

    // The end of a stream is no failure, but a server that ends each at once must not be asked in a tight loop.
    private static readonly TimeSpan ReopenPause = TimeSpan.FromSeconds(1);

    private readonly HttpSourceOptions _options;
    private readonly RefreshHints _hints;
    private readonly RetryAfter _pauses;

    /// <summary>A source with these options.</summary>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="random">For jitter; null for one with a seed of its own.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names every one.</exception>
    public HttpSource(HttpSourceOptions? options = null, TimeProvider? time = null, Random? random = null)
        : base(time, random)
    {
        _options = options ?? new HttpSourceOptions();
        if (_options.Errors().ToArray() is { Length: > 0 } errors)
            throw new ArgumentException(string.Join(' ', errors), nameof(options));
        _hints = new RefreshHints(Time, _options.MinInterval);
        _pauses = new RetryAfter(Time, _options.MaxInterval, NextJitter);
    }

    /// <inheritdoc />
    public override IReadOnlyCollection<string> Schemes { get; } = ["http", "https"];

    /// <summary>From 100 ms to <see cref="HttpSourceOptions.Interval"/>, 30 s at most.</summary>
    protected override Backoff Backoff => new(TimeSpan.FromMilliseconds(100), _options.Interval < MaxBackoff ? _options.Interval : MaxBackoff);

    /// <inheritdoc />
    public override void Validate(ServiceTarget target) => HttpTarget.Of(target);

    /// <inheritdoc />
    public void Refresh(ServiceTarget target) => _hints.Hint(target);

    /// <inheritdoc />
    protected override Task WaitForRetryAsync(ServiceTarget target, TimeSpan delay, CancellationToken cancellationToken) => _hints.WaitAsync(target, delay, cancellationToken);

    /// <inheritdoc />
    protected override async Task<SourceAnswer> ReadOnceAsync(ServiceTarget target, CancellationToken cancellationToken)
    {
        var place = HttpTarget.Of(target);
        using var exchange = new HttpExchange(target, _options, _pauses, Time);
        var page = await new HttpPoll(place, exchange, _options, Time).NextAsync(NextJitter(), isOnce: true, cancellationToken);
        if (page.Stream is null)
            return page.Endpoints!.Value;
        await foreach (var endpoints in FollowAsync(page.Stream, page.Url, target, exchange, cancellationToken))
            return endpoints;
        throw new DiscoveryException($"Cannot read the endpoints of {target}: the event stream of {ServerFailure.NameOf(page.Url)} ended before its first snapshot.");
    }

    /// <inheritdoc />
    protected override async IAsyncEnumerable<SourceAnswer> ReadAsync(ServiceTarget target, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var place = HttpTarget.Of(target);
        using var hints = _hints.Follow(target);
        using var exchange = new HttpExchange(target, _options, _pauses, Time);
        var poll = new HttpPoll(place, exchange, _options, Time);
        while (true)
        {
            var page = await poll.NextAsync(NextJitter(), isOnce: false, cancellationToken);
            if (page.Stream is not null)
            {
                var any = false;
                await foreach (var endpoints in Newest.Of(stop => FollowAsync(page.Stream, page.Url, target, exchange, stop), cancellationToken))
                {
                    any = true;
                    yield return endpoints;
                }

                if (!any)
                    throw new DiscoveryException($"Cannot read the endpoints of {target}: the event stream of {ServerFailure.NameOf(page.Url)} ended before its first snapshot. Does it send events of the kind 'snapshot'?");
                await Task.Delay(ReopenPause * (0.5 + NextJitter()), Time, cancellationToken);
                continue;
            }

            if (page.Endpoints is { } list)
                yield return list;
            if (page.Delay > TimeSpan.Zero)
                await hints.WaitAsync(page.Delay, cancellationToken);
        }
    }

    private async IAsyncEnumerable<ImmutableArray<Endpoint>> FollowAsync(
        HttpResponseMessage response, Uri url, ServiceTarget target, HttpExchange exchange, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using (response)
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var lines = new BoundedLines(body, HttpPoll.MaxBodyBytes, Time);
            var stream = new ServiceStream(HttpTarget.Of(target).NamedService(target), HttpPoll.MaxBodyBytes);
            while (true)
            {
                ImmutableArray<Endpoint>? endpoints;
                try
                {
                    if (await lines.NextAsync(_options.StreamSilence, cancellationToken) is not { } line)
                        yield break;
                    endpoints = stream.OnLine(line.Span);
                }
                catch (FormatException error)
                {
                    throw new DiscoveryException($"{ServerFailure.NameOf(url)}{url.AbsolutePath} was read, but its event stream {error.Message}. Is it GET /api/watch of a Rollcall node?", error);
                }
                catch (Exception error) when (ServerFailure.IsTransport(error))
                {
                    throw exchange.Explain(url, error);
                }

                if (endpoints is { } list)
                    yield return list;
            }
        }
    }
}
