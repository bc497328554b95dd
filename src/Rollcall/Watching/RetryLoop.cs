using System.Runtime.CompilerServices;

namespace Rollcall.Watching;

/// <summary>
/// Turns attempts that may end or break into one watch that does neither: the shell around <see cref="RetryState"/>.
/// </summary>
/// <param name="target">What is watched.</param>
/// <param name="backoff">How long to wait between failed attempts.</param>
/// <param name="time">The clock.</param>
/// <param name="random">For jitter.</param>
/// <param name="onFailure">Hears of each failure.</param>
/// <param name="pause">Waits between failed attempts, as long as it is told or until there is reason to try sooner; null waits as long as it is told.</param>
internal sealed class RetryLoop(
    ServiceTarget target, Backoff backoff, TimeProvider time, Random random, Action<Exception>? onFailure, Func<TimeSpan, CancellationToken, Task>? pause = null)
{
    // An attempt that ends by itself asks to be started again; this keeps one that always ends at once from spinning.
    private static readonly TimeSpan RestartPause = TimeSpan.FromMilliseconds(10);

    private readonly RetryState _state = new(target, backoff, random);

    /// <summary>Snapshots until cancelled; then throws <see cref="OperationCanceledException"/>.</summary>
    /// <param name="attempt">Starts one attempt. It is asked for its next reading only after the snapshot before has been consumed.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async IAsyncEnumerable<EndpointSet> RunAsync(
        Func<CancellationToken, IAsyncEnumerable<Reading>> attempt,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Exception failure;
            await using (var readings = new Attempt(attempt, cancellationToken))
            {
                while (await readings.MoveNextAsync(_state))
                {
                    if (readings.Snapshot is { } snapshot)
                        yield return snapshot;
                }

                // A failure that cancellation caused, or that came too late to matter, is no failure.
                cancellationToken.ThrowIfCancellationRequested();
                if (readings.Failure is null)
                {
                    await Task.Delay(RestartPause, time, cancellationToken);
                    continue;
                }

                failure = readings.Failure;
            }

            // The attempt is over and its sockets are closed before anyone hears of the failure or waits for the next one.
            onFailure?.Invoke(failure);
            var (stale, delay) = _state.OnFailure(Describe(failure));
            if (stale is not null)
                yield return stale;
            await (pause?.Invoke(delay, cancellationToken) ?? Task.Delay(delay, time, cancellationToken));
        }
    }

    /// <summary>A failure in one line for a person.</summary>
    public static string Describe(Exception failure)
    {
        var message = failure is DiscoveryException ? failure.Message : $"{failure.GetType().Name}: {failure.Message}";
        return message.Length == 0 ? failure.GetType().Name : message;
    }

    // An enumerator whose failures are values, because an iterator may not yield where it catches.
    private sealed class Attempt(Func<CancellationToken, IAsyncEnumerable<Reading>> start, CancellationToken cancellationToken) : IAsyncDisposable
    {
        private IAsyncEnumerator<Reading>? _readings;

        public EndpointSet? Snapshot { get; private set; }

        public Exception? Failure { get; private set; }

        public async ValueTask<bool> MoveNextAsync(RetryState state)
        {
            try
            {
                _readings ??= start(cancellationToken).GetAsyncEnumerator(cancellationToken);
                if (!await _readings.MoveNextAsync())
                    return false;
                Snapshot = state.OnReading(_readings.Current);
                return true;
            }
            catch (Exception error)
            {
                Failure = error;
                return false;
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_readings is null)
                return;
            try
            {
                await _readings.DisposeAsync();
            }
            catch (Exception error)
            {
                // The failure that ended the attempt explains more than the one of its clean-up.
                Failure ??= error;
            }
        }
    }
}
