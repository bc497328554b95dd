using Rollcall.Sources.Http;
using Rollcall.TestKit.Sources;

namespace Rollcall.Node.Tests.Sources;

/// <summary>The laws over a real node's HTTP API, by long polls.</summary>
public sealed class HttpLongPollConformance : DiscoverySourceConformance
{
    internal const string MalformedTarget = "http://registry.example/list?format=xml";

    // Below the patience of the suite; the default is for networks that are less near.
    internal static HttpSourceOptions Options { get; } = new() { Interval = TimeSpan.FromSeconds(1) };

    protected override async ValueTask<SourceWorld> CreateWorldAsync() => new RelayedNodeWorld(
        await TestNode.StartAsync(), static _ => new HttpSource(Options), static node => $"{node}api/services/orders", MalformedTarget);
}

/// <summary>The laws over a real node's HTTP API, by server-sent events.</summary>
public sealed class HttpEventStreamConformance : DiscoverySourceConformance
{
    protected override async ValueTask<SourceWorld> CreateWorldAsync() => new RelayedNodeWorld(
        await TestNode.StartAsync(), static _ => new HttpSource(HttpLongPollConformance.Options), static node => $"{node}api/watch?service=orders", HttpLongPollConformance.MalformedTarget);
}
