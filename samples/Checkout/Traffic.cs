using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Options;

namespace Checkout;

/// <summary>Calls orders at a steady rate. Half of the requests ask for the front page, half for an order.</summary>
internal sealed class Traffic(OrdersClient orders, Tally tally, TimeProvider time, IOptions<TrafficOptions> options) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Full: a request is sent as soon as an earlier one has ended.
        var due = Channel.CreateBounded<int>(options.Value.Concurrency);
        Task[] workers = [.. Enumerable.Range(0, options.Value.Concurrency).Select(_ => SendAllAsync(due.Reader))];
        try
        {
            await PaceAsync(due.Writer, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopping: what has been sent is waited for below.
        }
        finally
        {
            due.Writer.Complete();
            await Task.WhenAll(workers);
        }
    }

    private async Task PaceAsync(ChannelWriter<int> due, CancellationToken stoppingToken)
    {
        var start = time.GetTimestamp();
        using var timer = new PeriodicTimer(Tick, time);
        for (var sent = 0; await timer.WaitForNextTickAsync(stoppingToken);)
        {
            var target = (int)(time.GetElapsedTime(start).TotalSeconds * options.Value.Rate);
            for (; sent < target; sent++)
                await due.WriteAsync(sent, stoppingToken);
        }
    }

    // A request that was begun is finished: stopping this process is no failure of orders.
    private async Task SendAllAsync(ChannelReader<int> due)
    {
        await foreach (var number in due.ReadAllAsync(CancellationToken.None))
        {
            var path = number % 2 == 0 ? "/" : string.Create(CultureInfo.InvariantCulture, $"/orders/{number}");
            var start = time.GetTimestamp();
            try
            {
                var instance = await orders.AskAsync(path, CancellationToken.None);
                tally.Served(instance, time.GetElapsedTime(start));
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException or InvalidDataException or System.Text.Json.JsonException)
            {
                tally.Failed(error, time.GetElapsedTime(start));
            }
        }
    }
}
