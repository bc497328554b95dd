using System.Net;

namespace Rollcall.Http;

/// <summary>A response's content that reports when its end was reached, when it broke, or when nobody wants the rest.</summary>
internal sealed class TrackedContent : HttpContent
{
    private readonly HttpContent _inner;
    private readonly TryReport _report;
    private int _ended;

    /// <summary>Takes over <paramref name="inner"/> and the duty to report.</summary>
    public TrackedContent(HttpContent inner, in TryReport report)
    {
        _inner = inner;
        _report = report;
        foreach (var (name, values) in inner.Headers.NonValidated)
        {
            if (values.Count == 1)
                Headers.TryAddWithoutValidation(name, values.ToString());
            else
                Headers.TryAddWithoutValidation(name, values);
        }
    }

    /// <summary>It is over as far as anybody is interested; what was seen of it is what counts.</summary>
    public void End()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
            _report.End();
    }

    /// <summary>Reading or writing it has failed.</summary>
    public void Fail(Exception error)
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
            _report.End(error is OperationCanceledException ? OutcomeKind.Cancelled : OutcomeKind.Reset);
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // By way of our own stream, which tells a body that breaks from a receiver that does.
        using var body = CreateContentReadStream(cancellationToken);
        body.CopyTo(stream);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var body = await CreateContentReadStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
            await body.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken)
    {
        try
        {
            return new TrackedStream(_inner.ReadAsStream(cancellationToken), this);
        }
        catch (Exception error)
        {
            Fail(error);
            throw;
        }
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new TrackedStream(await _inner.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), this);
        }
        catch (Exception error)
        {
            Fail(error);
            throw;
        }
    }

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
