namespace Rollcall.Cli.Output;

/// <summary>How picks were shared out.</summary>
internal sealed record PickDocument
{
    public required string Target { get; init; }

    public required string Policy { get; init; }

    public required int Picks { get; init; }

    public required IReadOnlyList<PickedEndpointDocument> Endpoints { get; init; }
}

/// <summary>What one endpoint got.</summary>
/// <param name="Id">The endpoint.</param>
/// <param name="Picks">How often it was picked.</param>
/// <param name="Share">The same as a part of all, 0 to 1.</param>
/// <param name="Excluded">Why it was no candidate; absent when it was one.</param>
internal sealed record PickedEndpointDocument(string Id, int Picks, double Share, string? Excluded);
