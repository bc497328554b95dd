using Microsoft.Playwright;
using Rollcall.TestKit;
using static Microsoft.Playwright.Assertions;

namespace Rollcall.EndToEnd.Dashboard;

/// <summary>Pictures of emulators on their cards: real emulators, a real viewer, and noVNC in a real browser.</summary>
[Collection(nameof(DashboardCollection))]
public sealed class PictureTests(Chromium chromium, DashboardNode plain)
{
    [Fact]
    public async Task An_emulators_picture_is_on_its_card_live_and_ends_with_it()
    {
        await using var room = await EmulatorRoom.OpenAsync(30, 30);
        await using var page = await chromium.OpenAsync(room.Node.Url);
        var (sockets, scripts) = (new List<string>(), new List<string>());
        page.Page.WebSocket += (_, socket) => sockets.Add(socket.Url);
        page.Page.Request += (_, request) => scripts.Add(request.Url);
        await page.GoToAsync($"/services/{EmulatorRoom.Service}");
        var card = page.Page.Locator($".instance-card[data-id='{EmulatorRoom.IdOf(0)}']");
        await Expect(card).ToContainTextAsync("Windows 98 - Game Server");
        // Nothing of it is loaded and nobody is connected to before somebody asks.
        Assert.Empty(sockets);
        Assert.DoesNotContain(scripts, static url => url.Contains("PictureFrame", StringComparison.Ordinal));

        var button = page.Page.GetByRole(AriaRole.Button, new() { Name = $"Picture of {EmulatorRoom.IdOf(0)}" });
        await button.FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(card.Locator(".picture")).ToHaveAttributeAsync("data-phase", "shown");
        await Expect(card.GetByRole(AriaRole.Img, new() { Name = "Live picture of Windows 98 - Game Server" })).ToBeVisibleAsync();
        Assert.EndsWith($"/vnc/{EmulatorRoom.IdOf(0)}", Assert.Single(sockets), StringComparison.Ordinal);
        var first = await SeenAsync(page, card);
        await Eventually.True(async () => await SeenAsync(page, card) != first);
        Assert.Contains($"pictures={EmulatorRoom.IdOf(0)}", page.Page.Url, StringComparison.Ordinal);
        page.AssertClean();

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Pictures", Exact = true }).ClickAsync();
        await Expect(page.Page.Locator(".picture[data-phase='shown']")).ToHaveCountAsync(2);
        page.AssertClean();
        await room.KillAsync(1);
        await Expect(page.Page.Locator($".instance-card[data-id='{EmulatorRoom.IdOf(1)}'] .picture")).ToHaveAttributeAsync("data-phase", "lost");
        await Expect(card.Locator(".picture")).ToHaveAttributeAsync("data-phase", "shown");
    }

    [Fact]
    public async Task A_page_that_may_not_connect_elsewhere_does_not_and_offers_nothing()
    {
        await plain.RegisterAsync("unseen", "unseen-1");
        await using var page = await chromium.OpenAsync(plain.Url);
        await page.GoToAsync("/services/unseen");
        await Expect(page.Page.Locator(".instance-card")).ToHaveCountAsync(1);
        await Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Picture" })).ToHaveCountAsync(0);
        var refused = await page.Page.EvaluateAsync<bool>(
            "() => new Promise(done => { addEventListener('securitypolicyviolation', event => done(event.effectiveDirective === 'connect-src')); try { new WebSocket('ws://127.0.0.1:1/vnc/x') } catch { done(true) } })");
        Assert.True(refused);
    }

    [Fact]
    public async Task Cards_with_pictures_break_no_rule_and_fit_a_narrow_page()
    {
        await using var room = await EmulatorRoom.OpenAsync(30, 30, 11);
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await using var page = await chromium.OpenAsync(room.Node.Url, width: 1360, height: 820, scheme: scheme, before: await Axe.ScriptAsync());
            await ShowAllAsync(page);
            Assert.Equal((scheme, ""), (scheme, await Axe.ViolationsAsync(page)));
            await Pictures.SaveAsync(page, scheme == ColorScheme.Dark ? "emulators-dark" : "emulators");
            page.AssertClean();
        }

        await using var narrow = await chromium.OpenAsync(room.Node.Url, width: 360, height: 740);
        await ShowAllAsync(narrow);
        Assert.True(await narrow.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 360);
        await Pictures.SaveAsync(narrow, "emulators-360");
    }

    private static async Task ShowAllAsync(DashboardPage page)
    {
        await page.GoToAsync($"/services/{EmulatorRoom.Service}?pictures=all");
        await Expect(page.Page.Locator(".picture")).ToHaveCountAsync(3);
        await Expect(page.Page.Locator(".picture[data-phase='shown']")).ToHaveCountAsync(3);
        await Expect(page.Page.Locator($".instance-card[data-id='{EmulatorRoom.IdOf(2)}']")).ToContainTextAsync(" of 30");
        var card = page.Page.Locator($".instance-card[data-id='{EmulatorRoom.IdOf(2)}']");
        await SeenAsync(page, card);
        // The card is as high as what is on it.
        Assert.True(await card.EvaluateAsync<bool>("card => card.scrollHeight <= card.clientHeight && card.querySelector('canvas').getBoundingClientRect().bottom < card.getBoundingClientRect().bottom"));
    }

    // The bytes of what is drawn, in short; fails when it is all of one colour.
    private static async Task<string> SeenAsync(DashboardPage page, ILocator card)
    {
        var seen = "";
        await Eventually.True(async () => (seen = await card.Locator("canvas").EvaluateAsync<string>(
            """
            canvas => {
              const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });
              const context = copy.getContext('2d', { willReadFrequently: true });
              context.drawImage(canvas, 0, 0);
              const { data } = context.getImageData(0, 0, copy.width, copy.height);
              const colours = new Set();
              let sum = 0;
              for (let i = 0; i < data.length; i += 4) {
                const colour = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
                colours.add(colour);
                sum = (sum * 31 + colour) | 0;
              }
              return colours.size > 4 ? `${canvas.width}x${canvas.height} ${sum}` : '';
            }
            """)).Length > 0);
        Assert.StartsWith("320x240 ", seen, StringComparison.Ordinal);
        return seen;
    }
}
