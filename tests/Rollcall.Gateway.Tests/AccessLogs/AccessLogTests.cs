using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Gateway.AccessLogs;
using Rollcall.Gateway.Configuration;
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
    public async Task In_the_combined_format_a_line_is_what_log_tools_of_other_front_ends_read()
    {
        await using var orders = await TestBackEnd.SayingAsync("orders");
        var directory = Directory.CreateTempSubdirectory("access-");
        var file = Path.Combine(directory.FullName, "access.log");
        string Routes(string format) => $"accessLog: {{ file: {file}, format: {format} }}\ndefault: {orders.Target}";
        var gateway = await TestGateway.StartAsync(Routes("combined"));
        using (var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/a%20b%22/c?token=secret", UriKind.Relative)))
        {
            request.Headers.TryAddWithoutValidation("Referer", "http://shop.example/list?user=ann");
            request.Headers.TryAddWithoutValidation("User-Agent", "curl/8 \"\\ x");
            (await gateway.Client.SendAsync(request)).Dispose();
        }

        (await gateway.Client.GetAsync(new Uri("/plain", UriKind.Relative))).Dispose();
        await Eventually.True(() => File.Exists(file) && File.ReadAllLines(file).Length == 2);
        await File.WriteAllTextAsync(gateway.File, Routes("json"));
        await gateway.ReloadAsync();
        (await gateway.Client.GetAsync(new Uri("/json", UriKind.Relative))).Dispose();
        await gateway.DisposeAsync();

        var lines = await File.ReadAllLinesAsync(file);
        directory.Delete(recursive: true);
        const string Time = @"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\]";
        Assert.Matches($@"^127\.0\.0\.1 - - {Time} ""GET /a%20b%22/c HTTP/1\.1"" 200 6 ""http://shop\.example/list"" ""curl/8 \\x22\\x5C x""$", lines[0]);
        Assert.Matches($@"^127\.0\.0\.1 - - {Time} ""GET /plain HTTP/1\.1"" 200 6 ""-"" ""-""$", lines[1]);
        Assert.Equal("/json", JsonDocument.Parse(lines[2]).RootElement.GetProperty("path").GetString());
        Assert.Equal(3, lines.Length);
    }

    [Fact]
    public async Task A_full_disk_is_said_once_and_holds_nobody_up()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        using var said = new LogLines();
        await using (var log = new AccessLog("/dev/full", TimeProvider.System, said.CreateLogger("")))
        {
            for (var i = 1; i <= 3; i++)
            {
                log.Write(Record("/"));
                await Eventually.True(() => log.Dropped == i);
            }
        }

        Assert.Contains("/dev/full cannot be written: No space left on device", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_cannot_be_written_down_is_left_out_and_the_next_is_not()
    {
        var directory = Directory.CreateTempSubdirectory("access-");
        var file = Path.Combine(directory.FullName, "access.log");
        using var said = new LogLines();
        AccessLog log;
        await using (log = new AccessLog(file, TimeProvider.System, said.CreateLogger("")))
        {
            log.Write(Record("/before"));
            log.Write(Record("/bad", new Unspeakable()));
            log.Write(Record("/bad", new Unspeakable()));
            log.Write(Record("/after"));
        }

        var lines = (await File.ReadAllLinesAsync(file)).Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("path").GetString());
        Assert.Equal(["/before", "/after"], lines);
        Assert.Equal(2, log.Dropped);
        Assert.Contains("unspeakable", Assert.Single(said), StringComparison.Ordinal);
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_file_that_can_be_written_again_is()
    {
        var directory = Directory.CreateTempSubdirectory("access-");
        var file = Path.Combine(directory.FullName, "later", "access.log");
        using var said = new LogLines();
        await using (var log = new AccessLog(file, TimeProvider.System, said.CreateLogger("")))
        {
            log.Write(Record("/lost"));
            await Eventually.True(() => log.Dropped == 1);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            log.Write(Record("/kept"));
        }

        Assert.Contains("/kept", Assert.Single(await File.ReadAllLinesAsync(file)), StringComparison.Ordinal);
        Assert.Contains("is written again; 1 requests are missing", said.Last(), StringComparison.Ordinal);
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_client_that_leaves_while_its_request_waits_is_told_from_one_that_was_answered()
    {
        var (leave, came) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var orders = await TestBackEnd.StartAsync(async context =>
        {
            came.TrySetResult();
            await leave.Task.WaitAsync(context.RequestAborted);
        });
        var directory = Directory.CreateTempSubdirectory("access-");
        var file = Path.Combine(directory.FullName, "access.log");
        var gateway = await TestGateway.StartAsync($$"""
            accessLog: { file: {{file}} }
            overload: { maxConcurrent: 1, maxQueued: 1, maxWait: 1m }
            default: {{orders.Target}}
            """);
        using var impatient = new CancellationTokenSource();
        using var alsoImpatient = new CancellationTokenSource();
        var first = gateway.Client.GetAsync(new Uri("/sent", UriKind.Relative), alsoImpatient.Token);
        await Eventually.Within(came.Task);
        var second = gateway.Client.GetAsync(new Uri("/queued", UriKind.Relative), impatient.Token);
        await Eventually.True(() => gateway.Host.Routes.Current.Overload!.Waiting == 1);

        await impatient.CancelAsync();
        await Eventually.True(() => gateway.Host.Routes.Current.Overload!.Waiting == 0);
        await alsoImpatient.CancelAsync();
        await Eventually.True(() => gateway.Host.Routes.Current.Overload!.UnderWay == 0);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await gateway.DisposeAsync();

        var lines = (await File.ReadAllLinesAsync(file)).Select(static line => JsonDocument.Parse(line).RootElement).ToArray();
        directory.Delete(recursive: true);
        Assert.Equal(["/queued", "/sent"], lines.Select(static line => line.GetProperty("path").GetString()));
        Assert.Equal([499, 499], lines.Select(static line => line.GetProperty("status").GetInt32()));
        Assert.All(lines, static line => Assert.True(line.GetProperty("cancelled").GetBoolean()));
        Assert.All(lines, static line => Assert.Equal("default", line.GetProperty("route").GetString()));
    }

    [Fact]
    public async Task A_request_that_outlives_its_log_is_written_to_the_next()
    {
        var directory = Directory.CreateTempSubdirectory("access-");
        var (first, second) = (Path.Combine(directory.FullName, "first.log"), Path.Combine(directory.FullName, "second.log"));
        var logs = new Rollcall.Gateway.AccessLogs.AccessLogs(TimeProvider.System, NullLogger<AccessLog>.Instance);
        logs.Use(new(first, AccessLogFormat.Json, new Rollcall.Sources.Text.ScalarNode(first, 1, 1)));
        var log = logs.Current!;
        logs.Use(new(second, AccessLogFormat.Json, new Rollcall.Sources.Text.ScalarNode(second, 1, 1)));

        logs.Write(log, Record("/late"));

        await logs.StopAsync(CancellationToken.None);
        Assert.Contains("/late", await File.ReadAllTextAsync(second), StringComparison.Ordinal);
        Assert.Equal(0, logs.Dropped);
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_counted_body_that_is_completed_completes_the_servers_own()
    {
        var body = new ServersBody();
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(body);
        var counted = CountedBody.Put(context);

        await context.Response.Body.WriteAsync("four"u8.ToArray());
        await context.Response.CompleteAsync();

        Assert.Equal((4, true), (counted.Bytes, body.IsCompleted));
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

    private static AccessRecord Record(string path, IPAddress? client = null) => new()
    {
        Time = DateTimeOffset.UnixEpoch,
        Client = client ?? IPAddress.Loopback,
        Protocol = "HTTP/1.1",
        Method = "GET",
        Host = "orders",
        Path = path,
        Status = 200,
    };

    private sealed class ServersBody() : StreamResponseBodyFeature(new MemoryStream())
    {
        public bool IsCompleted { get; private set; }

        public override Task CompleteAsync()
        {
            IsCompleted = true;
            return base.CompleteAsync();
        }
    }

    private sealed class Unspeakable() : IPAddress(1)
    {
        public override string ToString() => throw new InvalidOperationException("unspeakable");
    }
}
