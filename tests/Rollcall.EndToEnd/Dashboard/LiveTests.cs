using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Rollcall.EndToEnd.Dashboard;

/// <summary>What happens at a node is on the page at once.</summary>
[Collection(nameof(DashboardCollection))]
public sealed class LiveTests(Chromium chromium, DashboardNode node)
{
    // From the change at the node to the page, as people see it.
    private const float Soon = 2_000;

    [Fact]
    public async Task Instances_come_change_and_go_within_two_seconds_and_keep_their_order()
    {
        const string service = "scaled";
        await node.RegisterAsync(service, "scaled-1");
        await using var page = await chromium.OpenAsync(node.Url);
        await page.GoToAsync($"/services/{service}");
        var cards = page.Page.Locator(".instance-card");
        await Expect(cards).ToHaveCountAsync(1);

        await node.RegisterAsync(service, "scaled-10");
        await node.RegisterAsync(service, "scaled-2");
        await Expect(cards).ToHaveCountAsync(3, new() { Timeout = Soon });
        Assert.Equal(["scaled-1", "scaled-2", "scaled-10"], await IdsAsync(cards));

        await node.SetNotReadyAsync(service, "scaled-2", "warming up");
        await Expect(Card(page, "scaled-2")).ToHaveAttributeAsync("data-status", "booting", new() { Timeout = Soon });
        await Expect(Card(page, "scaled-2")).ToContainTextAsync("warming up");
        await node.SetReadyAsync(service, "scaled-2");
        await Expect(Card(page, "scaled-2")).ToHaveAttributeAsync("data-status", "ready", new() { Timeout = Soon });
        await node.DrainAsync(service, "scaled-10");
        await Expect(Card(page, "scaled-10")).ToHaveAttributeAsync("data-status", "draining", new() { Timeout = Soon });

        await node.DeregisterAsync(service, "scaled-10");
        await node.DeregisterAsync(service, "scaled-2");
        await Expect(Card(page, "scaled-2")).ToHaveAttributeAsync("data-status", "gone", new() { Timeout = Soon });
        await Expect(Card(page, "scaled-10")).ToContainTextAsync("last seen", new() { Timeout = Soon });
        Assert.Equal(["scaled-1", "scaled-2", "scaled-10"], await IdsAsync(cards));
        await Expect(page.Page.Locator(".big-ratio")).ToContainTextAsync("1/1 ready");

        await node.RegisterAsync(service, "scaled-2");
        await Expect(Card(page, "scaled-2")).ToHaveAttributeAsync("data-status", "ready", new() { Timeout = Soon });
        page.AssertClean();
    }

    [Fact]
    public async Task Those_that_left_are_shown_for_as_long_as_somebody_has_chosen_and_the_choice_is_kept()
    {
        const string service = "left";
        await node.RegisterAsync(service, "left-1");
        await node.RegisterAsync(service, "left-2");
        await node.DeregisterAsync(service, "left-2");
        await using var page = await chromium.OpenAsync(node.Url);
        await page.GoToAsync($"/services/{service}");
        // It left before the page was opened: history tells of it.
        await Expect(Card(page, "left-2")).ToHaveAttributeAsync("data-status", "gone");
        var keep = page.Page.GetByLabel("Keep gone for");
        Assert.Equal("10", await keep.InputValueAsync());

        await keep.SelectOptionAsync("not at all");
        await Expect(Card(page, "left-2")).ToHaveCountAsync(0);
        await page.GoToAsync($"/services/{service}");
        await Expect(Card(page, "left-1")).ToBeVisibleAsync();
        Assert.Equal("0", await keep.InputValueAsync());
        await Expect(Card(page, "left-2")).ToHaveCountAsync(0);

        await keep.SelectOptionAsync("24 h");
        await Expect(Card(page, "left-2")).ToContainTextAsync("last seen");
        page.AssertClean();
    }

