using System.Net;
using System.Net.WebSockets;
using Loco.Viewer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.Pooling;
using Rollcall.TestKit;

namespace Rollcall.Loco.Tests.Viewer;

/// <summary>The viewer in this process, which finds emulators in a file that the test writes.</summary>
internal sealed class TestViewer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DirectoryInfo _directory;

    private TestViewer(WebApplication app, DirectoryInfo directory) => (_app, _directory) = (app, directory);

    public Uri Url => new(_app.Urls.Single());

    public ServiceConnectionPool<WaitingEmulator> Pool => _app.Services.GetRequiredKeyedService<ServiceConnectionPool<WaitingEmulator>>(ViewerHost.Service);

    /// <summary>Starts one that is told of emulators, each as a line of a file of services.</summary>
    public static async Task<TestViewer> StartAsync(IEnumerable<string> emulators, params string[] settings)
    {
        var directory = Directory.CreateTempSubdirectory("rollcall-viewer-");
        var file = Path.Combine(directory.FullName, "emulators.yaml");
        await File.WriteAllLinesAsync(file, emulators.DefaultIfEmpty("[]"), TestContext.Current.CancellationToken);
        var app = ViewerHost.Build(["--urls", "http://127.0.0.1:0", $"--Rollcall:Services:emulators=file://{file}", "--Logging:LogLevel:Default=Error", .. settings]);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TestViewer(app, directory);
    }

    /// <summary>A line for an emulator.</summary>
    public static string Line(string id, int port, string more = "") => $"- {{ id: {id}, host: 127.0.0.1, ports: {{ vnc: {port}, health: 1 }}{more} }}";

    public static string Line(string id, Emulator.TestEmulator emulator) => Line(id, emulator.VncPort);

    /// <summary>Opens a WebSocket; fails when that is refused.</summary>
    public async Task<ClientWebSocket> OpenAsync(string id, Action<ClientWebSocketOptions>? configure = null)
    {
        var socket = new ClientWebSocket();
        try
        {
            configure?.Invoke(socket.Options);
            socket.Options.CollectHttpResponseDetails = true;
            await Eventually.Within(socket.ConnectAsync(AddressOf(id), TestContext.Current.CancellationToken));
            return socket;
        }
        catch (WebSocketException error)
        {
            var code = socket.HttpStatusCode;
            socket.Dispose();
            throw new HttpRequestException(error.Message, error, code);
        }
    }

    /// <summary>What a WebSocket is refused with.</summary>
    public async Task<HttpStatusCode?> RefusalAsync(string id, Action<ClientWebSocketOptions>? configure = null) =>
        (await Assert.ThrowsAsync<HttpRequestException>(async () => (await OpenAsync(id, configure)).Dispose())).StatusCode;

    /// <summary>A viewer that has been let in, by a WebSocket of its own.</summary>
    public async Task<(RfbClient Client, ClientWebSocket Socket)> EnterAsync(string id)
    {
        var socket = await OpenAsync(id);
        var client = new RfbClient(WebSocketStream.Create(socket, WebSocketMessageType.Binary));
        await client.EnterAsync();
        return (client, socket);
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private Uri AddressOf(string id) => new UriBuilder(Url) { Scheme = "ws", Path = $"/vnc/{id}" }.Uri;
}
