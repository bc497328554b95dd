using Microsoft.Extensions.Logging;
using Rollcall.Gateway;
using Rollcall.Sources;

namespace Rollcall.Node;

/// <summary>What a node takes from outside: time, randomness, where it logs.</summary>
/// <param name="Time">All timers and clocks.</param>
/// <param name="Random">Makes a source of randomness; called once for each part that needs its own.</param>
/// <param name="Logging">Adds where it logs.</param>
internal sealed record NodeEnvironment(TimeProvider Time, Func<Random> Random, Action<ILoggingBuilder> Logging)
{
    /// <summary>The gateway beside the node; null while there is none.</summary>
    public Func<GatewayHost?> Gateway { get; init; } = static () => null;

    /// <summary>Where imports come from. Default: files and what is written in the target itself.</summary>
    public Func<IDiscoverySource> Source { get; init; } = static () => new SourceRegistry([new StaticSource(), new FileSource()]);

    /// <summary>The system's clock, a random seed, lines on the console.</summary>
    public static NodeEnvironment System { get; } = new(TimeProvider.System, static () => new Random(), static logging =>
        logging.AddSimpleConsole(static console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.UseUtcTimestamp = true;
        }));
}
