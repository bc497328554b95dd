using System.Runtime.CompilerServices;
using Rollcall.Watching;

namespace Rollcall.TestKit.Sources;

/// <summary>A source a test plays: it has what it is told to have, breaks and heals on command. Thread-safe.</summary>
public sealed class FakeSource(TimeProvider? time = null, int seed = 1) : DiscoverySource(time, new Random(seed)), IRefreshable
{
    private readonly Lock _gate = new();
    private SourceAnswer? _answer;
    private string? _broken;
    private TaskCompletionSource _changed = New();
    private int _attempts;
    private int _open;
    private int _refreshed;

    /// <summary>What to watch.</summary>
    public static ServiceTarget Target { get; } = ServiceTarget.Parse("fake:///orders");

    public override IReadOnlyCollection<string> Schemes { get; } = ["fake"];

    /// <summary>Attempts begun so far.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>Attempts that are open now: the sockets of a real source.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>How often it was asked to look sooner.</summary>
    public int Refreshed => Volatile.Read(ref _refreshed);

    /// <summary>From now on the source has these endpoints. Until the first call it does not answer.</summary>
    public void Set(params IEnumerable<Endpoint> endpoints) => Set(Freshness.Live, endpoints);

    /// <summary>As above, of less than full freshness.</summary>
    public void Set(Freshness freshness, params IEnumerable<Endpoint> endpoints) => Change(() => _answer = new([.. endpoints], freshness));

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

    public void Refresh(ServiceTarget target) => Interlocked.Increment(ref _refreshed);

    protected override async IAsyncEnumerable<SourceAnswer> ReadAsync(
        ServiceTarget target, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _attempts);
        Interlocked.Increment(ref _open);
        try
        {
            while (true)
            {
                SourceAnswer? answer;
                Task changed;
                lock (_gate)
                {
                    if (_broken is not null)
                        throw new DiscoveryException(_broken);
                    answer = _answer;
                    changed = _changed.Task;
                }

                if (answer is not null)
                    yield return answer.Value;
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
