using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Rollcall.Api;
using Rollcall.Servers;

namespace Rollcall.Sources.Http;

/// <summary>Fetches one URL again and again: with the ETag of the last answer, and as a long poll once the server has shown to be a node.</summary>
internal sealed class HttpPoll(HttpTarget place, HttpExchange exchange, HttpSourceOptions options, TimeProvider time)
{
    /// <summary>The largest body taken.</summary>
    public const int MaxBodyBytes = 16 * 1024 * 1024;

    // A node, or a proxy before it, that answers at once although nothing is new must not be asked in a tight loop.
    private static readonly TimeSpan UnchangedPause = TimeSpan.FromMilliseconds(250);

    // Nor one where something always changes: what happens within a moment comes in one answer.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);

    private EntityTagHeaderValue? _tag;
    private (long Revision, string Epoch)? _applied;

    private bool IsConditional => _tag is not null && _applied is null;

    /// <summary>What one fetch gave: a list, a stream to follow, or neither because nothing has changed; and how long to wait before the next.</summary>
    public sealed record Page(ImmutableArray<Endpoint>? Endpoints, HttpResponseMessage? Stream, Uri Url, TimeSpan Delay);

    /// <summary>The next answer.</summary>
    /// <param name="jitter">From 0 to 1.</param>
    /// <param name="isOnce">True when nobody will follow what comes later.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    public async Task<Page> NextAsync(double jitter, bool isOnce, CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        var (url, wait) = Next();
        HttpResponseMessage response;
        try
        {
            (response, url) = await exchange.GetAsync(url, headers => Prepare(headers, isOnce), wait, cancellationToken);
        }
        catch (ServiceAbsentException)
        {
            // A node: from now on it can be asked to wait for the service to appear.
            _applied = (0, "");
            return new Page([], null, url, UnchangedPause);
        }

        if (response.StatusCode == HttpStatusCode.OK && MediaType(response) is "text/event-stream")
            return new Page(null, response, url, TimeSpan.Zero);
        using (response)
        {
            if (response.StatusCode == HttpStatusCode.NotModified && !IsConditional)
                throw exchange.Failed(url, "answered 304 Not Modified, although it was not told what is known", "A cache between may be broken, or the server.");
            var before = _applied;
            ImmutableArray<Endpoint>? endpoints = response.StatusCode == HttpStatusCode.NotModified ? null : await ReadAsync(response, url, cancellationToken);
            if (_applied is null)
                return new Page(endpoints, null, url, PollInterval.After(response.Headers.CacheControl, response.Headers.Age, options, jitter));
            var isHasty = _applied == before && time.GetElapsedTime(asked) < UnchangedPause;
            return new Page(endpoints, null, url, isHasty ? UnchangedPause : ShortestPause * (0.5 + jitter));
        }
    }

    private static string? MediaType(HttpResponseMessage response) => response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant();

    private void Prepare(HttpRequestHeaders headers, bool isOnce)
    {
        // Whoever offers events is followed by events; whoever only asks once does not want to hold a stream.
        var accept = place.Format == HttpFormat.Prometheus || isOnce ? "" : "text/event-stream, ";
        headers.TryAddWithoutValidation("Accept", accept + "application/json, application/yaml;q=0.9, */*;q=0.1");
        headers.TryAddWithoutValidation("User-Agent", "Rollcall");
        if (IsConditional)
            headers.IfNoneMatch.Add(_tag!);
    }

    // A long poll names the revision it has; a target that asks for a moment of its own stays as it is.
    private (Uri Url, TimeSpan Wait) Next()
    {
        if (_applied is not { } applied)
            return (place.Url, TimeSpan.Zero);
        var query = new ServiceQuery { Index = applied.Revision, Epoch = applied.Epoch.Length > 0 ? applied.Epoch : null, Wait = options.Wait }.ToQueryString();
        var url = new UriBuilder(place.Url);
        url.Query = url.Query.Length > 1 ? $"{url.Query}&{query[1..]}" : query;
        return (url.Uri, options.Wait * 17 / 16);
    }

    private async Task<ImmutableArray<Endpoint>> ReadAsync(HttpResponseMessage response, Uri url, CancellationToken cancellationToken)
    {
        try
        {
            using var body = await BoundedBody.ReadAsync(response.Content, MaxBodyBytes, options.AnswerTimeout, time, cancellationToken);
            var (endpoints, node) = HttpBody.Read(body.Bytes.Span, MediaType(response), place);
            _tag = response.Headers.ETag;
            _applied = node is not null && response.Headers.Contains(ApiNames.RevisionHeader) && !IsFixed() ? (node.Revision, node.Epoch) : null;
            return endpoints;
        }
        catch (Exception error) when (ServerFailure.IsTransport(error))
        {
            throw exchange.Explain(url, error);
        }
        catch (FormatException error)
        {
            throw new DiscoveryException(string.Create(
                CultureInfo.InvariantCulture, $"{ServerFailure.NameOf(url)}{url.AbsolutePath} was read, but its answer {error.Message}. Correct it there, or the target."), error);
        }
    }

    private bool IsFixed() => place.Url.Query.Contains("at=", StringComparison.Ordinal) || place.Url.Query.Contains("index=", StringComparison.Ordinal);
}
