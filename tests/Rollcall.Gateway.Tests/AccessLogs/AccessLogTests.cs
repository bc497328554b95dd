using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Gateway.AccessLogs;
using Rollcall.TestKit;

namespace Rollcall.Gateway.Tests.AccessLogs;

public sealed class AccessLogTests
{
    [Fact]
    public async Task Each_request_is_a_line_that_says_what_became_of_it()
    {
        await using var orders = await TestBackEnd.StartAsync(static context => context.Response.WriteAsync("orders"));
        var directory = Directory.CreateTempSubdirectory("access-");
        var file = Path.Combine(directory.FullName, "access.log");
        var gateway = await TestGateway.StartAsync($$"""
            accessLog: { file: {{file}} }
            routes:
              orders:
                path: /orders/{**rest}
                to: {{orders.Target}}
                rateLimits:
                  - { requests: 1, per: 1h }
            """);
        using (var first = new HttpRequestMessage(HttpMethod.Get, new Uri("/orders/a?token=secret", UriKind.Relative)) { Headers = { { "X-Request-Id", "id-1" } } })
            (await gateway.Client.SendAsync(first)).Dispose();
        (await gateway.Client.GetAsync(new Uri("/orders/b", UriKind.Relative))).Dispose();
        (await gateway.Client.GetAsync(new Uri("/unknown", UriKind.Relative))).Dispose();

        // Its end is what everything is written by.
        await gateway.DisposeAsync();

        var lines = (await File.ReadAllLinesAsync(file)).Select(static line => JsonDocument.Parse(line).RootElement).ToArray();
        directory.Delete(recursive: true);
        Assert.Equal(3, lines.Length);
        Assert.Equal(["200", "429", "404"], lines.Select(static line => line.GetProperty("status").GetRawText()));
        Assert.Equal(["/orders/a", "/orders/b", "/unknown"], lines.Select(static line => line.GetProperty("path").GetString()));
        Assert.DoesNotContain("secret", string.Concat(lines.Select(static line => line.GetRawText())), StringComparison.Ordinal);
        Assert.Equal(("id-1", "orders", "all", 6, 1), (
            lines[0].GetProperty("id").GetString(), lines[0].GetProperty("route").GetString(), lines[0].GetProperty("version").GetString(),
            lines[0].GetProperty("bytes").GetInt32(), lines[0].GetProperty("tries").GetInt32()));
        Assert.Equal("127.0.0.1", lines[0].GetProperty("client").GetString());
        Assert.Contains(orders.Url.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), lines[0].GetProperty("instance").GetString(), StringComparison.Ordinal);
        Assert.True(lines[0].GetProperty("seconds").GetDouble() >= lines[0].GetProperty("latency_seconds").GetDouble());
        Assert.Equal("orders", lines[1].GetProperty("route").GetString());
        Assert.False(lines[2].TryGetProperty("route", out _));
    }

    [Fact]
    public async Task Lines_that_cannot_be_written_are_counted_and_hold_nobody_up()
    {
        await using var log = new AccessLog("/does/not/exist/access.log", TimeProvider.System, NullLogger.Instance);
        log.Write(Record("/"));

        await Eventually.True(() => log.Dropped == 1);
    }

    [Fact]
    public async Task More_than_can_wait_are_left_out_and_counted()
    {
        var directory = Directory.CreateTempSubdirectory("access-");
        var file = Path.Combine(directory.FullName, "access.log");
        var log = new AccessLog(file, new VirtualTime(), NullLogger.Instance);
        log.Write(Record("/first"));
        await Eventually.True(() => File.Exists(file));

        // The clock stands still, so that the writer's pause does not end.
        for (var i = 0; i < AccessLog.MaxWaiting + 10; i++)
            log.Write(Record("/next"));

        Assert.Equal(10, log.Dropped);
        await log.DisposeAsync();
        Assert.Equal(AccessLog.MaxWaiting + 1, (await File.ReadAllLinesAsync(file)).Length);
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Somebody_moves_the_file_away_The_next_lines_go_to_a_new_one()
    {
        var directory = Directory.CreateTempSubdirectory("access-");
        var file = Path.Combine(directory.FullName, "access.log");
        await using (var log = new AccessLog(file, TimeProvider.System, NullLogger.Instance))
        {
            log.Write(Record("/first"));
            await Eventually.True(() => File.Exists(file) && new FileInfo(file).Length > 0);
            File.Move(file, file + ".1");
            log.Write(Record("/second"));
        }

        Assert.Contains("/second", Assert.Single(await File.ReadAllLinesAsync(file)), StringComparison.Ordinal);
        Assert.Single(await File.ReadAllLinesAsync(file + ".1"));
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_text_that_would_end_a_line_does_not()
    {
        var directory = Directory.CreateTempSubdirectory("access-");
        var file = Path.Combine(directory.FullName, "access.log");
        await using (var log = new AccessLog(file, TimeProvider.System, NullLogger.Instance))
            log.Write(Record("/a\nb\"c" + new string('x', 5000)));

        var line = Assert.Single(await File.ReadAllLinesAsync(file));
        Assert.StartsWith("/a\nb\"cxxx", JsonDocument.Parse(line).RootElement.GetProperty("path").GetString(), StringComparison.Ordinal);
        Assert.InRange(line.Length, 2048, 2400);
        directory.Delete(recursive: true);
    }

    private static AccessRecord Record(string path) => new()
    {
        Time = DateTimeOffset.UnixEpoch,
        Client = IPAddress.Loopback,
        Protocol = "HTTP/1.1",
        Method = "GET",
        Host = "orders",
        Path = path,
        Status = 200,
    };
}
