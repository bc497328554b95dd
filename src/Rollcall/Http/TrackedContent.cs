using System.Net;

namespace Rollcall.Http;

/// <summary>A response's content that says when its end was reached, or when nobody wants the rest.</summary>
internal sealed class TrackedContent : HttpContent
{
    private readonly HttpContent _inner;
    private BalancedEndpoint? _endpoint;

    /// <summary>Takes over <paramref name="inner"/> and the duty to call <see cref="BalancedEndpoint.End"/>.</summary>
    public TrackedContent(HttpContent inner, BalancedEndpoint endpoint)
    {
        _inner = inner;
        _endpoint = endpoint;
        foreach (var (name, values) in inner.Headers.NonValidated)
        {
            if (values.Count == 1)
                Headers.TryAddWithoutValidation(name, values.ToString());
            else
                Headers.TryAddWithoutValidation(name, values);
        }
    }

    public void End() => Interlocked.Exchange(ref _endpoint, null)?.End();

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        try
        {
            _inner.CopyTo(stream, context, cancellationToken);
        }
        finally
        {
            End();
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        try
        {
            await _inner.CopyToAsync(stream, context, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            End();
        }
    }

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) =>
        new TrackedStream(_inner.ReadAsStream(cancellationToken), this);

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        new TrackedStream(await _inner.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), this);

    // A length that was announced is among the headers; there is no other way to know it.
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            End();
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
