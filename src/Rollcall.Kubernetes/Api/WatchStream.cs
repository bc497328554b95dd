using Rollcall.Kubernetes.Objects;
using Rollcall.Servers;

namespace Rollcall.Kubernetes.Api;

/// <summary>An open watch. Dispose of it to end it.</summary>
internal sealed class WatchStream<T>(
    HttpResponseMessage response, Stream stream, ItemReader<T> read, StringCache strings, TimeProvider time, Func<Exception, ApiException> explain) : IDisposable
    where T : KubernetesObject
{
    private readonly BoundedLines _lines = new(stream, ApiClient.MaxEventBytes, time);

    /// <summary>The next event; null when the server has ended the watch, which it does every few minutes.</summary>
    /// <param name="idle">The longest it may be silent.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <exception cref="TimeoutException">It was silent for too long.</exception>
    /// <exception cref="ApiException">It broke, or makes no sense.</exception>
    public async ValueTask<WatchEvent<T>?> NextAsync(TimeSpan idle, CancellationToken cancellationToken)
    {
        try
        {
            var line = await _lines.NextAsync(idle, cancellationToken);
            return line is { } text ? WatchEvent<T>.Parse(text.Span, read, strings) : null;
        }
        catch (Exception error) when (error is not TimeoutException && ApiClient.IsFault(error) && !cancellationToken.IsCancellationRequested)
        {
            throw explain(error);
        }
    }

    public void Dispose()
    {
        stream.Dispose();
        response.Dispose();
    }
}
