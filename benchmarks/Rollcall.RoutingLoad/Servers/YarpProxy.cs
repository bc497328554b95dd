using System.Diagnostics;
using System.Globalization;
using Rollcall.Load.Servers;

namespace Rollcall.RoutingLoad.Servers;

/// <summary>YARP without us.</summary>
internal sealed class YarpProxy(string dll, string data, IReadOnlyList<int> backends) : Server(data)
{
    public override string Name => "YARP";

    protected override string ReadyPath => "/";

    protected override void Configure(ProcessStartInfo info)
    {
        info.FileName = "dotnet";
        info.ArgumentList.Add(dll);
        info.ArgumentList.Add(Url.ToString().TrimEnd('/'));
        foreach (var port in backends)
            info.ArgumentList.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
    }
}
