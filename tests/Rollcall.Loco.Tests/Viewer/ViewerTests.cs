using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Rollcall.Loco.Tests.Emulator;
using Rollcall.TestKit;

namespace Rollcall.Loco.Tests.Viewer;

public sealed class ViewerTests
{
    [Fact]
    public async Task The_picture_is_the_one_that_a_direct_viewer_sees()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await TestViewer.StartAsync([TestViewer.Line("one", emulator)]);
        var (through, socket) = await viewer.EnterAsync("one");
        using (socket)
        {
            await using var direct = await emulator.EnterAsync();
            foreach (var client in (RfbClient[])[through, direct])
            {
                await client.AskAsync(incremental: false);
                await client.UpdateAsync();
            }

            Assert.Equal("win98-3", through.Name);
            Assert.Equal(direct.Picture, through.Picture);
            await through.AskAsync(incremental: true);
            await emulator.DrawAsync(1);
            Assert.NotEmpty(await through.UpdateAsync());
        }
    }

    [Fact]
    public async Task Every_id_leads_to_its_own_emulator()
    {
        string[] names = ["loco-0", "loco-1", "loco-2"];
        var emulators = await Task.WhenAll(names.Select(static name => TestEmulator.StartAsync(options => options with { Name = name })));
        await using var viewer = await TestViewer.StartAsync(names.Select((name, at) => TestViewer.Line(name, emulators[at].VncPort, $", metadata: {{ instance: \"{at}\" }}")));
        foreach (var _ in Enumerable.Range(0, 3))
        {
            foreach (var (id, expected) in names.Select(static name => (name, name)).Append(("instance-1", "loco-1")))
            {
                var (client, socket) = await viewer.EnterAsync(id);
                Assert.Equal(expected, client.Name);
                socket.Dispose();
            }
        }

        foreach (var emulator in emulators)
            await emulator.DisposeAsync();
    }

    [Fact]
    public async Task Who_cannot_be_shown_is_refused_with_a_code_of_its_own()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await TestViewer.StartAsync([TestViewer.Line("one", emulator), TestViewer.Line("dead", 1), TestViewer.Line("booting", 2, ", state: not-ready")]);
        Assert.Equal(HttpStatusCode.NotFound, await viewer.RefusalAsync("nobody"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await viewer.RefusalAsync("booting"));
        Assert.Equal(HttpStatusCode.BadGateway, await viewer.RefusalAsync("dead"));
        using var http = new HttpClient { BaseAddress = viewer.Url };
        using var plain = await http.GetAsync(new Uri("/vnc/one", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, plain.StatusCode);
    }

    [Fact]
    public async Task Pages_of_other_sites_may_not_look_unless_they_are_named()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await TestViewer.StartAsync([TestViewer.Line("one", emulator)], "--Viewer:AllowedOrigins:0=http://127.0.0.1:7655");
        Assert.Equal(HttpStatusCode.Forbidden, await viewer.RefusalAsync("one", static options => options.SetRequestHeader("Origin", "https://elsewhere.example")));
        Assert.Equal(HttpStatusCode.Forbidden, await viewer.RefusalAsync("one", static options => options.SetRequestHeader("Origin", "null")));
        (await viewer.OpenAsync("one", static options => options.SetRequestHeader("Origin", "http://127.0.0.1:7655"))).Dispose();
        (await viewer.OpenAsync("one", options => options.SetRequestHeader("Origin", viewer.Url.GetLeftPart(UriPartial.Authority)))).Dispose();
    }

    [Theory]
    [InlineData("--Viewer:MaxViewersPerEmulator=1", "one", true)]
    [InlineData("--Viewer:MaxViewersPerEmulator=1", "two", false)]
    [InlineData("--Viewer:MaxViewers=1", "two", true)]
    public async Task More_viewers_than_allowed_are_refused_until_one_goes(string limit, string id, bool isRefused)
    {
        await using var one = await TestEmulator.StartAsync();
        await using var two = await TestEmulator.StartAsync();
        await using var viewer = await TestViewer.StartAsync([TestViewer.Line("one", one), TestViewer.Line("two", two)], limit);
        var (_, first) = await viewer.EnterAsync("one");
        if (isRefused)
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await viewer.RefusalAsync(id));
        else
            (await viewer.OpenAsync(id)).Dispose();
        await first.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        first.Dispose();
        await Eventually.True(() => one.Machine.Viewers == 0);
        // The seat is free a moment after the goodbye.
        ClientWebSocket? next = null;
        for (var tries = 0; next is null && tries < 100; tries++)
        {
            try
            {
                next = await viewer.OpenAsync(id);
            }
            catch (HttpRequestException) when (tries < 99)
            {
                await Task.Yield();
            }
        }

        next!.Dispose();
    }

    [Fact]
    public async Task A_browser_that_closes_its_window_is_answered_and_the_emulator_let_go()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await TestViewer.StartAsync([TestViewer.Line("one", emulator)]);
        var (_, socket) = await viewer.EnterAsync("one");
        using (socket)
        {
            await Eventually.True(() => emulator.Machine.Viewers == 1);
            await Eventually.Within(socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", TestContext.Current.CancellationToken));
            Assert.Equal((WebSocketState.Closed, WebSocketCloseStatus.NormalClosure), (socket.State, socket.CloseStatus));
            await Eventually.True(() => emulator.Machine.Viewers == 0);
        }
    }

    [Fact]
    public async Task A_browser_that_is_gone_without_a_word_lets_the_emulator_go()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await TestViewer.StartAsync([TestViewer.Line("one", emulator)]);
        var (_, socket) = await viewer.EnterAsync("one");
        await Eventually.True(() => emulator.Machine.Viewers == 1);
        socket.Abort();
        await Eventually.True(() => emulator.Machine.Viewers == 0);
        socket.Dispose();
    }

    [Fact]
    public async Task An_emulator_that_is_switched_off_says_goodbye_to_the_browser()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await TestViewer.StartAsync([TestViewer.Line("one", emulator)]);
        var (_, socket) = await viewer.EnterAsync("one");
        using (socket)
        {
            await emulator.StopAsync();
            Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, "The emulator closed the connection."), await GoodbyeAsync(socket));
        }
    }

    [Fact]
    public async Task A_viewer_that_stops_says_goodbye_to_the_browser()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await TestViewer.StartAsync([TestViewer.Line("one", emulator)]);
        var (_, socket) = await viewer.EnterAsync("one");
        using (socket)
        {
            var goodbye = GoodbyeAsync(socket);
            await Eventually.Within(viewer.StopAsync());
            Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, "The viewer stops."), await goodbye);
            await Eventually.True(() => emulator.Machine.Viewers == 0);
        }
    }

    [Fact]
    public async Task Text_is_no_RFB()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await TestViewer.StartAsync([TestViewer.Line("one", emulator)]);
        var (_, socket) = await viewer.EnterAsync("one");
        using (socket)
        {
            await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
            Assert.Equal((WebSocketCloseStatus.InvalidMessageType, "Only binary messages carry RFB."), await GoodbyeAsync(socket));
        }

        await Eventually.True(() => emulator.Machine.Viewers == 0);
    }

    [Fact]
    public async Task The_protocol_that_older_browsers_of_pictures_ask_for_is_agreed_to()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await TestViewer.StartAsync([TestViewer.Line("one", emulator)]);
        using var asked = await viewer.OpenAsync("one", static options => options.AddSubProtocol("binary"));
        using var silent = await viewer.OpenAsync("one");
        Assert.Equal(("binary", null), (asked.SubProtocol, silent.SubProtocol));
    }

    [Fact]
    public async Task The_pool_keeps_a_connection_warm_and_lends_none_twice()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await TestViewer.StartAsync([TestViewer.Line("one", emulator)], "--Rollcall:Pools:emulators:MinIdlePerEndpoint=2");
        await Eventually.True(() => viewer.Pool.GetStatistics().Connections.Idle == 2);
        Assert.Equal(0, emulator.Machine.Viewers); // nobody looks yet
        for (var i = 0; i < 3; i++)
        {
            var (client, socket) = await viewer.EnterAsync("one");
            await client.AskAsync(incremental: false);
            Assert.NotEmpty(await client.UpdateAsync());
            socket.Dispose();
        }

        await Eventually.True(() => viewer.Pool.GetStatistics() is { Connections: { InUse: 0, Idle: 2 }, Closed: 3 });
    }

    [Fact]
    public async Task What_does_not_speak_RFB_is_not_shown()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var talking = TalkAsync(listener);
        await using var viewer = await TestViewer.StartAsync([TestViewer.Line("web", ((IPEndPoint)listener.LocalEndpoint).Port)]);
        Assert.Equal(HttpStatusCode.BadGateway, await viewer.RefusalAsync("web"));
        listener.Stop();
        await talking;
    }

    [Fact]
    public async Task All_emulators_are_listed_with_those_who_look()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await using var viewer = await TestViewer.StartAsync([TestViewer.Line("one", emulator), TestViewer.Line("booting", 2, ", state: not-ready")]);
        var (_, socket) = await viewer.EnterAsync("one");
        using var http = new HttpClient { BaseAddress = viewer.Url };
        Assert.Equal(
            """[{"id":"booting","state":"NotReady","vnc":"/vnc/booting","viewers":0},{"id":"one","state":"Ready","vnc":"/vnc/one","viewers":1}]""",
            await http.GetStringAsync(new Uri("/instances", UriKind.Relative), TestContext.Current.CancellationToken));
        socket.Dispose();
    }

    // What is left to read, up to the other side's goodbye, which is answered.
    private static async Task<(WebSocketCloseStatus?, string?)> GoodbyeAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        while ((await Eventually.Within(socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken))).MessageType != WebSocketMessageType.Close)
        {
        }

        await Eventually.Within(socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken));
        return (socket.CloseStatus, socket.CloseStatusDescription);
    }

    private static async Task TalkAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or IOException)
        {
            // Stopped.
        }
    }
}
