using System.Diagnostics;
using System.Globalization;
using Rollcall.Load.Servers;

namespace Rollcall.RoutingLoad.Servers;

/// <summary>The back ends of every proxy: as cheap as can be had, so that what is measured is the proxy.</summary>
internal sealed class NginxBackends(string nginx, string data) : Server(data)
{
    private readonly int[] _more = [FreePort(), FreePort(), FreePort(), FreePort()];

    public override string Name => "back ends";

    public IReadOnlyList<int> Ports => [Port, .. _more];

    protected override string ReadyPath => "/";

    protected override void Configure(ProcessStartInfo info)
    {
        var body = new string('x', 128);
        var listen = string.Concat(Ports.Select(static port => string.Create(CultureInfo.InvariantCulture, $"listen 127.0.0.1:{port}; ")));
        Nginx.Configure(info, nginx, Data, workers: 1, $$"""
            server { {{listen}} location / { default_type text/plain; return 200 "{{body}}"; } }
            """);
    }
}
