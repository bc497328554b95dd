using System.Text.Json;

namespace Rollcall.TestKit.Agents;

/// <summary>A member as a list of members tells it.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Address">Address and port.</param>
/// <param name="Status">alive, leaving, left or failed.</param>
/// <param name="Tags">As <c>name=value,name=value</c>, in order.</param>
public sealed record ListedMember(string Name, string Address, string Status, string Tags)
{
    /// <summary>An object of tags as <see cref="Tags"/> has them.</summary>
    public static string Join(JsonElement tags) =>
        string.Join(',', tags.EnumerateObject().Select(static tag => $"{tag.Name}={tag.Value.GetString()}").Order(StringComparer.Ordinal));
}
