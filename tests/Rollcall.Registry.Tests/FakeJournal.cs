using System.Runtime.CompilerServices;
using Rollcall.Registry.Journaling;

namespace Rollcall.Registry.Tests;

/// <summary>A journal that remembers, that can be held at an append, and that fails on demand.</summary>
internal sealed class FakeJournal(RecoveredState? recovered = null) : IJournal
{
    private readonly Lock _gate = new();
    private readonly List<Change[]> _batches = [];
    private readonly SemaphoreSlim _appends = new(0);
    private TaskCompletionSource? _held;
    private TaskCompletionSource? _heldSnapshots;
    private int _snapshotAttempts;

    public string Epoch => "epoch";

    public RecoveredState Recovered { get; } = recovered ?? new RecoveredState(0, [], null);

    public DateTimeOffset HistoryCompleteSince => Sample.Now;

    public bool WantsSnapshot { get; set; }

    public JournalHealth Health => new(Durability.Memory, null, 0, 0, null);

    /// <summary>Thrown by every append while set.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Thrown by every snapshot while set.</summary>
    public Exception? SnapshotFailure { get; set; }

    public int SnapshotAttempts => Volatile.Read(ref _snapshotAttempts);

    /// <summary>Decides for each batch whether it fails.</summary>
    public Func<IReadOnlyList<Change>, Exception?> FailOn { get; set; } = static _ => null;

    public bool IsDisposed { get; private set; }

    public List<(long Revision, Instance[] Instances)> Snapshots { get; } = [];

    public IReadOnlyList<Change[]> Batches
    {
        get
        {
            lock (_gate)
                return [.. _batches];
        }
    }

    public IEnumerable<Change> Changes => Batches.SelectMany(static batch => batch);

    /// <summary>What a journal opened after this one would find.</summary>
    public RecoveredState Reopened()
    {
        var instances = Recovered.Instances.ToDictionary(static instance => instance.Key);
        var emptied = Recovered.Emptied.Services.ToDictionary(static service => service.Service, StringComparer.Ordinal);
        var revision = Recovered.Revision;
        foreach (var change in Changes)
        {
            revision = change.Revision;
            if (change.Instance is { } instance)
                instances[change.Key] = instance;
            else
                instances.Remove(change.Key);
            emptied.Remove(change.Key.Service);
            if (!instances.Keys.Any(key => key.Service == change.Key.Service))
                emptied.Add(change.Key.Service, new EmptiedService(change.Key.Service, change.Revision, change.Time));
        }

        return new RecoveredState(revision, [.. instances.Values], null) { Emptied = new EmptiedServices(0, [.. emptied.Values.OrderBy(static service => service.Revision)]) };
    }

    /// <summary>Holds appends until <see cref="LetGo"/>.</summary>
    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Holds snapshots until <see cref="LetGo"/>.</summary>
    public void HoldSnapshots() => _heldSnapshots = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void LetGo()
    {
        Interlocked.Exchange(ref _held, null)?.TrySetResult();
        Interlocked.Exchange(ref _heldSnapshots, null)?.TrySetResult();
    }

    /// <summary>Completes when the next append has begun.</summary>
    public Task AppendBegunAsync(CancellationToken cancellationToken) => _appends.WaitAsync(cancellationToken);

    public async ValueTask AppendAsync(IReadOnlyList<Change> batch, CancellationToken cancellationToken)
    {
        Change[] copy = [.. batch];
        _appends.Release();
        if (Volatile.Read(ref _held) is { } held)
            await held.Task;
        if ((Failure ?? FailOn(copy)) is { } failure)
            throw failure;
        lock (_gate)
            _batches.Add(copy);
    }

    public async ValueTask WriteSnapshotAsync(long revision, DateTimeOffset time, IEnumerable<Instance> instances, EmptiedServices emptied, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _snapshotAttempts);
        if (Volatile.Read(ref _heldSnapshots) is { } held)
            await held.Task.WaitAsync(cancellationToken);
        if (SnapshotFailure is { } failure)
            throw failure;
        WantsSnapshot = false;
        lock (_gate)
            Snapshots.Add((revision, [.. instances]));
    }

    public async IAsyncEnumerable<Change> ReadHistoryAsync(DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var change in Changes.Where(change => change.Time >= since))
            yield return change;
    }

    public ValueTask<PastState?> ReadStateAtAsync(DateTimeOffset at, string? service, CancellationToken cancellationToken)
    {
        if (at < HistoryCompleteSince)
            return new((PastState?)null);
        var instances = new Dictionary<InstanceKey, Instance>();
        var revision = 0L;
        foreach (var change in Changes.TakeWhile(change => change.Time <= at))
        {
            revision = change.Revision;
            if (change.Key.Service != service)
                continue;
            if (change.Instance is { } instance)
                instances[change.Key] = instance;
            else
                instances.Remove(change.Key);
        }

        return new(new PastState(revision, [.. instances.Values]));
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
