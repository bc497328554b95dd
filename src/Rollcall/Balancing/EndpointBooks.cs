using System.Collections.Concurrent;

namespace Rollcall.Balancing;

/// <summary>The book of each target: one per process, so that what one client learns of an endpoint all others know. Thread-safe.</summary>
internal sealed class EndpointBooks
{
    private readonly ConcurrentDictionary<ServiceTarget, EndpointBook> _books = new();

    public EndpointBook Of(ServiceTarget target) => _books.GetOrAdd(target, static _ => new EndpointBook());
}
