using Microsoft.Playwright;
using Rollcall.Load;

namespace Rollcall.LiveLoad.Suites;

/// <summary>From a change in the API server to what a real browser shows, and how soon a page is there.</summary>
internal static class BrowserSuite
{
    private const int Cards = 6;

    // Clocks of one machine: the page's and ours both follow its time of day.
    private const string Observe = """
        () => {
          window.shown = [];
          new MutationObserver((records) => {
            for (const record of records)
              window.shown.push({ id: record.target.dataset?.id, status: record.target.dataset?.status, at: performance.timeOrigin + performance.now() });
          }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ['data-status'] });
        }
        """;

    public static async Task RunAsync(Cluster cluster, NodeServer node, LiveOptions options, Report report, CancellationToken cancellationToken)
    {
        if (Find() is not { } path)
        {
            report.Note("The browser is not measured: chromium is missing.");
            return;
        }

        using (var client = new LiveClient(node.Url))
        {
            cluster.Scale(cluster.Size);
            await client.UntilAsync(states => states.Count == cluster.Size, cancellationToken);
        }

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = path,
            Headless = true,
            Args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-renderer-backgrounding", "--disable-background-timer-throttling"],
        });
        await using var context = await browser.NewContextAsync(new() { BaseURL = node.Url.ToString(), ReducedMotion = ReducedMotion.Reduce });
        var page = await context.NewPageAsync();
        if (cluster.Size == options.Sizes[0])
            await FirstPaintAsync(browser, node, report);
        await page.GotoAsync($"/services/{Cluster.Service}");
        await page.Locator(".instance-card").First.WaitForAsync();
        await page.EvaluateAsync(Observe);
        await ChangesAsync(cluster, page, options, report, cancellationToken);
    }

    private static async Task ChangesAsync(Cluster cluster, IPage page, LiveOptions options, Report report, CancellationToken cancellationToken)
    {
        var random = new Random(2);
        var took = new List<double>();
        var count = options.Changes / 4;
        for (var i = 0; i < count + 5; i++)
        {
            var ordinal = random.Next(Cards);
            foreach (var isReady in (bool[])[false, true])
            {
                var wrote = TimeProvider.System.GetUtcNow();
                cluster.SetReady(ordinal, isReady);
                var at = await page.WaitForFunctionAsync(
                    "([id, isReady]) => { const one = window.shown.find((each) => each.id === id && (each.status === 'ready' || each.status === 'degraded') === isReady); if (!one) return false; window.shown = []; return one.at; }",
                    new object[] { Cluster.IdOf(ordinal), isReady },
                    new() { PollingInterval = 20, Timeout = 20_000 });
                if (i >= 5)
                    took.Add(await at.JsonValueAsync<double>() - ((wrote - DateTimeOffset.UnixEpoch).TotalMilliseconds));
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(150, 350)), TimeProvider.System, cancellationToken);
            }
        }

        var p99 = Statistics.Percentile(took, 99);
        report.Add(Figures.Say($"{cluster.Size:N0} emulators: a change in the API server until it is in the page's DOM, p99"), Figures.Milliseconds(p99), "", "", "< 500 ms", p99 < 500);
        report.Add("… median", Figures.Milliseconds(Statistics.Median(took)), "", "", "none", met: true);
    }

    private static async Task FirstPaintAsync(IBrowser browser, NodeServer node, Report report)
    {
        var paints = new List<double>();
        var script = 0d;
        for (var i = 0; i < 7; i++)
        {
            // A context of its own has an empty cache.
            await using var context = await browser.NewContextAsync(new() { BaseURL = node.Url.ToString() });
            var page = await context.NewPageAsync();
            await page.GotoAsync("/");
            await page.WaitForFunctionAsync("() => performance.getEntriesByName('first-contentful-paint').length > 0");
            paints.Add(await page.EvaluateAsync<double>("() => performance.getEntriesByName('first-contentful-paint')[0].startTime"));
            script = await page.EvaluateAsync<double>("() => performance.getEntriesByType('resource').filter((each) => each.name.endsWith('.js')).reduce((sum, each) => sum + each.encodedBodySize, 0)");
        }

        var median = Statistics.Median(paints.Skip(1));
        report.Add("first contentful paint of the dashboard, empty cache, median", Figures.Milliseconds(median), "", "", "< 1,000 ms", median < 1_000);
        report.Add("… the first of a browser that has just started", Figures.Milliseconds(paints[0]), "", "", "< 1,000 ms", paints[0] < 1_000);
        report.Add("… script on the first route, as sent", Figures.Say($"{script / 1024:0} KiB"), "", "", "< 250 KiB", script is > 0 and < 250 * 1024);
    }

    private static string? Find() =>
        new[] { Environment.GetEnvironmentVariable("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(static path => path is not null && File.Exists(path));
}
