namespace Rollcall.RoutingLoad;

/// <summary>What is run, and where it may write.</summary>
internal sealed record Programs(string Rollcall, string Nginx, string Haproxy, string Data)
{
    /// <summary>The back end of the tests, built in the same configuration as this program.</summary>
    public string Backend => Built("Rollcall.Backend");

    public string YarpPeer => Built("Rollcall.YarpPeer");

    public string DataOf(string name) => Path.Combine(Path.GetFullPath(Data), name);

    // artifacts/bin/NAME/CONFIGURATION/
    private static string Built(string name)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        return Path.Combine(own.Parent!.Parent!.FullName, name, own.Name, name + ".dll");
    }
}
