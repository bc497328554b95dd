using Microsoft.Playwright;

namespace Rollcall.EndToEnd.Dashboard;

/// <summary>A real browser without a window: Debian's, told to ask nobody but the pages it is shown.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        // A page that is measured must not be slowed down because nobody sees it.
        "--disable-renderer-backgrounding", "--disable-background-timer-throttling",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (Find() is not { } path)
            return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Headless = true, Args = Arguments });
    }

    /// <summary>A new page that shares nothing with others.</summary>
    internal async Task<DashboardPage> OpenAsync(string url, int width = 1280, int height = 860, ColorScheme scheme = ColorScheme.Light, string? before = null)
    {
        if (_browser is null)
            Missing();
        var context = await _browser!.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            BaseURL = url,
            Locale = "en-GB",
        });
        var page = await context.NewPageAsync();
        if (before is not null)
            await page.AddInitScriptAsync(before);
        return new DashboardPage(context, page);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    private static string? Find() =>
        new[] { Environment.GetEnvironmentVariable("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }
            .FirstOrDefault(static path => path is not null && File.Exists(path));

    private static void Missing()
    {
        const string what = "chromium is missing; install the package chromium.";
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail($"With CI=true this test must run: {what}");
        Assert.Skip(what);
    }
}
