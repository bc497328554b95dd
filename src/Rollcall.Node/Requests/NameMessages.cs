using Rollcall.Node.Problems;
using Rollcall.Registry;

namespace Rollcall.Node.Requests;

/// <summary>The rules of names in words.</summary>
internal static class NameMessages
{
    /// <summary>What a service, port or zone may be called.</summary>
    public const string Label = "must be 1 to 63 of a-z 0-9 - with a letter or digit at both ends";

    /// <summary>What an instance may be called.</summary>
    public const string Id = "must be 1 to 128 characters: labels of a-z 0-9 - joined by dots, each 1 to 63 with a letter or digit at both ends";

    /// <summary>Why the names in a path are refused; null when they are fine.</summary>
    public static Problem? Check(string service, string? id = null)
    {
        var serviceError = NameRules.IsLabel(service) ? (FieldError?)null : new FieldError("service", $"{Label}, got {Echo.Quote(service)}");
        var idError = id is null || NameRules.IsId(id) ? (FieldError?)null : new FieldError("id", $"{Id}, got {Echo.Quote(id)}");
        return (serviceError, idError) switch
        {
            (null, null) => null,
            ({ } first, null) => Problem.Invalid([first]),
            (null, { } second) => Problem.Invalid([second]),
            ({ } first, { } second) => Problem.Invalid([first, second]),
        };
    }
}
