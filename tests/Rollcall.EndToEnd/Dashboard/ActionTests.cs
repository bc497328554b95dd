using Microsoft.Playwright;
using Rollcall.TestKit;
using static Microsoft.Playwright.Assertions;

namespace Rollcall.EndToEnd.Dashboard;

/// <summary>What people do on the page: search, drain, set in maintenance, deregister, go back in time.</summary>
[Collection(nameof(DashboardCollection))]
public sealed class ActionTests(Chromium chromium, DashboardNode node)
{
    [Fact]
    public async Task A_drain_shows_what_it_leaves_and_then_who_has_applied_it()
    {
        const string service = "drained";
        await node.RegisterAsync(service, "drained-1", "a");
        await node.RegisterAsync(service, "drained-2", "b");
        using var end = new CancellationTokenSource();
        var caller = node.WatchAsync(service, "checkout-1", end.Token);
        await using var page = await chromium.OpenAsync(node.Url);
        await page.GoToAsync($"/services/{service}?instance=drained-2");
        await Expect(page.Page.GetByRole(AriaRole.Region, new() { Name = "Watchers" })).ToContainTextAsync("checkout-1");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Drain", Exact = true }).ClickAsync();
        var dialog = page.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("drained 2 → 1 ready, 1 caller, zone b empty");
        Assert.Equal("ready", await node.StateAsync(service, "drained-2"));

        await dialog.GetByRole(AriaRole.Button, new() { Name = "Drain", Exact = true }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("Complete after");
        Assert.Equal("draining", await node.StateAsync(service, "drained-2"));
        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
        await end.CancelAsync();
        await caller;
        page.AssertClean();
    }

    [Fact]
    public async Task A_drain_below_the_floor_needs_a_reason_which_then_stands_with_the_instance()
    {
        const string service = "floored";
        await node.RegisterAsync(service, "floored-1");
        await node.RegisterAsync(service, "floored-2");
        await using var page = await chromium.OpenAsync(node.Url);
        await page.GoToAsync($"/services/{service}?instance=floored-1&action=drain");
        var dialog = page.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.Locator(".preview")).ToHaveTextAsync("floored 2 → 1 ready, 0 callers");
        await Expect(dialog.Locator(".preview")).ToHaveAttributeAsync("data-tone", "info");

        // What it would leave is another thing now, and the dialog says so while it is open.
        await node.SetNotReadyAsync(service, "floored-2", "new disk");
        await Expect(dialog.Locator(".preview")).ToHaveTextAsync("floored 1 → 0 ready, 0 callers, zone a empty");
        await Expect(dialog).ToContainTextAsync("The node keeps 1 instance of a service ready");
        var reason = dialog.GetByLabel("Why it is to be drained all the same");
        var drain = dialog.GetByRole(AriaRole.Button, new() { Name = "Drain all the same" });
        await drain.ClickAsync();
        await Expect(reason).ToBeFocusedAsync();
        Assert.Equal("ready", await node.StateAsync(service, "floored-1"));

        await reason.FillAsync("the rack is moved");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(dialog).ToContainTextAsync("Complete after");
        Assert.Equal("draining", await node.StateAsync(service, "floored-1"));
        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(page.Page.Locator(".instance-card[data-id='floored-1']")).ToContainTextAsync("the rack is moved");
        page.AssertClean();
    }

