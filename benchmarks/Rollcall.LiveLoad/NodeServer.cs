using System.Diagnostics;
using Rollcall.Load.Servers;
using Rollcall.TestKube.Certificates;

namespace Rollcall.LiveLoad;

/// <summary>A node that shows what a cluster knows, as the chart starts it.</summary>
internal sealed class NodeServer(string program, string data, Cluster cluster) : Server(data)
{
    public override string Name => "rollcall";

    protected override string ReadyPath => "/readyz";

    protected override void Configure(ProcessStartInfo info)
    {
        var kubeconfig = Path.Combine(Directory.CreateDirectory(Data).FullName, "kubeconfig");
        ClientFiles.WritePrivate(kubeconfig, cluster.Kubeconfig());
        info.FileName = program;
        foreach (var argument in (string[])["serve", "--urls", Url.ToString().TrimEnd('/'), "--data", Path.Combine(Data, "node"), "--durability", "interval"])
            info.ArgumentList.Add(argument);
        info.Environment["KUBECONFIG"] = kubeconfig;
        info.Environment["DISCOVERY_MODE"] = "kubernetes-endpointslices";
        info.Environment["EMULATOR_SERVICE_NAME"] = Cluster.Service;
        info.Environment["POD_NAMESPACE"] = Cluster.Namespace;
    }
}
