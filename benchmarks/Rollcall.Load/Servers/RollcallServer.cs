using System.Diagnostics;

namespace Rollcall.Load.Servers;

/// <summary>A Rollcall node with the durability its users get by default: fsync before every acknowledgement.</summary>
internal sealed class RollcallServer(string program, string data) : Server(data)
{
    public override string Name => "rollcall";

    protected override string ReadyPath => "/readyz";

    protected override void Configure(ProcessStartInfo info)
    {
        info.FileName = program;
        info.ArgumentList.Add("serve");
        info.ArgumentList.Add("--urls");
        info.ArgumentList.Add(Url.ToString().TrimEnd('/'));
        info.ArgumentList.Add("--data");
        info.ArgumentList.Add(Data);
    }
}
