using System.Runtime.CompilerServices;

namespace Rollcall.Tests.Watching;

/// <summary>A source that changes each time it is asked, and looks whether what it said before has been applied by then.</summary>
internal sealed class StepSource : IDiscoverySource
{
    public static readonly ServiceTarget Target = ServiceTarget.Parse("step:///orders");

    private int _checked;
    private int _violations;

    public Func<(int, int)>? Applied { get; set; }

    public int Checked => Volatile.Read(ref _checked);

    public int Violations => Volatile.Read(ref _violations);

    public IReadOnlyCollection<string> Schemes { get; } = ["step"];

    public void Validate(ServiceTarget target)
    {
    }

    public ValueTask<EndpointSet> DiscoverAsync(ServiceTarget target, CancellationToken cancellationToken) => throw new NotSupportedException();

    public async IAsyncEnumerable<EndpointSet> WatchAsync(ServiceTarget target, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var step = 1; ; step++)
        {
            // The watch learned of Applied after some step; only whole rounds since then count.
            var applied = Applied;
            yield return new EndpointSet(target, [new Endpoint("a", "10.0.0.1", 80) { Weight = step }], step, DateTimeOffset.UnixEpoch);
            if (applied is null)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken);
                continue;
            }

            if (applied() != (step, step))
                Interlocked.Increment(ref _violations);
            Interlocked.Increment(ref _checked);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}

/// <summary>A source that does all that a source must not: throws, starts its revisions anew, repeats itself, is in no order.</summary>
internal sealed class LawlessSource : IDiscoverySource
{
    public static readonly ServiceTarget Target = ServiceTarget.Parse("lawless:///orders");

    private int _attempts;

    public int Attempts => Volatile.Read(ref _attempts);

    public IReadOnlyCollection<string> Schemes { get; } = ["lawless"];

    public void Validate(ServiceTarget target)
    {
    }

    public ValueTask<EndpointSet> DiscoverAsync(ServiceTarget target, CancellationToken cancellationToken) => throw new NotSupportedException();

    public async IAsyncEnumerable<EndpointSet> WatchAsync(ServiceTarget target, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _attempts);
        await Task.Yield();
        var set = new EndpointSet(target, [new Endpoint("b", "10.0.0.2", 80), new Endpoint("a", "10.0.0.1", 80)], 7, DateTimeOffset.UnixEpoch);
        yield return set;
        yield return set;
        throw new InvalidOperationException("I know no law.");
    }
}
