using System.Diagnostics;
using System.Globalization;
using Rollcall.Load.Servers;

namespace Rollcall.RoutingLoad.Servers;

/// <summary>nginx with warm connections to its back ends, a worker for each core, and the headers that YARP adds.</summary>
internal sealed class NginxProxy(string nginx, string data, IReadOnlyList<int> backends) : Server(data)
{
    public override string Name => "nginx";

    protected override string ReadyPath => "/";

    protected override void Configure(ProcessStartInfo info)
    {
        var servers = string.Concat(backends.Select(static port => string.Create(CultureInfo.InvariantCulture, $"server 127.0.0.1:{port}; ")));
        Nginx.Configure(info, nginx, Data, Environment.ProcessorCount, $$"""
            upstream back { {{servers}} keepalive 128; keepalive_requests 100000000; }
              server {
                listen 127.0.0.1:{{Port}};
                location / {
                  proxy_pass http://back;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_set_header X-Forwarded-For $remote_addr;
                  proxy_set_header X-Forwarded-Host $http_host;
                  proxy_set_header X-Forwarded-Proto $scheme;
                }
              }
            """);
    }
}
