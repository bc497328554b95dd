using System.Text.Json.Nodes;

namespace Rollcall.TestKube.Tables;

/// <summary>A column of what <c>kubectl get</c> prints.</summary>
/// <param name="Name">Its heading, which kubectl puts in capitals.</param>
/// <param name="IsWide">Only with <c>-o wide</c>.</param>
/// <param name="Cell">What it says of an object at a time.</param>
internal sealed record Column(string Name, bool IsWide, Func<JsonObject, DateTimeOffset, JsonNode> Cell)
{
    public JsonObject Definition => new()
    {
        ["name"] = Name,
        ["type"] = Name is "Restarts" or "Data" ? "integer" : "string",
        ["format"] = Name == "Name" ? "name" : "",
        ["description"] = "",
        ["priority"] = IsWide ? 1 : 0,
    };
}
