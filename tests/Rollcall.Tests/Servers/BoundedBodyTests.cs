using System.Net;
using System.Net.Sockets;
using System.Text;
using Rollcall.Servers;
using Rollcall.TestKit;

namespace Rollcall.Tests.Servers;

public sealed class BoundedBodyTests
{
    private readonly VirtualTime _time = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData((16 * 1024) + 1)]
    [InlineData(100_000)]
    public async Task At_the_limit_it_is_read_whole_whether_its_length_is_announced_or_not(int length)
    {
        var bytes = Enumerable.Range(0, length).Select(static i => (byte)i).ToArray();
        foreach (HttpContent content in new HttpContent[] { new ByteArrayContent(bytes), new StreamContent(new DrippingStream(bytes)) })
        {
            using var body = await BoundedBody.ReadAsync(content, length, TimeSpan.FromSeconds(1), _time, CancellationToken.None);
            Assert.True(body.Bytes.Span.SequenceEqual(bytes));
        }

        Assert.Equal(0, _time.PendingTimers);
    }

    [Fact]
    public async Task One_more_than_the_limit_is_refused_whether_its_length_is_announced_or_not()
    {
        foreach (HttpContent content in new HttpContent[] { new ByteArrayContent(new byte[101]), new StreamContent(new DrippingStream(new byte[101])) })
        {
            var error = await Assert.ThrowsAsync<AnswerTooLargeException>(() => BoundedBody.ReadAsync(content, 100, TimeSpan.FromSeconds(1), _time, CancellationToken.None));
            Assert.Contains("100 bytes", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_length_that_lies_does_not_let_more_in()
    {
        var content = new StreamContent(new DrippingStream(new byte[101]));
        content.Headers.ContentLength = 3;
        await Assert.ThrowsAsync<AnswerTooLargeException>(() => BoundedBody.ReadAsync(content, 100, TimeSpan.FromSeconds(1), _time, CancellationToken.None));
    }

    [Fact]
    public async Task A_body_shorter_than_announced_is_a_failure_of_transport()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var serving = Task.Run(async () =>
        {
            using var client = await listener.AcceptAsync();
            await client.ReceiveAsync(new byte[4096]);
            await client.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"));
        });
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri($"http://{listener.LocalEndPoint}/"), HttpCompletionOption.ResponseHeadersRead);
        var error = await Assert.ThrowsAnyAsync<Exception>(() => BoundedBody.ReadAsync(response.Content, 100, TimeSpan.FromSeconds(1), _time, CancellationToken.None));
        Assert.True(ServerFailure.IsTransport(error));
        await Eventually.Within(serving);
    }

    [Fact]
    public async Task A_body_that_never_ends_is_given_up_in_time()
    {
        var reading = BoundedBody.ReadAsync(new StreamContent(new EndlessStream(_time)), 1000, TimeSpan.FromSeconds(5), _time, CancellationToken.None);
        await Eventually.True(() => _time.PendingTimers >= 2);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(reading.IsCompleted);
        await _time.AdvanceUntilAsync(() => reading.IsCompleted, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2));
        var error = await Assert.ThrowsAsync<TimeoutException>(() => reading);
        Assert.Contains("within 5s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_is_no_timeout()
    {
        using var stop = new CancellationTokenSource();
        var reading = BoundedBody.ReadAsync(new StreamContent(new EndlessStream(_time)), 1000, TimeSpan.FromSeconds(5), _time, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(reading));
    }

    [Fact]
    public async Task Given_back_it_cannot_be_read_any_more()
    {
        var body = await BoundedBody.ReadAsync(new ByteArrayContent([1]), 10, TimeSpan.FromSeconds(1), _time, CancellationToken.None);
        body.Dispose();
        body.Dispose();
        Assert.Throws<ObjectDisposedException>(() => body.Bytes);
    }
}
