using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Rollcall.Cli.Tests;

/// <summary>A source that says what the test tells it to.</summary>
internal sealed class FakeSource : IDiscoverySource
{
    private readonly Channel<EndpointSet> _sets = Channel.CreateUnbounded<EndpointSet>();
    private EndpointSet? _last;
    private long _revision;

    public IReadOnlyCollection<string> Schemes => ["rollcall", "static"];

    /// <summary>What <see cref="DiscoverAsync"/> throws; null for what was said last.</summary>
    public Exception? Failure { get; init; }

    public FakeSource Say(params Endpoint[] endpoints) => Say(Freshness.Live, endpoints);

    public FakeSource Say(Freshness freshness, params Endpoint[] endpoints)
    {
        var set = _last = new EndpointSet(ServiceTarget.Parse("rollcall:///orders"), endpoints, ++_revision, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), freshness);
        Assert.True(_sets.Writer.TryWrite(set));
        return this;
    }

    public void Validate(ServiceTarget target)
    {
        if (!Schemes.Contains(target.Scheme))
            throw new ArgumentException($"No source answers for {target.Scheme}://.", nameof(target));
    }

    public ValueTask<EndpointSet> DiscoverAsync(ServiceTarget target, CancellationToken cancellationToken)
    {
        Validate(target);
        return Failure is null ? new(_last!) : throw Failure;
    }

    public async IAsyncEnumerable<EndpointSet> WatchAsync(ServiceTarget target, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var set in _sets.Reader.ReadAllAsync(cancellationToken))
            yield return set;
    }
}
