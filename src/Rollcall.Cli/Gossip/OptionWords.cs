using Rollcall.Gossip;

namespace Rollcall.Cli.Gossip;

/// <summary>What the library has against options, in the words of the command line.</summary>
internal static class OptionWords
{
    /// <summary>Why tags are refused. What is around them is the coding's: whoever counts only their letters finds room that there is not.</summary>
    public const string TagsTooLong = "the tags take more than 512 bytes, with up to 6 around each and 4 around all";

    private static readonly (string Property, string Option)[] Words =
    [
        (nameof(GossipOptions.Name), "--name"),
        (nameof(GossipOptions.Bind), "--bind"),
        (nameof(GossipOptions.Advertise), "--advertise"),
        (nameof(GossipOptions.Label), "--label"),
        (nameof(GossipOptions.Keyring), "--keyring"),
    ];

    /// <param name="violation">As the validator of options says it: the property first.</param>
    public static string Of(string violation)
    {
        if (violation.StartsWith($"{nameof(GossipOptions.Tags)} ", StringComparison.Ordinal))
            return $"--tag: {TagsTooLong}.";
        foreach (var (property, option) in Words)
        {
            if (violation.StartsWith($"{property} ", StringComparison.Ordinal))
                return string.Concat(option, violation.AsSpan(property.Length));
        }

        return violation;
    }
}
