using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Checks;

/// <summary>Hands verdicts to the sink, one batch at a time; what could not be written is offered again, as it is by then.</summary>
internal sealed partial class VerdictReporter
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _wake = NewSignal();
    private readonly Func<List<CheckVerdict>> _take;
    private readonly Action<List<CheckVerdict>, bool> _settle;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <param name="take">Takes a batch of verdicts; empty when there is nothing to report.</param>
    /// <param name="settle">Gives a batch back: written or not.</param>
    /// <param name="time">Measures the pause before another try.</param>
    /// <param name="logger">Where it logs.</param>
    public VerdictReporter(Func<List<CheckVerdict>> take, Action<List<CheckVerdict>, bool> settle, TimeProvider time, ILogger logger)
    {
        _take = take;
        _settle = settle;
        _time = time;
        _logger = logger;
    }

    /// <summary>A signal that is set or not, however often it is set.</summary>
    public static Channel<bool> NewSignal() =>
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Says that there is something to take.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    public async Task RunAsync(ICheckSink sink, CancellationToken cancellationToken)
    {
        var failing = false;
        while (true)
        {
            await _wake.Reader.ReadAsync(cancellationToken);
            while (_take() is { Count: > 0 } verdicts)
            {
                var (written, error) = await TryReportAsync(sink, verdicts, cancellationToken);
                _settle(verdicts, written);
                if (failing && written)
                    LogRecovered();
                else if (!failing && !written)
                    LogFailed(error, DurationText.Format(RetryAfter));
                failing = !written;
                if (failing)
                    await Task.Delay(RetryAfter, _time, cancellationToken);
            }
        }
    }

    private static async ValueTask<(bool Written, Exception? Error)> TryReportAsync(ICheckSink sink, List<CheckVerdict> verdicts, CancellationToken cancellationToken)
    {
        try
        {
            return (await sink.ReportAsync(verdicts, cancellationToken), null);
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Whatever the sink threw: the verdicts are kept and offered again.
            return (false, error);
        }
    }
}
