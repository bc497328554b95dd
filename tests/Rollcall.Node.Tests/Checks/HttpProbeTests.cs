using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Rollcall.Node.Checks;
using Rollcall.Registry;
using Rollcall.Registry.Checks;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;

namespace Rollcall.Node.Tests.Checks;

/// <summary>Against raw sockets: what is on the wire is what matters.</summary>
public sealed class HttpProbeTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true, "200 OK")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", true, "204 No Content")]
    [InlineData("HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n", true, "299")]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", false, "503 Service Unavailable")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", false, "302 Found")]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot found", false, "404 Not Found")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n", false, "the answer is no HTTP")]
    [InlineData("", false, "the connection was closed without an answer")]
    public async Task The_status_decides_and_is_told(string answer, bool passed, string detail)
    {
        await using var server = new RawServer(answer);
        Assert.Equal(new CheckResult(passed, detail), await ProbeAsync(server.Url));
    }

    [Fact]
    public async Task The_headers_suffice_a_body_that_never_ends_is_not_waited_for()
    {
        await using var server = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\nsome", keepOpen: true);
        Assert.Equal(new CheckResult(true, "200 OK"), await ProbeAsync(server.Url, timeout: TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Headers_without_end_are_refused()
    {
        var endless = new StringBuilder("HTTP/1.1 200 OK\r\n");
        for (var i = 0; i < 2000; i++)
            endless.Append(CultureInfo.InvariantCulture, $"X-{i}: {new string('x', 100)}\r\n");
        await using var server = new RawServer(endless.ToString(), keepOpen: true);
        Assert.Equal(new CheckResult(false, "the answer's headers are too large"), await ProbeAsync(server.Url));
    }

    [Fact]
    public async Task No_answer_in_time_fails_on_the_clock_given()
    {
        await using var server = new RawServer("", keepOpen: true);
        var time = new VirtualTime();
        using var probe = new HttpProbe(time);
        var result = probe.ProbeAsync(Check(server.Url, TimeSpan.FromSeconds(1)), CancellationToken.None).AsTask();
        await Eventually.Within(server.Asked);
        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(result.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(new CheckResult(false, "no answer within 1s"), await Eventually.Within(result));
    }

    [Fact]
    public async Task Nobody_listening_is_a_refused_connection()
    {
        using var port = new ReservedPort();
        Assert.Equal(new CheckResult(false, "connection refused"), await ProbeAsync($"http://127.0.0.1:{port.Number}/"));
    }

    [Fact]
    public async Task A_name_that_does_not_exist_does_not_resolve() =>
        Assert.Equal(new CheckResult(false, "the host name does not resolve"), await ProbeAsync("http://does-not-exist.invalid/", TimeSpan.FromSeconds(20)));

    [Fact]
    public async Task TLS_to_a_port_without_it_fails_in_words()
    {
        await using var server = new RawServer("HTTP/1.1 400 Bad Request\r\n\r\n");
        var result = await ProbeAsync(server.Url.Replace("http:", "https:", StringComparison.Ordinal));
        Assert.False(result.Passed);
        Assert.StartsWith("TLS failed: ", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("http://")]
    public async Task What_is_no_URL_fails_instead_of_throwing(string target) => Assert.False((await ProbeAsync(target)).Passed);

    [Fact]
    public async Task Cancelling_is_no_result()
    {
        await using var server = new RawServer("", keepOpen: true);
        using var probe = new HttpProbe(TimeProvider.System);
        using var cancel = new CancellationTokenSource();
        var result = probe.ProbeAsync(Check(server.Url, TimeSpan.FromMinutes(1)), cancel.Token).AsTask();
        await Eventually.Within(server.Asked);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(result));
    }

    [Fact]
    public async Task A_node_makes_an_instance_ready_when_its_check_passes_and_says_why_when_not()
    {
        await using var well = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var ill = new RawServer("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        await using var node = await TestNode.StartAsync();
        foreach (var (id, url) in new[] { ("well", well.Url), ("ill", ill.Url) })
        {
            var body = "{\"address\":\"h\",\"ports\":{\"http\":1},\"ttl\":\"1h\",\"checks\":[{\"http\":\"" + url + "\",\"interval\":\"1s\",\"failureThreshold\":1}]}";
            Assert.Equal(HttpStatusCode.Created, (await node.PutAsync("orders", id, body)).Status);
        }

        await Eventually.True(() => node.Registry.Catalog.GetService("orders").Instances is [var bad, { State: EndpointState.Ready }]
            && bad.State == EndpointState.NotReady && bad.Reason?.Contains("503 Service Unavailable", StringComparison.Ordinal) == true);
    }

    private static CheckDefinition Check(string target, TimeSpan timeout) => new() { Kind = CheckKind.Http, Target = target, Timeout = timeout };

    private static async Task<CheckResult> ProbeAsync(string target, TimeSpan? timeout = null)
    {
        using var probe = new HttpProbe(TimeProvider.System);
        return await Eventually.Within(probe.ProbeAsync(Check(target, timeout ?? TimeSpan.FromSeconds(10)), CancellationToken.None).AsTask());
    }

    /// <summary>Reads the headers of each request, then says what it was told to say.</summary>
    private sealed class RawServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _end = new();
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly byte[] _answer;
        private readonly bool _keepOpen;
        private readonly Task _loop;

        public RawServer(string answer, bool keepOpen = false)
        {
            (_answer, _keepOpen) = (Encoding.ASCII.GetBytes(answer), keepOpen);
            _listener.Start();
            _loop = AcceptAsync();
        }

        public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";

        public Task Asked => _asked.Task;

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            _listener.Stop();
            await ((Task)_loop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _end.Dispose();
        }

        private async Task AcceptAsync()
        {
            var clients = new List<Task>();
            try
            {
                while (true)
                    clients.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
            finally
            {
                await Task.WhenAll(clients);
            }
        }

        private async Task AnswerAsync(TcpClient client)
        {
            using (client)
            {
                try
                {
                    var stream = client.GetStream();
                    var buffer = new byte[4096];
                    if (await stream.ReadAsync(buffer, _end.Token) == 0)
                        return;
                    _asked.TrySetResult();
                    await stream.WriteAsync(_answer, _end.Token);
                    if (_keepOpen)
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _end.Token);
                }
                catch (Exception error) when (error is IOException or OperationCanceledException)
                {
                    // The probe closed it, or the test is over.
                }
            }
        }
    }
}
