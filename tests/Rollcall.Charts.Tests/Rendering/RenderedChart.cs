using System.Text.Json.Nodes;

namespace Rollcall.Charts.Tests.Rendering;

/// <summary>The objects that a chart makes of some values.</summary>
internal sealed class RenderedChart
{
    private RenderedChart(IReadOnlyList<JsonObject> objects) => Objects = objects;

    public IReadOnlyList<JsonObject> Objects { get; }

    /// <summary>Renders the chart of the loco sample as the release <c>loco</c> in the namespace <c>loco</c>; fails when that fails.</summary>
    public static async Task<RenderedChart> LocoAsync(params IEnumerable<string> arguments)
    {
        var (code, text, error) = await RenderProgram.RunAsync(["--strict", "--namespace", "loco", .. arguments, Repository.LocoChart]);
        Assert.True(code == 0, error);
        return Parse(text);
    }

    /// <summary>What is said when the chart refuses its values.</summary>
    public static async Task<string> LocoRefusesAsync(params IEnumerable<string> arguments)
    {
        var (code, text, error) = await RenderProgram.RunAsync(["--strict", "--namespace", "loco", .. arguments, Repository.LocoChart]);
        Assert.True(code == 1, text);
        return error;
    }

    public static RenderedChart Parse(string text) => new([.. JsonNode.Parse(text)!.AsArray().Select(static item => item!["object"]!.AsObject())]);

    public IEnumerable<JsonObject> Of(string kind) => Objects.Where(item => item.Text("kind") == kind);

    public JsonObject Find(string kind, string name) => Objects.Single(item => item.Text("kind") == kind && item.Text("metadata.name") == name);

    public bool Has(string kind, string name) => Objects.Any(item => item.Text("kind") == kind && item.Text("metadata.name") == name);

    /// <summary>All of it as text, for comparisons.</summary>
    public string AsText() => string.Join('\n', Objects.Select(static item => item.ToJsonString()));
}
