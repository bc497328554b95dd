using System.Diagnostics;

namespace Rollcall.RoutingLoad.Servers;

/// <summary>What every nginx of the measurement is told, whatever it does.</summary>
internal static class Nginx
{
    public static void Configure(ProcessStartInfo info, string program, string data, int workers, string servers)
    {
        Directory.CreateDirectory(data);
        File.WriteAllText(Path.Combine(data, "nginx.conf"), $$"""
            daemon off;
            worker_processes {{workers}};
            pid nginx.pid;
            error_log stderr crit;
            events { worker_connections 4096; }
            http {
              access_log off;
              keepalive_requests 100000000;
              client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
              {{servers}}
            }
            """);
        info.FileName = program;
        foreach (var argument in new[] { "-p", data, "-c", "nginx.conf", "-e", "stderr" })
            info.ArgumentList.Add(argument);
    }
}
