using Microsoft.AspNetCore.Http;
using Rollcall.Node.Telemetry;
using Rollcall.Registry.Catalogs;

namespace Rollcall.Node.Watching;

/// <summary>Waits until a service has changed, for so long and not longer.</summary>
internal sealed class BlockingQuery(Catalog catalog, WatchMetrics metrics, Jitter jitter, TimeProvider time, CancellationToken stopping)
{
    private static readonly Action<object?> Cancel = static source => ((CancellationTokenSource)source!).Cancel();

    /// <summary>
    /// The service once it has changed after <paramref name="index"/>, or as it is when <paramref name="wait"/> is over or the node stops;
    /// null when the client went away.
    /// </summary>
    public async ValueTask<ServiceSnapshot?> WaitAsync(HttpContext context, string service, long index, TimeSpan wait)
    {
        var now = catalog.GetService(service);
        if ((now.IsKnown && now.Revision > index) || wait == TimeSpan.Zero)
            return now;
        context.Features.Set(WaitedOnPurpose.Mark);
        var gone = context.RequestAborted;
        using var ended = new CancellationTokenSource(jitter.Lengthen(wait), time);
        await using var onGone = gone.UnsafeRegister(Cancel, ended);
        await using var onStopping = stopping.UnsafeRegister(Cancel, ended);
        try
        {
            var changed = await catalog.WaitForChangeAsync(service, index, ended.Token);
            metrics.PollEnded(WatchMetrics.Changed);
            return changed;
        }
        catch (OperationCanceledException)
        {
            metrics.PollEnded(gone.IsCancellationRequested ? WatchMetrics.Gone : stopping.IsCancellationRequested ? WatchMetrics.Stopping : WatchMetrics.TimedOut);
            return gone.IsCancellationRequested ? null : catalog.GetService(service);
        }
    }

    /// <summary>Measures how long after its commit a change was handed to the connection of a watcher that waited for it.</summary>
    public void NoteDelivery(ServiceSnapshot answer, long? index)
    {
        if (answer.ChangedAt is { } changed && answer.Revision > index)
            metrics.PollNotified(time.GetUtcNow() - changed);
    }
}
