using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.Node.Problems;

namespace Rollcall.Node.Tests.OpenApi;

/// <summary>The routes, the OpenAPI document and docs/http-api.md say the same.</summary>
public sealed partial class ApiDocumentTests
{
    [Fact]
    public async Task The_document_has_the_routes_that_exist_and_those_the_text_describes()
    {
        await using var node = await TestNode.StartAsync();
        var document = (await node.GetAsync("/openapi/v1.json")).Json;
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(static path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"));
        var real = node.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(static route => route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {route.RoutePattern.RawText}"))
            .Where(static route => !route.StartsWith("HEAD ", StringComparison.Ordinal) && route != "GET /openapi/v1.json")
            .Order(StringComparer.Ordinal)
            .ToArray();
        var text = Headings().Matches(Text()).SelectMany(static heading => Routes().Matches(heading.Value)).Select(static route => route.Groups["route"].Value);
        Assert.Equal(real, described.Order(StringComparer.Ordinal));
        Assert.Equal(real, text.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_operation_names_its_parameters_its_answer_and_its_problems()
    {
        await using var node = await TestNode.StartAsync();
        var document = (await node.GetAsync("/openapi/v1.json")).Json;
        var components = document.GetProperty("components").GetProperty("schemas");
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                Assert.False(string.IsNullOrEmpty(operation.Value.GetProperty("summary").GetString()));
                var inPath = Braces().Matches(path.Name).Select(static match => match.Groups["name"].Value);
                var parameters = operation.Value.TryGetProperty("parameters", out var list) ? list.EnumerateArray().ToArray() : [];
                Assert.Equal(inPath, parameters.Where(static p => p.GetProperty("in").GetString() == "path").Select(static p => p.GetProperty("name").GetString()));
                var responses = operation.Value.GetProperty("responses");
                Assert.True(responses.TryGetProperty("200", out _));
                Assert.Equal("#/components/schemas/ProblemDocument", Reference(responses.GetProperty("default"), "application/problem+json"));
            }
        }

        var put = document.GetProperty("paths").GetProperty("/api/services/{service}/instances/{id}").GetProperty("put");
        Assert.Equal("#/components/schemas/RegistrationDocument", Reference(put.GetProperty("requestBody"), "application/json"));
        Assert.Equal("#/components/schemas/WriteDocument", Reference(put.GetProperty("responses").GetProperty("201"), "application/json"));
        Assert.True(components.GetProperty("RegistrationDocument").GetProperty("properties").TryGetProperty("ports", out _));
        Assert.All(
            References().Matches(document.GetRawText()).Select(static match => match.Groups["name"].Value),
            name => Assert.True(components.TryGetProperty(name, out _), name));
    }

    /// <summary>
    /// The document is kept in docs/openapi.json, so that a change of it shows in review and clients are made from it without a node (dashboard/: npm run types).
    /// To accept a change: run this test with ROLLCALL_ACCEPT_OPENAPI=1 and commit the file.
    /// </summary>
    [Fact]
    public async Task The_document_is_the_kept_one()
    {
        await using var node = await TestNode.StartAsync();
        var file = Path.Combine(Repository.Root, "docs", "openapi.json");
        var actual = (await node.GetAsync("/openapi/v1.json")).Body.ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable("ROLLCALL_ACCEPT_OPENAPI") == "1")
            await File.WriteAllTextAsync(file, actual);
        Assert.Equal(await File.ReadAllTextAsync(file), actual, ignoreLineEndingDifferences: true);
    }

    [Fact]
    public async Task A_document_is_described_once_and_as_it_is_on_the_wire()
    {
        await using var node = await TestNode.StartAsync();
        var document = (await node.GetAsync("/openapi/v1.json")).Json;
        var schemas = document.GetProperty("components").GetProperty("schemas");
        var instance = schemas.GetProperty("InstanceDocument");
        // Fields that are null are left out: they are not required, and nothing is ever null.
        Assert.Equal(["address", "id", "ports", "revision", "since", "state", "weight"], Texts(instance.GetProperty("required")));
        Assert.Equal("string", instance.GetProperty("properties").GetProperty("zone").GetProperty("type").GetString());
        Assert.Equal("integer", instance.GetProperty("properties").GetProperty("weight").GetProperty("type").GetString());
        Assert.Equal(["ready", "not-ready", "draining", "unknown"], Texts(instance.GetProperty("properties").GetProperty("state").GetProperty("enum")));
        Assert.Equal("#/components/schemas/OriginDocument", schemas.GetProperty("ServiceSummaryDocument").GetProperty("properties").GetProperty("origin").GetProperty("$ref").GetString());
        var events = document.GetProperty("paths").GetProperty("/api/watch").GetProperty("get").GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("text/event-stream").GetProperty("x-events");
        Assert.Equal("#/components/schemas/ChangeDocument", events.GetProperty("change").GetProperty("$ref").GetString());
    }

    [Fact]
    public void Every_kind_of_problem_is_a_row_of_the_error_table_and_every_row_a_kind()
    {
        var rows = Rows().Matches(Text())
            .SelectMany(static row => Names().Matches(row.Groups["names"].Value).Select(name => (int.Parse(row.Groups["status"].Value, System.Globalization.CultureInfo.InvariantCulture), name.Groups["name"].Value)));
        Assert.Equal(ProblemKind.All.Select(static kind => (kind.Status, kind.Name)).Order(), rows.Order());
    }

    private static IEnumerable<string?> Texts(System.Text.Json.JsonElement list) => list.EnumerateArray().Select(static each => each.GetString());

    private static string? Reference(System.Text.Json.JsonElement holder, string mediaType) =>
        holder.GetProperty("content").GetProperty(mediaType).GetProperty("schema").GetProperty("$ref").GetString();

    private static string Text() => File.ReadAllText(Path.Combine(Repository.Root, "docs", "http-api.md"));

    [GeneratedRegex("^### .*$", RegexOptions.Multiline, 1000)]
    private static partial Regex Headings();

    [GeneratedRegex(@"`(?<route>[A-Z]+ /[^`?]*)[^`]*`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Routes();

    [GeneratedRegex(@"\{(?<name>\w+)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Braces();

    [GeneratedRegex("\"#/components/schemas/(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex References();

    [GeneratedRegex(@"^\| (?<status>\d{3}) \| (?<names>[^|]*) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rows();

    [GeneratedRegex("`(?<name>[a-z-]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Names();
}
