using Microsoft.Extensions.Options;
using Rollcall.Balancing;
using Rollcall.Http;
using Rollcall.Sources;

namespace Rollcall.Gateway.Configuration;

/// <summary>What a routes file may name: the sources and policies that there are.</summary>
internal sealed class ConfigVocabulary(SourceRegistry sources, Balancers balancers, IOptionsFactory<RollcallClientOptions> clients)
{
    /// <summary>True for a policy that sends requests of the same key anywhere. What an application's own do is theirs to know.</summary>
    public static bool HeedsNoKey(string balancer) =>
        balancer is Balancers.RoundRobin or Balancers.Random or Balancers.LeastRequests or Balancers.PeakEwma or Balancers.PickFirst;

    /// <summary>The options of a client of which a file says nothing.</summary>
    public RollcallClientOptions NewClient() => clients.Create(Options.DefaultName);

    /// <summary>What is wrong with a client's options, each with the option's name first.</summary>
    public IEnumerable<string> ErrorsOf(RollcallClientOptions client) => RollcallClientOptionsValidator.Errors(client, balancers, "");

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
