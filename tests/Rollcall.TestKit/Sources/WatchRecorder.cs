using System.Collections.Immutable;

namespace Rollcall.TestKit.Sources;

/// <summary>Consumes a watch on a task of its own and keeps what it saw; can be made to pause between two snapshots.</summary>
public sealed class WatchRecorder : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private ImmutableArray<EndpointSet> _seen = [];
    private volatile TaskCompletionSource? _pause;

    public WatchRecorder(IDiscoverySource source, ServiceTarget target, bool paused = false)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (paused)
            Pause();
        _loop = Task.Run(() => RunAsync(source, target));
    }

    /// <summary>Every snapshot so far.</summary>
    public ImmutableArray<EndpointSet> Seen => _seen;

    /// <summary>The newest snapshot; null before the first.</summary>
    public EndpointSet? Last => _seen is [.., var last] ? last : null;

    /// <summary>What ended the watch, apart from cancellation; null when nothing did.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>True once the watch has ended.</summary>
    public bool HasEnded => _loop.IsCompleted;

    /// <summary>From now on the consumer is stuck on the snapshot it has.</summary>
    public void Pause() => _pause ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends <see cref="Pause"/>.</summary>
    public void Resume()
    {
        var pause = _pause;
        _pause = null;
        pause?.TrySetResult();
    }

    /// <summary>Cancels the watch; how long it took to end.</summary>
    public async Task<TimeSpan> CancelAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        await _stop.CancelAsync();
        await Eventually.Within(_loop);
        return TimeProvider.System.GetElapsedTime(start);
    }

    public async ValueTask DisposeAsync()
    {
        Resume();
        await CancelAsync();
        _stop.Dispose();
    }

    private async Task RunAsync(IDiscoverySource source, ServiceTarget target)
    {
        try
        {
            await foreach (var set in source.WatchAsync(target, _stop.Token))
            {
                _seen = _seen.Add(set);
                if (_pause is { } pause)
                    await pause.Task;
            }

            if (!_stop.IsCancellationRequested)
                Failure = new InvalidOperationException("The watch ended by itself.");
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The regular end.
        }
        catch (Exception error)
        {
            Failure = error;
        }
    }
}
