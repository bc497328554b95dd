using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Rollcall.EndToEnd.Dashboard;

/// <summary>Every page as it looks: usable by everybody, on a telephone too, and as docs/images shows it.</summary>
[Collection(nameof(DashboardCollection))]
public sealed class LookTests(Chromium chromium, DashboardNode node) : IAsyncLifetime
{
    private static readonly (string Name, string Path, string Shown)[] Pages =
    [
        ("services", "/", ".table-row .ready-bar"),
        ("cards", "/?view=cards", ".service-card"),
        ("instances", "/?view=instances&q=score:%3C100&sort=score", ".table-row .status"),
        ("service", "/services/orders", ".instance-card"),
        ("instance", "/services/orders?instance=orders-2", ".details"),
        ("service-table", "/services/orders?view=table", ".table-row .status"),
        ("topology", "/topology", ".graph-node"),
        ("timeline", "/timeline?service=orders&window=15m", ".then-id"),
        ("compare", "/timeline?service=orders&window=15m&to=now&at=BEGUN", ".scrubber >> nth=1"),
        ("gateway", "/gateway", ".route"),
        ("explain", "/explain?service=orders&zone=b", ".verdict"),
        ("missing", "/no/such/page", ".empty"),
        ("drain", "/services/orders?instance=orders-1&action=drain", "dialog .preview"),
        ("shift", "/gateway?shift=shop", "dialog .share-field"),
    ];

    private Showcase? _showcase;

    public async ValueTask InitializeAsync() => _showcase = await Showcase.OpenAsync(node);

    public ValueTask DisposeAsync() => _showcase!.DisposeAsync();

    [Fact]
    public async Task No_page_breaks_a_rule_of_level_A_or_AA()
    {
        await _showcase!.LiveAsync(TimeSpan.FromSeconds(2));
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await using var page = await chromium.OpenAsync(node.Url, scheme: scheme, before: await Axe.ScriptAsync());
            foreach (var (name, path, shown) in Pages)
            {
                await ShowAsync(page, path, shown);
                Assert.Equal((name, scheme, ""), (name, scheme, await Axe.ViolationsAsync(page)));
            }

            page.AssertClean();
        }
    }

    [Fact]
    public async Task Every_page_fits_a_width_of_360()
    {
        await using var page = await chromium.OpenAsync(node.Url, width: 360, height: 740);
        foreach (var (name, path, shown) in Pages)
        {
            await ShowAsync(page, path, shown);
            var width = await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
            Assert.True(width <= 360, $"{name} is {width} wide.");
            Assert.Equal((name, 0), (name, await HiddenCellsAsync(page)));
        }

        page.AssertClean();
    }

    [Fact]
    public async Task Tables_of_a_middle_width_leave_columns_out_and_show_the_others()
    {
        await using var page = await chromium.OpenAsync(node.Url, width: 800, height: 740);
        foreach (var (name, path, shown) in Pages.Where(static page => page.Shown.StartsWith(".table-row", StringComparison.Ordinal)))
        {
            await ShowAsync(page, path, shown);
            Assert.Equal((name, 0), (name, await HiddenCellsAsync(page)));
        }
    }

    [Fact]
    public async Task Everything_on_the_first_page_can_be_reached_by_keyboard()
    {
        await using var page = await chromium.OpenAsync(node.Url);
        await page.GoToAsync("/");
        await Expect(page.Page.Locator(".table-row .row-link").First).ToBeVisibleAsync();
        var reached = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            await page.Page.Keyboard.PressAsync("Tab");
            reached.Add(await page.Page.EvaluateAsync<string>("(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).trim()"));
        }

        Assert.Equal("Skip to the content", reached[0]);
        foreach (var expected in new[] { "Services", "Topology", "Search services and instances", "Cards", "Ready", "auth", "billing" })
            Assert.Contains(expected, reached);
        Assert.Contains(reached, static text => text.StartsWith("Auto-Discovery:", StringComparison.Ordinal));
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "auth" }).FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Page.Locator("h1")).ToHaveTextAsync("auth");
    }

    [Fact]
    public async Task Pictures_for_the_documents()
    {
        if (Pictures.AreForDocuments)
            await _showcase!.LiveAsync(TimeSpan.FromSeconds(15));
        foreach (var (scheme, suffix) in new[] { (ColorScheme.Light, ""), (ColorScheme.Dark, "-dark") })
        {
            await using var page = await chromium.OpenAsync(node.Url, width: 1360, height: 820, scheme: scheme);
            foreach (var (name, path, shown) in Pages)
            {
                await ShowAsync(page, path, shown);
                // Charts are drawn a moment later; the one of rates is a line only after some seconds.
                if (Pictures.AreForDocuments)
                    await page.Page.WaitForTimeoutAsync(name == "gateway" ? 12_000 : 1_000);
                await Pictures.SaveAsync(page, $"{name}{suffix}");
            }
        }

        foreach (var (scheme, suffix) in new[] { (ColorScheme.Light, ""), (ColorScheme.Dark, "-dark") })
        {
            await using var small = await chromium.OpenAsync(node.Url, width: 360, height: 740, scheme: scheme);
            foreach (var (name, path, shown) in Pages)
            {
                await ShowAsync(small, path, shown);
                if (Pictures.AreForDocuments)
                    await small.Page.WaitForTimeoutAsync(400);
                await Pictures.SaveAsync(small, $"360-{name}{suffix}");
            }
        }
    }

    // Cells that are there and have no room.
    private static Task<int> HiddenCellsAsync(DashboardPage page) =>
        page.Page.EvaluateAsync<int>("[...document.querySelectorAll('.table-cell')].filter(cell => getComputedStyle(cell).display !== 'none' && cell.clientWidth < 20).length");

    private async Task ShowAsync(DashboardPage page, string path, string shown)
    {
        var begun = Uri.EscapeDataString(_showcase!.Begun.ToString("O", CultureInfo.InvariantCulture));
        await page.GoToAsync(path.Replace("BEGUN", begun, StringComparison.Ordinal));
        await Expect(page.Page.Locator(shown).First).ToBeVisibleAsync();
    }
}
