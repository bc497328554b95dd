using System.Diagnostics;
using System.Globalization;
using Rollcall.Load.Servers;

namespace Rollcall.RoutingLoad.Servers;

/// <summary>haproxy with warm connections to its back ends, a thread for each core, and the headers that YARP adds.</summary>
internal sealed class HaproxyProxy(string haproxy, string data, IReadOnlyList<int> backends) : Server(data)
{
    public override string Name => "haproxy";

    protected override string ReadyPath => "/";

    protected override void Configure(ProcessStartInfo info)
    {
        Directory.CreateDirectory(Data);
        var servers = string.Join('\n', backends.Select(static port => string.Create(CultureInfo.InvariantCulture, $"  server s{port} 127.0.0.1:{port}")));
        var file = Path.Combine(Data, "haproxy.cfg");
        File.WriteAllText(file, $"""
            global
              nbthread {Environment.ProcessorCount}
              maxconn 4096
            defaults
              mode http
              timeout connect 2s
              timeout client 30s
              timeout server 30s
              http-reuse always
            frontend front
              bind 127.0.0.1:{Port}
              option forwardfor
              http-request set-header X-Forwarded-Host %[req.hdr(host)]
              http-request set-header X-Forwarded-Proto http
              default_backend back
            backend back
              balance roundrobin
            {servers}

            """);
        info.FileName = haproxy;
        info.ArgumentList.Add("-db");
        info.ArgumentList.Add("-f");
        info.ArgumentList.Add(file);

        // Unpacked beside its libraries rather than installed.
        var libraries = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(haproxy)!, "..", "lib"));
        if (Directory.Exists(libraries))
            info.Environment["LD_LIBRARY_PATH"] = string.Join(':', Directory.EnumerateDirectories(libraries, "*-linux-*"));
    }
}
