using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Rollcall.EndToEnd.Dashboard;

/// <summary>The shares of a route are shifted from its page, at a real gateway.</summary>
[Collection(nameof(DashboardCollection))]
public sealed class GatewayTests(Chromium chromium)
{
    [Fact]
    public async Task Shares_are_shifted_by_keyboard_after_a_look_at_what_that_means_and_taken_back()
    {
        await using var node = new DashboardNode(new DashboardNode.Settings());
        await node.StartAsync();
        await node.RegisterAsync("storefront", "storefront-1");
        await using var page = await chromium.OpenAsync(node.Url);
        await page.GoToAsync("/gateway");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Shift the shares of shop" }).FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        var dialog = page.Page.GetByRole(AriaRole.Dialog, new() { Name = "Shift shop" });
        await Expect(dialog.Locator(".preview")).ToHaveTextAsync("shop: nothing changes");
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Shift", Exact = true })).ToBeDisabledAsync();

        await dialog.GetByLabel("Share of v2, to be drawn").FocusAsync();
        await page.Page.Keyboard.PressAsync("ArrowRight");
        await Expect(dialog.Locator(".preview")).ToHaveTextAsync("shop: v1 90 → 89 %, v2 10 → 11 %");
        await page.Page.Keyboard.PressAsync("Tab");
        await page.Page.Keyboard.PressAsync("ControlOrMeta+A");
        await page.Page.Keyboard.TypeAsync("x");
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Shift", Exact = true })).ToBeDisabledAsync();
        await page.Page.Keyboard.PressAsync("ControlOrMeta+A");
        await page.Page.Keyboard.TypeAsync("37.5");
        await Expect(dialog.Locator(".preview")).ToHaveTextAsync("shop: v1 90 → 62.5 %, v2 10 → 37.5 %");
        await Expect(dialog).ToContainTextAsync("Nobody is ready in storefront-next: requests of v2 will fail.");
        Assert.Equal([90, 10], await node.SharesAsync("shop"));
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(dialog).ToHaveCountAsync(0);
        Assert.Equal([62.5, 37.5], await node.SharesAsync("shop"));
        var route = page.Page.Locator(".route").Filter(new() { HasText = "shop" });
        await Expect(route.Locator(".split-share")).ToContainTextAsync(["62.5 %", "37.5 %"]);
        await Expect(route).ToContainTextAsync("shifted");

        await page.GoToAsync("/gateway?shift=shop");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "As in the file" }).ClickAsync();
        await Expect(dialog.Locator(".preview")).ToHaveTextAsync("shop: v1 62.5 → 90 %, v2 37.5 → 10 %");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Shift", Exact = true }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        Assert.Equal([90, 10], await node.SharesAsync("shop"));
        await Expect(route).Not.ToContainTextAsync("shifted");
        page.AssertClean();
    }

    [Fact]
    public async Task What_the_gateway_refuses_is_said_and_changes_nothing()
    {
        await using var node = new DashboardNode(new DashboardNode.Settings());
        await node.StartAsync();
        await using var page = await chromium.OpenAsync(node.Url);
        await page.Page.RouteAsync("**/shift", static route => route.FulfillAsync(new()
        {
            Status = 400,
            ContentType = "application/problem+json",
            Body = """{"type":"urn:rollcall:problem:invalid-request","detail":"The request is not valid.","errors":{"shares":"There is no version 'v2'."}}""",
        }));
        await page.GoToAsync("/gateway?shift=shop");
        var dialog = page.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Share of v2, in percent").FillAsync("50");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Shift", Exact = true }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("There is no version 'v2'.");
        Assert.Equal([90, 10], await node.SharesAsync("shop"));
    }
}
