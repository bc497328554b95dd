namespace Rollcall.Node.Tests;

/// <summary>The working copy the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Rollcall.slnx")))
            directory = directory.Parent ?? throw new DirectoryNotFoundException("The tests run outside a working copy.");
        return directory.FullName;
    }
}
