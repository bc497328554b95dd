using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rollcall.Api;
using Rollcall.Sources.Http;
using Rollcall.TestKit.Network;
using Rollcall.TestKit.Sources;

namespace Rollcall.Tests.Sources.Http;

/// <summary>The laws over a web server with a list and an ETag, by polls. Long polls and event streams are held to them on a real node (Rollcall.Node.Tests).</summary>
public sealed class HttpSourceConformance : DiscoverySourceConformance
{
    protected override async ValueTask<SourceWorld> CreateWorldAsync()
    {
        var world = new ListWorld();
        await world.StartAsync();
        return world;
    }

    private sealed class ListWorld : SourceWorld
    {
        private WebServer? _server;
        private HttpSource? _source;
        private byte[] _list = "[]"u8.ToArray();
        private int _version;

        public override IDiscoverySource Source => _source!;

        public override ServiceTarget Target => ServiceTarget.Parse($"{_server!.Url}lists/orders?environment=test");

        public override IReadOnlyList<string> MalformedTargets { get; } =
            ["http://bob:secret@registry.example/list", "http://registry.example/list?format=xml", "http:///list", "https://registry.example:99999/list"];

        public override int OpenResources => _server!.Connections;

        public async Task StartAsync()
        {
            _server = await WebServer.StartAsync(AnswerAsync);
            // Virtual time runs far ahead of real sockets; the deadline of an answer has tests of its own.
            var options = new HttpSourceOptions { Interval = TimeSpan.FromSeconds(1), MinInterval = TimeSpan.FromMilliseconds(200), AnswerTimeout = TimeSpan.FromMinutes(4) };
            _source = new HttpSource(options, Time, new Random(1));
        }

        public override Task SetAsync(params IReadOnlyList<Endpoint> endpoints)
        {
            Volatile.Write(ref _list, JsonSerializer.SerializeToUtf8Bytes(endpoints.Select(static endpoint => new
            {
                host = endpoint.Host,
                port = endpoint.Ports["http"],
                state = StateText.Format(endpoint.State),
            })));
            Interlocked.Increment(ref _version);
            return Task.CompletedTask;
        }

        public override Task RemoveAsync() => SetAsync();

        public override Task BreakAsync() => _server!.CutAsync();

        public override Task HealAsync()
        {
            _server!.Mend();
            return Task.CompletedTask;
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await _server!.DisposeAsync();
        }

        private async Task AnswerAsync(HttpContext context)
        {
            var tag = string.Create(CultureInfo.InvariantCulture, $"\"{Volatile.Read(ref _version)}\"");
            context.Response.Headers.ETag = tag;
            if (context.Request.Headers.IfNoneMatch == tag)
            {
                context.Response.StatusCode = 304;
                return;
            }

            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(Volatile.Read(ref _list));
        }
    }
}
