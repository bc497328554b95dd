using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Rollcall.Watching;

/// <summary>
/// Keeps reading while its consumer is busy and hands over the newest alone. For streams whose sender pushes: what lies in the buffers of the system would otherwise
/// be a queue of old states (law 3).
/// </summary>
internal static class Newest
{
    /// <summary>The newest element each time one is asked for; then the failure that ended <paramref name="stream"/>, if one did. Reading ends with the enumeration.</summary>
    public static async IAsyncEnumerable<T> Of<T>(
        Func<CancellationToken, IAsyncEnumerable<T>> stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var newest = Channel.CreateBounded<T>(new BoundedChannelOptions(1)
        {
            FullMode = BoundedChannelFullMode.DropOldest,
            SingleReader = true,
            SingleWriter = true,
        });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAsync(stream(stop.Token), newest.Writer);
        try
        {
            await foreach (var item in newest.Reader.ReadAllAsync(cancellationToken))
                yield return item;
        }
        finally
        {
            await stop.CancelAsync();
            await reading;
        }
    }

    // Never fails: how it ended is told behind the last element.
    private static async Task ReadAsync<T>(IAsyncEnumerable<T> stream, ChannelWriter<T> newest)
    {
        Exception? failure = null;
        try
        {
            await foreach (var item in stream)
                newest.TryWrite(item);
        }
        catch (Exception error)
        {
            failure = error;
        }

        newest.TryComplete(failure);
    }
}
