using Rollcall.Balancing;
using Rollcall.Sources;

namespace Rollcall.Gateway.Configuration;

/// <summary>What a routes file may name: the sources and policies that there are.</summary>
internal sealed class ConfigVocabulary(SourceRegistry sources, Balancers balancers)
{
    public IEnumerable<string> Balancers => balancers.Names;

    public bool IsBalancer(string name) => balancers.Contains(name);

    /// <summary>Why the text is no target; null, and the target, when it is one.</summary>
    public string? ProblemOf(string text, out ServiceTarget? target)
    {
        if (!ServiceTarget.TryParse(text, out target, out var error))
            return error;
        try
        {
            sources.Validate(target);
            return null;
        }
        catch (ArgumentException malformed)
        {
            return malformed.ParamName is { } name ? malformed.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : malformed.Message;
        }
    }
}
