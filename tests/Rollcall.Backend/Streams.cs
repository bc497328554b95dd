using System.Globalization;
using System.Net.WebSockets;
using System.Text;

namespace Rollcall.Backend;

/// <summary>Answers that take long because they are long.</summary>
internal static class Streams
{
    public static async Task EventsAsync(HttpContext context, string id, int items, TimeSpan every)
    {
        context.Response.ContentType = "text/event-stream";
        for (var item = 1; item <= items; item++)
        {
            await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"data: {id} {item}\n\n"), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(every, TimeProvider.System, context.RequestAborted);
        }
    }

    public static async Task EchoAsync(HttpContext context, string id)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[4096];
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(id).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
            while (await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } part)
                await socket.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, context.RequestAborted);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, context.RequestAborted);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException)
        {
            // The other side, or this process, has gone.
        }
    }
}
