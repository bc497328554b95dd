using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.LoadBalancing;

// YARP as its users have it, with its own round robin over fixed destinations: what the gateway is measured beside.
//   Rollcall.YarpPeer URL DESTINATION…

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls(args[0]);
builder.Services.AddReverseProxy().LoadFromMemory(
    [new RouteConfig { RouteId = "all", ClusterId = "back", Match = new RouteMatch { Path = "/{**rest}" } }],
    [
        new ClusterConfig
        {
            ClusterId = "back",
            LoadBalancingPolicy = LoadBalancingPolicies.RoundRobin,
            Destinations = args[1..].ToDictionary(static url => url, static url => new DestinationConfig { Address = url }, StringComparer.Ordinal),
        },
    ]);
var app = builder.Build();
app.MapReverseProxy();
app.Run();