    [Fact]
    public async Task A_drain_that_has_become_too_much_is_refused_by_the_node()
    {
        const string service = "raced";
        await node.RegisterAsync(service, "raced-1");
        await node.RegisterAsync(service, "raced-2");
        await using var page = await chromium.OpenAsync(node.Url);
        // The page goes on to believe that another one stays.
        await page.Page.RouteAsync("**/drain", static route => route.FulfillAsync(new()
        {
            ContentType = "application/json",
            Body = """{"service":"raced","id":"raced-1","before":{"ready":2},"after":{"ready":1},"callers":[],"emptyZones":[],"floor":1,"allowed":true,"message":"raced 2 → 1 ready, 0 callers"}""",
        }));
        await page.GoToAsync($"/services/{service}?instance=raced-1&action=drain");
        var dialog = page.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.Locator(".preview")).ToBeVisibleAsync();
        await node.DeregisterAsync(service, "raced-2");
        await page.Page.UnrouteAsync("**/drain");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Drain", Exact = true }).ClickAsync();
        await Expect(dialog.GetByLabel("Why it is to be drained all the same")).ToBeVisibleAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        Assert.Equal("ready", await node.StateAsync(service, "raced-1"));
    }

    [Fact]
    public async Task Maintenance_and_deregistration_ask_first()
    {
        const string service = "kept";
        await node.RegisterAsync(service, "kept-1");
        await node.RegisterAsync(service, "kept-2");
        await using var page = await chromium.OpenAsync(node.Url);
        await page.GoToAsync($"/services/{service}?instance=kept-1");
        var dialog = page.Page.GetByRole(AriaRole.Dialog);

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Maintenance" }).ClickAsync();
        await dialog.GetByLabel("Reason").FillAsync("new disk");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Begin maintenance" }).ClickAsync();
        await Expect(page.Page.Locator(".instance-card[data-id='kept-1']")).ToContainTextAsync("new disk");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Set ready" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Set ready" }).ClickAsync();
        await Expect(page.Page.Locator(".instance-card[data-id='kept-1']")).ToHaveAttributeAsync("data-status", "ready");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Deregister" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        Assert.Equal("ready", await node.StateAsync(service, "kept-1"));
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Deregister" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Deregister" }).ClickAsync();
        await Expect(page.Page.Locator(".instance-card[data-id='kept-1']")).ToHaveAttributeAsync("data-status", "gone");
        page.AssertClean();
    }

    [Fact]
    public async Task A_search_is_in_the_address_and_a_link_shows_the_same()
    {
        await node.RegisterAsync("found", "found-1", "z1", "v7");
        await node.RegisterAsync("found", "found-2", "z2", "v7");
        await node.RegisterAsync("lost", "lost-1", "z2", "v8");
        await using var page = await chromium.OpenAsync(node.Url);
        await page.GoToAsync("/");
        await page.Page.Keyboard.PressAsync("/");
        await page.Page.Keyboard.TypeAsync("zone:z1,z2 -version:v8");
        var rows = page.Page.GetByRole(AriaRole.Table).GetByRole(AriaRole.Row);
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(rows.Nth(1)).ToContainTextAsync("found");
        Assert.Contains("q=zone%3Az1%2Cz2+-version%3Av8", page.Page.Url, StringComparison.Ordinal);

        await page.GoToAsync(new Uri(page.Page.Url).PathAndQuery + "&view=instances&sort=-id");
        Assert.Equal(["found-2", "found-1"], await page.Page.Locator(".table-body .row-link").AllInnerTextsAsync());
        page.AssertClean();
    }

    [Fact]
    public async Task A_search_by_score_finds_those_that_are_not_well()
    {
        await node.RegisterAsync("scored", "scored-1");
        await node.RegisterAsync("scored", "scored-2");
        await node.RegisterAsync("scored-well", "scored-well-1");
        await node.SetNotReadyAsync("scored", "scored-2", "warming up");
        await using var page = await chromium.OpenAsync(node.Url);
        await page.GoToAsync("/?view=instances&q=service:scored*");
        var ids = page.Page.Locator(".table-body .row-link");
        await Expect(ids).ToHaveTextAsync(["scored-1", "scored-2", "scored-well-1"]);
        await Expect(page.Page.Locator(".table-body .score")).ToHaveTextAsync(["score 100", "score 0", "score 100"]);

        var search = page.Page.GetByLabel("Search services and instances");
        await search.FillAsync("service:scored* score:<70");
        await Expect(ids).ToHaveTextAsync(["scored-2"]);
        await search.FillAsync("service:scored* score:90..100");
        await Expect(ids).ToHaveTextAsync(["scored-1", "scored-well-1"]);

        await page.GoToAsync("/?q=service:scored*&sort=score");
        await Expect(ids).ToHaveTextAsync(["scored", "scored-well"]);
        page.AssertClean();
    }

    [Fact]
    public async Task The_timeline_shows_what_was_and_what_is_different()
    {
        const string service = "past";
        await node.RegisterAsync(service, "past-1");
        await node.RegisterAsync(service, "past-2");
        // The node's times are whole milliseconds: what comes next must not fall into this one.
        var then = DateTimeOffset.UtcNow.AddMilliseconds(2);
        await Eventually.True(() => DateTimeOffset.UtcNow > then.AddMilliseconds(2));
        await node.DeregisterAsync(service, "past-1");
        await node.RegisterAsync(service, "past-2", version: "v2");
        await node.RegisterAsync(service, "past-3");
        await using var page = await chromium.OpenAsync(node.Url);
        var at = Uri.EscapeDataString(then.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
        await page.GoToAsync($"/timeline?service={service}&at={at}");
        var ids = page.Page.Locator(".then-id");
        await Expect(ids).ToHaveTextAsync(["past-1", "past-2"]);

        await page.Page.GetByLabel("Compare with another moment").CheckAsync();
        var differences = page.Page.Locator(".difference");
        await Expect(differences).ToHaveCountAsync(3);
        await Expect(differences.Nth(0)).ToContainTextAsync("past-1left");
        await Expect(differences.Nth(1)).ToContainTextAsync("version v1 → v2");
        await Expect(differences.Nth(2)).ToContainTextAsync("past-3came");
        Assert.Contains("to=now", page.Page.Url, StringComparison.Ordinal);
        page.AssertClean();
    }
}
