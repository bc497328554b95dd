using System.Threading.Channels;
using Rollcall.Gossip;

namespace Rollcall.Cli.Gossip;

/// <summary>
/// Tells one reader of changes and events until it goes. Where it reads too slowly the node tells it the whole state again in place of what it missed; where it does not
/// read at all it is cut off.
/// </summary>
internal static class ChangeFeed
{
    private const int Capacity = 64;

    public static async Task TellAsync(GossipNode node, ControlAnswers answers, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<ControlAnswer>(Capacity);

        Task[] sources =
        [
            // Begun before the state is told, so that no event falls between.
            PumpAsync(node.ReadMessagesAsync(over.Token), static message => [ChangeDocument.Of(message)], channel.Writer, over.Token),
            PumpAsync(node.WatchAsync(over.Token), ChangeDocument.Of, channel.Writer, over.Token),
        ];
        var gone = answers.ReaderGoneAsync(over.Token);
        var told = DrainAsync(channel.Reader, answers, over.Token);
        try
        {
            await await Task.WhenAny(told, gone, Task.WhenAll(sources));
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll([told, gone, .. sources]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task PumpAsync<T>(IAsyncEnumerable<T> source, Func<T, IEnumerable<ChangeDocument>> lines, ChannelWriter<ControlAnswer> channel, CancellationToken cancellationToken)
    {
        await foreach (var item in source.WithCancellation(cancellationToken))
        {
            foreach (var line in lines(item))
                await channel.WriteAsync(new() { Change = line }, cancellationToken);
        }
    }

    private static async Task DrainAsync(ChannelReader<ControlAnswer> channel, ControlAnswers answers, CancellationToken cancellationToken)
    {
        while (await channel.WaitToReadAsync(cancellationToken))
        {
            while (channel.TryRead(out var answer))
                await answers.WriteAsync(answer);
            await answers.FlushAsync();
        }
    }
}
