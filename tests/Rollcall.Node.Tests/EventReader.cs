using System.Text.Json;
using Rollcall.TestKit;

namespace Rollcall.Node.Tests;

/// <summary>One server-sent event.</summary>
internal sealed record ServerEvent(string Kind, string? Id, string Data)
{
    public JsonElement Json => JsonDocument.Parse(Data).RootElement;
}

/// <summary>Reads server-sent events off a node, as WHATWG HTML section 9.2.6 has it.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private EventReader(HttpClient http, HttpResponseMessage response, Stream body) =>
        (_http, _response, _lines) = (http, response, new StreamReader(body));

    public HttpResponseMessage Response => _response;

    public static async Task<EventReader> OpenAsync(TestNode node, string path, string? lastEventId = null, string? watcher = null)
    {
        var http = node.NewHttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        if (watcher is not null)
            request.Headers.TryAddWithoutValidation(Rollcall.Api.ApiNames.WatcherHeader, watcher);
        var response = await Eventually.Within(http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
        return new(http, response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event; null at the end. Comments are told as events of the kind <c>:</c>.</summary>
    public async Task<ServerEvent?> TryNextAsync()
    {
        string kind = "message", data = "";
        string? id = null;
        while (await Eventually.Within(_lines.ReadLineAsync()) is { } line)
        {
            if (line.Length == 0 && (data.Length > 0 || kind == ":"))
                return new(kind, id, data);
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (field, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..].TrimStart(' '));
            switch (field)
            {
                case "event":
                    kind = value;
                    break;
                case "id":
                    id = value;
                    break;
                case "data":
                    data += value;
                    break;
                case "" when line.Length > 0:
                    kind = ":";
                    break;
            }
        }

        return null;
    }

    public async Task<ServerEvent> NextAsync() => await TryNextAsync() ?? throw new EndOfStreamException("The stream has ended.");

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        _response.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
