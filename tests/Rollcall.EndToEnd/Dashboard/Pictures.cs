namespace Rollcall.EndToEnd.Dashboard;

/// <summary>Pictures of pages: in artifacts/pictures, and those of docs/dashboard.md also where ROLLCALL_PICTURES says.</summary>
internal static class Pictures
{
    private static readonly string[] InDocuments = ["services", "instances", "cards-dark", "service", "instance-dark", "topology", "compare", "gateway-dark", "explain", "emulators-dark", "360-service"];

    // Where pictures of documents go.
    private static readonly string? Documents = Environment.GetEnvironmentVariable("ROLLCALL_PICTURES") is { Length: > 0 } folder ? folder : null;

    /// <summary>Whether the pictures will be looked at, and are worth waiting for.</summary>
    public static bool AreForDocuments => Documents is not null;

    /// <summary>The working copy.</summary>
    public static string Root { get; } = FindRoot();

    public static async Task SaveAsync(DashboardPage page, string name)
    {
        var folder = Path.Combine(Root, "artifacts", "pictures");
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, $"dashboard-{name}.png");
        await page.Page.ScreenshotAsync(new() { Path = file });
        Assert.True(new FileInfo(file).Length > 5_000, $"{file} shows nothing.");
        if (Documents is not null && InDocuments.Contains(name, StringComparer.Ordinal))
            File.Copy(file, Path.Combine(Root, Documents, Path.GetFileName(file)), overwrite: true);
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Rollcall.slnx")))
            directory = directory.Parent ?? throw new DirectoryNotFoundException("The tests run outside a working copy.");
        return directory.FullName;
    }
}
