using System.Diagnostics.CodeAnalysis;

namespace Rollcall.Http;

/// <summary>Whether a request may be sent a second time, and what the failure of the first try means for that.</summary>
internal static class Replay
{
    /// <summary>True for the methods that are idempotent by RFC 9110 section 9.2.2: doing it twice is the same as once.</summary>
    public static bool IsIdempotent(HttpMethod method) =>
        method == HttpMethod.Get
        || method == HttpMethod.Head
        || method == HttpMethod.Put
        || method == HttpMethod.Delete
        || method == HttpMethod.Options
        || method == HttpMethod.Trace;

    /// <summary>True for a request without a body that only reads, which nobody minds to be carried out twice at the same time.</summary>
    public static bool IsRead(HttpRequestMessage request) =>
        (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Method == HttpMethod.Options)
        && IsEmpty(request.Content)
        && !request.Headers.NonValidated.Contains("Upgrade");

    /// <summary>Another message that says the same as one without a body.</summary>
    public static HttpRequestMessage Copy(HttpRequestMessage request)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri) { Version = request.Version, VersionPolicy = request.VersionPolicy };
        foreach (var (name, values) in request.Headers.NonValidated)
            copy.Headers.TryAddWithoutValidation(name, values);
        foreach (var (key, value) in request.Options)
            ((IDictionary<string, object?>)copy.Options)[key] = value;
        if (request.Content is not { } content)
            return copy;
        copy.Content = new ByteArrayContent([]);
        foreach (var (name, values) in content.Headers.NonValidated)
            copy.Content.Headers.TryAddWithoutValidation(name, values);
        return copy;
    }

    /// <summary>True when the content can be written again after it was written once.</summary>
    public static bool CanSendAgain(HttpContent? content) => content switch
    {
        null or ByteArrayContent or ReadOnlyMemoryContent => true,
        System.Net.Http.Json.JsonContent json => !MayRunOut(json.Value),
        MultipartContent parts => parts.All(CanSendAgain),
        _ => IsEmpty(content),
    };

    // A gateway has an empty content for a request without a body whose headers speak of one.
    private static bool IsEmpty(HttpContent? content) => content is null or { Headers.ContentLength: 0 };

    // A sequence that is made while it is written may have nothing left the second time.
    private static bool MayRunOut(object? value) => value is System.Collections.IEnumerable and not (string or System.Collections.ICollection) || (value is not null && IsAsyncSequence(value.GetType()));

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Had the interface been trimmed away, nothing could write the value through it.")]
    private static bool IsAsyncSequence(Type type) =>
        !type.IsPrimitive && type.GetInterfaces().Any(static face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>));

    /// <summary>Reads a content of known length into memory, unless it is longer than <paramref name="maxBytes"/>. True when it can then be sent again.</summary>
    public static async ValueTask<bool> LoadAsync(HttpContent content, int maxBytes, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength is not { } length || length > maxBytes)
            return false;
        await content.LoadIntoBufferAsync(maxBytes, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>What became of a try that threw.</summary>
    /// <param name="error">What it threw.</param>
    /// <param name="timedOut">Whether the try was given up by us.</param>
    /// <param name="cancelled">Whether the caller has given up.</param>
    public static TryOutcome Classify(Exception error, bool timedOut, bool cancelled) => error switch
    {
        _ when cancelled => TryOutcome.Cancelled,
        OperationCanceledException when timedOut => TryOutcome.TimedOut,

        // SocketsHttpHandler.ConnectTimeout: the one cancellation that nobody asked for.
        OperationCanceledException { InnerException: TimeoutException } => TryOutcome.Unreachable,
        OperationCanceledException => TryOutcome.Cancelled,
        HttpRequestException { HttpRequestError: var kind } request => kind switch
        {
            HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError => TryOutcome.Unreachable,
            HttpRequestError.ResponseEnded or HttpRequestError.HttpProtocolError => TryOutcome.Reset,
            HttpRequestError.Unknown when request.InnerException is IOException => TryOutcome.Reset,
            _ => TryOutcome.Failed,
        },
        IOException => TryOutcome.Reset,
        _ => TryOutcome.Failed,
    };
}
