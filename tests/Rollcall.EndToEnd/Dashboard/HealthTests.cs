using System.Text.Json;
using static Microsoft.Playwright.Assertions;

namespace Rollcall.EndToEnd.Dashboard;

/// <summary>What the live document tells of an instance's health is on its card. The document is given, so that every part of it is in the test.</summary>
[Collection(nameof(DashboardCollection))]
public sealed class HealthTests(Chromium chromium, DashboardNode node)
{
    private const string Service = "healthy";

    [Fact]
    public async Task Scores_parts_and_reasons_are_on_the_card_and_in_the_details()
    {
        await node.RegisterAsync(Service, "healthy-0");
        await node.RegisterAsync(Service, "healthy-1");
        await using var page = await chromium.OpenAsync(node.Url);
        var document = Document();
        await page.Page.RouteAsync("**/api/instances/live/events?*", route => route.FulfillAsync(new() { ContentType = "text/event-stream", Body = $"id: e:1\nevent: instances\ndata: {document}\n\n" }));
        await page.Page.RouteAsync("**/api/instances/live?*", route => route.FulfillAsync(new() { ContentType = "application/json", Body = document }));

        await page.GoToAsync($"/services/{Service}?instance=healthy-0");
        var cards = page.Page.Locator(".instance-card");
        // The order of the document, not of the names.
        await Expect(cards.First).ToContainTextAsync("Windows 98 - Game Server");
        await Expect(cards.First).ToHaveAttributeAsync("data-status", "degraded");
        await Expect(cards.First.Locator(".score")).ToHaveTextAsync("score 62");
        await Expect(cards.First).ToContainTextAsync("frame rate 12 of 30 wanted");
        // Names of icons are drawn or left out, never printed.
        await Expect(cards.First.Locator("h3")).ToHaveTextAsync("Windows 98 - Game Server");
        await Expect(cards.First.Locator("h3 svg")).ToBeVisibleAsync();
        await Expect(cards.Nth(1).Locator("h3")).ToHaveTextAsync("Windows 98 - Client 1");
        await Expect(cards.Nth(1).Locator("h3 button")).ToHaveAttributeAsync("title", "healthy-1 · beos");
        var details = page.Page.Locator(".details");
        await Expect(details.Locator(".parts li")).ToHaveCountAsync(2);
        await Expect(details.Locator(".parts")).ToContainTextAsync("application");
        await Expect(page.Page.Locator(".service-facts .score")).ToHaveTextAsync("score 81");
        await Expect(page.Page.Locator(".pill")).ToHaveTextAsync("Auto-Discovery: static-fallback (2 pods)");
        await Expect(page.Page.Locator(".pill")).ToHaveAttributeAsync("data-tone", "warn");
        await Expect(page.Page.Locator(".pill + .tip")).ToContainTextAsync("the API server does not answer");
        page.AssertClean();

        await page.Page.RouteAsync("**/api/scores", static route => route.FulfillAsync(new() { ContentType = "application/json", Body = $$$"""{"services":[{"service":"{{{Service}}}","score":81,"instances":{"healthy-0":62,"healthy-1":100}}]}""" }));
        await page.GoToAsync($"/?q=service:{Service}");
        await Expect(page.Page.Locator(".table-row .score")).ToHaveTextAsync("score 81");
        page.AssertClean();
    }

    private static string Document() => JsonSerializer.Serialize(new
    {
        discoveryMode = "kubernetes-endpointslices",
        serviceName = Service,
        freshness = "static-fallback",
        reason = "the API server does not answer",
        observedAt = DateTimeOffset.UtcNow,
        summary = new { total = 2, ready = 2, notReady = 0 },
        instances = new object[]
        {
            new { id = "instance-1", instanceId = "healthy-1", name = "Windows 98 - Client 1", icon = "beos", order = 2, status = "ready", state = "ready", ready = true, health = new { ready = true, score = 100, parts = Array.Empty<object>() } },
            new
            {
                id = "instance-0",
                instanceId = "healthy-0",
                name = "Windows 98 - Game Server",
                icon = "windows98",
                order = 1,
                status = "degraded",
                state = "ready",
                ready = true,
                quality = new { frameRate = 12, latencyMs = 80, packetLossPercent = 0.4, viewers = 2 },
                health = new
                {
                    ready = true,
                    score = 62,
                    parts = new object[]
                    {
                        new { name = "application", score = 100, weight = 40, reasons = Array.Empty<string>() },
                        new { name = "quality", score = 24, weight = 60, reasons = new[] { "frame rate 12 of 30 wanted" } },
                    },
                },
            },
        },
    });
}
