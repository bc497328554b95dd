using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Rollcall.Watching;

namespace Rollcall.TestKit.Sources;

/// <summary>A source a test plays: it has what it is told to have, breaks and heals on command. Thread-safe.</summary>
public sealed class FakeSource(TimeProvider? time = null, int seed = 1) : DiscoverySource(time, new Random(seed))
{
    private readonly Lock _gate = new();
    private ImmutableArray<Endpoint>? _endpoints;
    private string? _broken;
    private TaskCompletionSource _changed = New();
    private int _attempts;
    private int _open;

    /// <summary>What to watch.</summary>
    public static ServiceTarget Target { get; } = ServiceTarget.Parse("fake:///orders");

    public override IReadOnlyCollection<string> Schemes { get; } = ["fake"];

    /// <summary>Attempts begun so far.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>Attempts that are open now: the sockets of a real source.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>From now on the source has these endpoints. Until the first call it does not answer.</summary>
    public void Set(params IEnumerable<Endpoint> endpoints) => Change(() => _endpoints = [.. endpoints]);

    /// <summary>From now on every attempt fails, the present one included.</summary>
    public void Break(string reason = "the fake source was told to break") => Change(() => _broken = reason);

    /// <summary>Ends <see cref="Break"/>.</summary>
    public void Heal() => Change(() => _broken = null);

    public override void Validate(ServiceTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.Path.Length == 0)
            throw new ArgumentException($"'{target}' names no service. Example: fake:///orders.", nameof(target));
    }

    protected override async IAsyncEnumerable<ImmutableArray<Endpoint>> ReadAsync(
        ServiceTarget target, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _attempts);
        Interlocked.Increment(ref _open);
        try
        {
            while (true)
            {
                ImmutableArray<Endpoint>? endpoints;
                Task changed;
                lock (_gate)
                {
                    if (_broken is not null)
                        throw new DiscoveryException(_broken);
                    endpoints = _endpoints;
                    changed = _changed.Task;
                }

                if (endpoints is not null)
                    yield return endpoints.Value;
                await changed.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            change();
            changed = _changed;
            _changed = New();
        }

        changed.TrySetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
