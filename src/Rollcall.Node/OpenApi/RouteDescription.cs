namespace Rollcall.Node.OpenApi;

/// <summary>What the OpenAPI document says of a route.</summary>
/// <param name="Summary">What it does.</param>
internal sealed record RouteDescription(string Summary)
{
    /// <summary>Its query parameters and headers.</summary>
    public IReadOnlyList<ParameterDescription> Parameters { get; init; } = [];

    /// <summary>The document it takes; null when it takes no body.</summary>
    public Type? Body { get; init; }

    /// <summary>The document it answers with; null when that is text.</summary>
    public Type? Answer { get; init; }

    /// <summary>The media type of its answer.</summary>
    public string MediaType { get; init; } = "application/json";

    /// <summary>The documents of an event stream, by the name of their event.</summary>
    public IReadOnlyDictionary<string, Type> Events { get; init; } = new Dictionary<string, Type>(StringComparer.Ordinal);

    /// <summary>The statuses of success.</summary>
    public IReadOnlyList<int> Successes { get; init; } = [200];

    /// <summary>The statuses of problems, beyond those of every route.</summary>
    public IReadOnlyList<int> Problems { get; init; } = [];

    /// <summary>True when its answer lasts as long as the client listens.</summary>
    public bool IsEndless { get; init; }
}

/// <summary>A query parameter or a header.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="IsHeader">True for a header.</param>
/// <param name="Repeats">True when it may come more than once.</param>
internal sealed record ParameterDescription(string Name, string Meaning, bool IsHeader = false, bool Repeats = false);