    [Fact]
    public async Task A_node_that_goes_away_leaves_the_last_data_with_their_age_and_comes_back_by_itself()
    {
        const string service = "steady";
        await node.RegisterAsync(service, "steady-1");
        await using var page = await chromium.OpenAsync(node.Url);
        await page.GoToAsync($"/services/{service}");
        await Expect(Card(page, "steady-1")).ToBeVisibleAsync();

        await node.KillAsync();
        await Expect(page.Page.Locator(".connection")).ToHaveAttributeAsync("data-phase", "offline");
        await Expect(page.Page.Locator(".pill")).ToHaveAttributeAsync("data-tone", "error");
        await Expect(page.Page.Locator(".old-notice")).ToContainTextAsync("The node does not answer. What is shown is");
        await Expect(page.Page.Locator("main.old")).ToHaveCountAsync(1);
        await Expect(Card(page, "steady-1")).ToBeVisibleAsync();

        await node.StartAsync();
        await Expect(page.Page.Locator(".connection")).ToHaveAttributeAsync("data-phase", "live", new() { Timeout = 10_000 });
        page.Forgive();
        await Expect(page.Page.Locator("main.old")).ToHaveCountAsync(0);
        await node.RegisterAsync(service, "steady-2");
        await Expect(Card(page, "steady-2")).ToBeVisibleAsync(new() { Timeout = Soon });
        page.AssertClean();
    }

    [Fact]
    public async Task A_node_that_has_forgotten_everything_is_followed_in_its_new_life()
    {
        const string service = "reborn";
        await using var forgetful = new DashboardNode(new DashboardNode.Settings { Durability = "memory", Gateway = false });
        await forgetful.StartAsync();
        await forgetful.RegisterAsync(service, "reborn-1");
        await forgetful.RegisterAsync(service, "reborn-2");
        await using var page = await chromium.OpenAsync(forgetful.Url);
        await page.GoToAsync($"/services/{service}");
        await Expect(page.Page.Locator(".instance-card")).ToHaveCountAsync(2);

        await forgetful.KillAsync();
        await Expect(page.Page.Locator(".connection")).ToHaveAttributeAsync("data-phase", "offline");
        await forgetful.StartAsync();
        await Expect(page.Page.Locator(".connection")).ToHaveAttributeAsync("data-phase", "live", new() { Timeout = 10_000 });
        await Expect(Card(page, "reborn-1")).ToHaveAttributeAsync("data-status", "gone");
        page.Forgive();

        // Its first revision is smaller than those of before.
        await forgetful.RegisterAsync(service, "reborn-1", address: "10.0.0.9");
        await Expect(Card(page, "reborn-1")).ToHaveAttributeAsync("data-status", "ready", new() { Timeout = Soon });
        await Expect(Card(page, "reborn-1")).ToContainTextAsync("10.0.0.9:8080");
        await Expect(Card(page, "reborn-2")).ToHaveAttributeAsync("data-status", "gone");
        // Health comes by a stream of its own, which the node had refused while it did not know the service.
        await Expect(Card(page, "reborn-1").Locator(".score")).ToBeVisibleAsync();
        page.AssertClean();
    }

    [Fact]
    public async Task A_page_whose_stream_is_refused_polls_and_says_so()
    {
        const string service = "polled";
        await node.RegisterAsync(service, "polled-1");
        await using var page = await chromium.OpenAsync(node.Url);
        await page.Page.RouteAsync("**/api/watch*", static route => route.FulfillAsync(new() { Status = 503, ContentType = "application/problem+json", Body = """{"detail":"Too many watchers wait already."}""" }));
        await page.Page.GotoAsync($"/services/{service}");
        await Expect(page.Page.Locator(".connection")).ToHaveAttributeAsync("data-phase", "polling");
        await Expect(page.Page.Locator(".connection + .tip")).ToContainTextAsync("Too many watchers wait already.");
        await Expect(Card(page, "polled-1")).ToBeVisibleAsync();
        await node.RegisterAsync(service, "polled-2");
        await Expect(Card(page, "polled-2")).ToBeVisibleAsync(new() { Timeout = 8_000 });
    }

