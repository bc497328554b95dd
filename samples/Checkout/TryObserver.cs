namespace Checkout;

/// <summary>
/// Stands behind Rollcall's handler and so sees every try of a request, with the address it goes to: that is how the report knows when
/// an instance was last sent anything. Applications do not need this.
/// </summary>
internal sealed class TryObserver(Tally tally) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        tally.Sent(request.RequestUri!.Authority);
        return base.SendAsync(request, cancellationToken);
    }
}
