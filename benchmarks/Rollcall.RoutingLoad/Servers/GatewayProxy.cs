using System.Diagnostics;
using System.Globalization;
using Rollcall.Load.Servers;

namespace Rollcall.RoutingLoad.Servers;

/// <summary>The gateway of a node, one cluster, one policy.</summary>
internal sealed class GatewayProxy(string program, string data, IReadOnlyList<int> backends, string balancer) : Server(data)
{
    private readonly int _nodePort = FreePort();

    public override string Name => $"gateway, {balancer}";

    protected override string ReadyPath => "/";

    protected override void Configure(ProcessStartInfo info)
    {
        Directory.CreateDirectory(Data);
        var file = Path.Combine(Data, "routes.yaml");
        var target = "static:///" + string.Join(',', backends.Select(static port => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}")));
        File.WriteAllText(file, $"""
            clusters:
              back:
                target: {target}
                balancer: {balancer}
            default: back

            """);
        info.FileName = program;
        foreach (var argument in new[]
        {
            "serve", "--urls", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_nodePort}"), "--data", Path.Combine(Data, "node"),
            "--gateway", Url.ToString().TrimEnd('/'), "--routes", file,
        })
            info.ArgumentList.Add(argument);
    }
}
