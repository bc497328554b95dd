using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Rollcall.Cli.Tests;

/// <summary>A source that says what the test tells it to.</summary>
internal sealed class FakeSource : IDiscoverySource
{
    private readonly Channel<EndpointSet> _sets = Channel.CreateUnbounded<EndpointSet>();
    private long _revision;

    public IReadOnlyCollection<string> Schemes => ["rollcall", "static"];

    /// <summary>What <see cref="DiscoverAsync"/> throws; null for the next set.</summary>
    public Exception? Failure { get; init; }

    public FakeSource Say(params Endpoint[] endpoints) => Say(Freshness.Live, endpoints);

    public FakeSource Say(Freshness freshness, params Endpoint[] endpoints)
    {
        var set = new EndpointSet(ServiceTarget.Parse("rollcall:///orders"), endpoints, ++_revision, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), freshness);
        Assert.True(_sets.Writer.TryWrite(set));
        return this;
    }

    public void Validate(ServiceTarget target)
    {
        if (!Schemes.Contains(target.Scheme))
            throw new ArgumentException($"No source answers for {target.Scheme}://.", nameof(target));
    }

    public async ValueTask<EndpointSet> DiscoverAsync(ServiceTarget target, CancellationToken cancellationToken) =>
        Failure is null ? await _sets.Reader.ReadAsync(cancellationToken) : throw Failure;

    public async IAsyncEnumerable<EndpointSet> WatchAsync(ServiceTarget target, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var set in _sets.Reader.ReadAllAsync(cancellationToken))
            yield return set;
    }
}
