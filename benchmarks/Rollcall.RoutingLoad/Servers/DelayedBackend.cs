using System.Diagnostics;
using System.Globalization;
using Rollcall.Load.Servers;

namespace Rollcall.RoutingLoad.Servers;

/// <summary>A back end that takes its time.</summary>
internal sealed class DelayedBackend(string dll, string data, TimeSpan delay) : Server(data)
{
    public override string Name => "delayed back end";

    protected override string ReadyPath => "/id";

    protected override void Configure(ProcessStartInfo info)
    {
        info.FileName = "dotnet";
        foreach (var argument in new[]
        {
            dll, "--register", "false", "--urls", Url.ToString().TrimEnd('/'), "--delay", delay.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
        })
            info.ArgumentList.Add(argument);
    }
}
