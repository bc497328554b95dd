using System.Diagnostics;
using System.Globalization;
using Rollcall.Load.Servers;

namespace Rollcall.RoutingLoad.Servers;

/// <summary>YARP without us, as it is or with the setting of the process that the gateway makes for itself.</summary>
internal sealed class YarpProxy(string dll, string data, IReadOnlyList<int> backends, bool completesInline) : Server(data)
{
    public override string Name => completesInline ? "YARP with inline completions" : "YARP";

    protected override string ReadyPath => "/";

    protected override void Configure(ProcessStartInfo info)
    {
        info.FileName = "dotnet";
        if (completesInline)
            info.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
        info.ArgumentList.Add(dll);
        info.ArgumentList.Add(Url.ToString().TrimEnd('/'));
        foreach (var port in backends)
            info.ArgumentList.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
    }
}
