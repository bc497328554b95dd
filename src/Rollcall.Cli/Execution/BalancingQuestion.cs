using System.CommandLine;
using Rollcall.Balancing;
using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Execution;

/// <summary>What a command that asks who is sent to works with.</summary>
/// <param name="Set">The target's endpoints.</param>
/// <param name="Balancers">The policies.</param>
/// <param name="Options">How endpoints are chosen.</param>
internal sealed record BalancingQuestion(EndpointSet Set, Balancers Balancers, BalancingOptions Options)
{
    /// <summary>Reads the options, and then the target.</summary>
    /// <exception cref="ArgumentException">There is no such policy.</exception>
    public static async Task<BalancingQuestion> ReadAsync(Invocation invocation, Argument<ServiceTarget> target, BalancingInputs balancing, CancellationToken cancellationToken)
    {
        var balancers = new Balancers(new Random(invocation.Environment.Seed));
        var options = balancing.Read(invocation.Parse, balancers);
        await using var resolver = invocation.OpenResolver();
        return new(await resolver.ResolveAsync(invocation.Parse.GetRequiredValue(target), cancellationToken), balancers, options);
    }
}
