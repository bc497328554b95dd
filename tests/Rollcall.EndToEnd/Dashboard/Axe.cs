using System.Text.Json;

namespace Rollcall.EndToEnd.Dashboard;

/// <summary>The rules of WCAG, as axe-core checks them in a page.</summary>
internal static class Axe
{
    /// <summary>What a page must have loaded to be checked.</summary>
    public static Task<string> ScriptAsync()
    {
        var path = Path.Combine(Pictures.Root, "dashboard", "node_modules", "axe-core", "axe.min.js");
        Assert.True(File.Exists(path), $"{path} is missing; build src/Rollcall.Node first.");
        return File.ReadAllTextAsync(path);
    }

    /// <summary>What breaks a rule of level A or AA, a line each; empty when nothing does.</summary>
    public static async Task<string> ViolationsAsync(DashboardPage page)
    {
        var found = await page.Page.EvaluateAsync<string>(
            """
            async () => {
              const { violations } = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
              return JSON.stringify(violations.map(each => `${each.id}: ${each.nodes.slice(0, 3).map(node => `${node.target} ${node.failureSummary}`).join(' | ')}`));
            }
            """);
        return string.Join('\n', JsonSerializer.Deserialize<string[]>(found)!);
    }
}
