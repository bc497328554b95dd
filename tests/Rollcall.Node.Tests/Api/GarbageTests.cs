using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Rollcall.Api;
using Rollcall.Registry;
using Rollcall.TestKit;

namespace Rollcall.Node.Tests.Api;

/// <summary>Whatever is thrown at it, a node answers below 500 with a problem that says what is wrong, and changes nothing unless it said so.</summary>
public sealed class GarbageTests
{
    private const int RequestsPerSeed = 6000;

    // What time does by itself, not a request.
    private static readonly ChangeKind[] Unasked = [ChangeKind.Expired, ChangeKind.Removed, ChangeKind.Status, ChangeKind.Revived];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Garbage_is_refused_politely_and_changes_nothing(int seed)
    {
        await using var node = await TestNode.StartAsync(static options => options with
        {
            DefaultWait = TimeSpan.FromMilliseconds(5),
            MaxWait = TimeSpan.FromMilliseconds(20),
        });
        var garbage = new Garbage(seed);
        var statuses = new SortedDictionary<int, int>();
        for (var i = 0; i < RequestsPerSeed; i++)
        {
            var (method, path, headers, body, chunked) = garbage.Next();
            var before = node.Registry.Catalog.Revision;
            var name = $"seed {seed}, request {i}: {method} {path} {string.Join(' ', headers)} {(body is null ? "" : Encoding.Latin1.GetString(body))}";
            using var request = TryMake(node.Url, method, path, headers, body, chunked);
            if (request is null)
                continue;
            using var response = await SendAsync(node, request, name);
            if (response is null)
                continue;
            var status = (int)response.StatusCode;
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            Assert.True(status < 500, $"{name}\n{status}");
            if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
                continue;
            var text = await response.Content.ReadAsStringAsync();
            if (method != "HEAD")
                AssertShape(response, text, name);
            if (status >= 300)
                await AssertUnchangedAsync(node, before, name);
        }

        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(", ", statuses.Select(static pair => $"{pair.Key}: {pair.Value}")));
        // Not all of it was garbage, and the node is as well as before.
        Assert.True(statuses.Keys.Count(static status => status is 200 or 201 or 400 or 404 or 405 or 413 or 403) == 7, string.Join(' ', statuses.Keys));
        Assert.Equal(HttpStatusCode.Created, (await node.PutAsync("after", "all")).Status);
        Assert.DoesNotContain(node.Logs.Lines, static line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Critical", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Bytes_that_are_no_HTTP_are_answered_or_cut_off_and_leave_the_node_well(int seed)
    {
        await using var node = await TestNode.StartAsync();
        var random = new Random(seed);
        var valid = Encoding.ASCII.GetBytes($"PUT /api/services/orders/instances/o-1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{TestNode.Orders.Length:x}\r\n{TestNode.Orders}\r\n0\r\n\r\n");
        for (var i = 0; i < 500; i++)
        {
            var bytes = valid.ToArray();
            for (var flips = random.Next(1, 6); flips > 0; flips--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0)
                random.NextBytes(bytes);
            var answer = await ExchangeAsync(node.Url, bytes.AsMemory(0, random.Next(1, bytes.Length + 1)));
            if (answer.Length == 0)
                continue;
            Assert.StartsWith("HTTP/1.1 ", answer, StringComparison.Ordinal);
            var status = int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture);
            // 505: the version of HTTP itself was hit.
            Assert.True(status is < 500 or 505, $"seed {seed}, {i}: {answer}");
        }

        Assert.Equal(HttpStatusCode.OK, (await node.GetAsync("/healthz")).Status);
        Assert.DoesNotContain(node.Logs.Lines, static line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    private static HttpRequestMessage? TryMake(Uri node, string method, string path, List<(string Name, string Value)> headers, byte[]? body, bool chunked)
    {
        var uri = new Uri(node.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(new HttpMethod(method), uri);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Headers.TransferEncodingChunked = chunked;
        }

        foreach (var (name, value) in headers)
        {
            // The client refuses to send what would end a header; a node never sees it.
            if (!value.AsSpan().ContainsAny('\r', '\n', '\0') && !value.Any(static c => c > 255) && !request.Headers.TryAddWithoutValidation(name, value))
                request.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static async Task<HttpResponseMessage?> SendAsync(TestNode node, HttpRequestMessage request, string name)
    {
        try
        {
            return await Eventually.Within(node.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
        }
        catch (HttpRequestException error) when (error.HttpRequestError is HttpRequestError.ResponseEnded or HttpRequestError.Unknown && request.Content is not null)
        {
            // A body over the limit: the node answers and closes while the client still writes.
            return null;
        }
        catch (Exception error)
        {
            throw new InvalidOperationException(name, error);
        }
    }

    private static void AssertShape(HttpResponseMessage response, string text, string name)
    {
        var status = (int)response.StatusCode;
        if (status < 400 || text.Length == 0)
        {
            // Only what the server itself takes for no HTTP has a bare answer.
            Assert.True(status is < 400 or 400 or 414 or 431, $"{name}\n{status} without a problem");
            if (response.Content.Headers.ContentType?.MediaType == "application/json")
                JsonDocument.Parse(text).Dispose();
            return;
        }

        Assert.True(response.Content.Headers.ContentType?.MediaType == "application/problem+json", $"{name}\n{text}");
        var problem = JsonSerializer.Deserialize(text, ApiJson.Default.ProblemDocument)!;
        Assert.StartsWith(ApiNames.ProblemPrefix, problem.Type, StringComparison.Ordinal);
        Assert.Equal(status, problem.Status);
        Assert.False(string.IsNullOrEmpty(problem.Title) || string.IsNullOrEmpty(problem.Detail), name);
        Assert.True(text.Length < 64 * 1024, name);
        if (problem.Type == ApiNames.ProblemPrefix + "invalid-request")
            Assert.True(problem.Errors is { Count: > 0 }, $"{name}\n{text}");
        Assert.False(text.Any(char.IsControl), name);
    }

    private static async Task AssertUnchangedAsync(TestNode node, long before, string name)
    {
        if (node.Registry.Catalog.Revision == before)
            return;
        await foreach (var change in node.Registry.ReadHistoryAsync(DateTimeOffset.MinValue, CancellationToken.None))
            Assert.True(change.Revision <= before || Unasked.Contains(change.Kind), $"{name}\nwas refused and yet became {change}");
    }

    private static async Task<string> ExchangeAsync(Uri node, ReadOnlyMemory<byte> bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, node.Port);
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(bytes);
            client.Client.Shutdown(SocketShutdown.Send);
            var answer = new MemoryStream();
            await Eventually.Within(stream.CopyToAsync(answer));
            return Encoding.Latin1.GetString(answer.ToArray());
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            return "";
        }
    }
}
