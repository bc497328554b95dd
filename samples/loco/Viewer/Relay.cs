using System.Net.WebSockets;

namespace Loco.Viewer;

/// <summary>Carries bytes between a browser's WebSocket and an emulator until either of them ends, and lets the other one know.</summary>
internal sealed class Relay(WebSocket browser, WaitingEmulator emulator, ViewerOptions options, TimeProvider time)
{
    private const int BufferSize = 16 * 1024;

    /// <summary>How it ended.</summary>
    internal enum End
    {
        /// <summary>The browser closed its window, or its connection broke.</summary>
        BrowserLeft,

        /// <summary>The browser sent what this protocol does not have.</summary>
        BrowserIsWrong,

        /// <summary>The emulator closed the connection in good order.</summary>
        EmulatorLeft,

        /// <summary>The connection to the emulator broke.</summary>
        EmulatorBroke,

        /// <summary>This program ends.</summary>
        Stopped,
    }

    /// <summary>Runs until one of them ends; the other is told, and waited for no longer than <see cref="ViewerOptions.CloseTimeout"/>.</summary>
    public async Task<End> RunAsync(CancellationToken stop)
    {
        // A receive that is cancelled breaks the WebSocket, so the browser's goodbye is waited for and only given up in the end.
        using var receiving = new CancellationTokenSource();
        using var sending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var fromBrowser = FromBrowserAsync(receiving.Token);
        var fromEmulator = FromEmulatorAsync(sending.Token);
        var stopped = Task.Delay(Timeout.InfiniteTimeSpan, time, sending.Token);
        var first = await Task.WhenAny(fromBrowser, fromEmulator, stopped);
        var end = first == fromBrowser ? await fromBrowser : stop.IsCancellationRequested ? End.Stopped : await fromEmulator;
        await sending.CancelAsync();
        await fromEmulator; // nobody else sends from here on
        await stopped.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await SayGoodbyeAsync(end);
        try
        {
            await fromBrowser.WaitAsync(options.CloseTimeout, time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            await receiving.CancelAsync();
            await fromBrowser;
        }

        return end;
    }

    private async Task<End> FromBrowserAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        var isOpen = true;
        try
        {
            while (true)
            {
                var received = await browser.ReceiveAsync(buffer.AsMemory(), cancellationToken);
                if (received.MessageType == WebSocketMessageType.Close)
                    return End.BrowserLeft;
                if (received.MessageType == WebSocketMessageType.Text)
                    return End.BrowserIsWrong;
                // After the emulator's end what the browser still sends is read up to its goodbye, and has nowhere to go.
                isOpen = isOpen && await TrySendAsync(buffer.AsMemory(0, received.Count), cancellationToken);
            }
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException)
        {
            return End.BrowserLeft;
        }
    }

    private async Task<bool> TrySendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await emulator.Stream.WriteAsync(bytes, cancellationToken);
            return true;
        }
        catch (IOException)
        {
            return false; // whoever reads from it finds out as well
        }
    }

    private async Task<End> FromEmulatorAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        try
        {
            await SendAsync(emulator.Greeting, cancellationToken);
            while (true)
            {
                var count = await emulator.Stream.ReadAsync(buffer, cancellationToken);
                if (count == 0)
                    return End.EmulatorLeft;
                await SendAsync(buffer.AsMemory(0, count), cancellationToken);
            }
        }
        catch (IOException)
        {
            return End.EmulatorBroke;
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or TimeoutException)
        {
            return End.BrowserLeft;
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.SendTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await browser.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, either.Token);
    }

    private async Task SayGoodbyeAsync(End end)
    {
        if (browser.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        var (status, why) = end switch
        {
            End.BrowserLeft => (WebSocketCloseStatus.NormalClosure, ""),
            End.BrowserIsWrong => (WebSocketCloseStatus.InvalidMessageType, "Only binary messages carry RFB."),
            End.Stopped => (WebSocketCloseStatus.EndpointUnavailable, "The viewer stops."),
            _ => (WebSocketCloseStatus.EndpointUnavailable, "The emulator closed the connection."),
        };
        using var limit = new CancellationTokenSource(options.CloseTimeout, time);
        try
        {
            await browser.CloseOutputAsync(status, why, limit.Token);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException)
        {
            browser.Abort();
        }
    }
}
