namespace Rollcall.Charts.Tests.Rendering;

/// <summary>The checkout these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string LocoChart { get; } = Path.Combine(Root, "deploy", "helm", "loco-chart");

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Rollcall.slnx")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException($"No checkout above {AppContext.BaseDirectory}.");
    }
}