    [Fact]
    public async Task A_part_that_cannot_be_loaded_says_so_and_leaves_the_rest_as_it_is()
    {
        const string service = "parted";
        await node.RegisterAsync(service, "parted-1");
        await using var page = await chromium.OpenAsync(node.Url);
        // As of a node that went away just then, or that is another version by now.
        await page.Page.RouteAsync("**/assets/CountsChart-*.js", static route => route.AbortAsync());
        await page.Page.RouteAsync("**/assets/TopologyPage-*.js", static route => route.AbortAsync());
        await page.GoToAsync($"/services/{service}");
        await Expect(page.Page.Locator(".split-side .notice")).ToContainTextAsync("This part of the page could not be loaded.");
        await node.RegisterAsync(service, "parted-2");
        await Expect(Card(page, "parted-2")).ToBeVisibleAsync(new() { Timeout = Soon });

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Topology" }).ClickAsync();
        await Expect(page.Page.Locator("main .notice")).ToContainTextAsync("could not be loaded");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Services" }).First.ClickAsync();
        await Expect(page.Page.GetByText(service)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_hidden_page_asks_for_nothing()
    {
        const string service = "hidden";
        await node.RegisterAsync(service, "hidden-1");
        await using var page = await chromium.OpenAsync(node.Url, before: "let hidden = false; Object.defineProperty(document, 'hidden', { get: () => hidden }); window.hide = value => { hidden = value; document.dispatchEvent(new Event('visibilitychange')); };");
        await page.GoToAsync($"/services/{service}");
        await Expect(Card(page, "hidden-1")).ToBeVisibleAsync();
        await page.Page.EvaluateAsync("hide(true)");
        await Expect(page.Page.Locator(".connection")).ToHaveAttributeAsync("data-phase", "paused");
        await node.RegisterAsync(service, "hidden-2");
        await node.DeregisterAsync(service, "hidden-1");
        await page.Page.EvaluateAsync("hide(false)");
        await Expect(Card(page, "hidden-2")).ToBeVisibleAsync(new() { Timeout = Soon });
        await Expect(Card(page, "hidden-1")).ToHaveAttributeAsync("data-status", "gone", new() { Timeout = Soon });
        page.AssertClean();
    }

    [Fact]
    public async Task A_node_without_a_gateway_is_not_asked_for_one()
    {
        await using var alone = new DashboardNode(new DashboardNode.Settings { Gateway = false });
        await alone.StartAsync();
        await using var page = await chromium.OpenAsync(alone.Url);
        await page.GoToAsync("/topology");
        await Expect(page.Page.Locator(".empty")).ToBeVisibleAsync();
        await page.GoToAsync("/gateway");
        await Expect(page.Page.Locator(".empty")).ToContainTextAsync("This node runs no gateway");
        // The browser says every 404 on its console.
        page.AssertClean();
    }

    [Fact]
    public async Task What_somebody_registers_is_text_and_nothing_else()
    {
        const string service = "hostile";
        const string label = "<img src=x onerror=\"document.title='owned'\">";
        await node.RegisterAsync(service, "hostile-1", version: label);
        await node.SetNotReadyAsync(service, "hostile-1", label);
        await using var page = await chromium.OpenAsync(node.Url);
        await page.GoToAsync($"/services/{service}?instance=hostile-1");
        await Expect(page.Page.Locator(".details")).ToContainTextAsync(label);
        Assert.Equal("hostile · Rollcall", await page.Page.TitleAsync());
        Assert.Equal(0, await page.Page.Locator("main img").CountAsync());
        page.AssertClean();
    }

    private static ILocator Card(DashboardPage page, string id) => page.Page.Locator($".instance-card[data-id='{id}']");

    private static async Task<IReadOnlyList<string>> IdsAsync(ILocator cards) =>
        await cards.EvaluateAllAsync<string[]>("cards => cards.map(card => card.dataset.id)");
}
