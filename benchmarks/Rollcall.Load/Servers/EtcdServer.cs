using System.Diagnostics;

namespace Rollcall.Load.Servers;

/// <summary>A single etcd member with its defaults: fsync before every acknowledgement.</summary>
internal sealed class EtcdServer(string data) : Server(data)
{
    private readonly int _peerPort = FreePort();

    public override string Name => "etcd";

    protected override string ReadyPath => "/health";

    protected override void Configure(ProcessStartInfo info)
    {
        var url = Url.ToString().TrimEnd('/');
        var peer = $"http://127.0.0.1:{_peerPort}";
        info.FileName = "etcd";
        info.Environment["ETCD_UNSUPPORTED_ARCH"] = null;
        foreach (var argument in new[]
        {
            "--name", "load", "--data-dir", Data,
            "--listen-client-urls", url, "--advertise-client-urls", url,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", $"load={peer}",
            "--log-level", "error",
        })
            info.ArgumentList.Add(argument);
    }
}
