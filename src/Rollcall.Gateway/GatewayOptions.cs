using Microsoft.Extensions.DependencyInjection;

namespace Rollcall.Gateway;

/// <summary>How a gateway runs.</summary>
public sealed record GatewayOptions
{
    /// <summary>
    /// Where it listens: <c>http://ADDRESS:PORT</c> for HTTP/1.1, <c>h2c://…</c> for HTTP/2 in the clear, <c>https://…</c> for HTTP/1.1, HTTP/2 and, where the platform
    /// has it, HTTP/3. Port 0 takes a free one. Default: loopback, port 7680.
    /// </summary>
    public IReadOnlyList<string> Urls { get; init; } = ["http://127.0.0.1:7680"];

    /// <summary>The file with the routes, YAML or JSON; followed.</summary>
    public required string RoutesFile { get; init; }

    /// <summary>
    /// Adds to what the gateway finds services with, which is what <see cref="RollcallServiceCollectionExtensions.AddRollcall"/> adds: other sources, policies, options.
    /// Default: nothing.
    /// </summary>
    public Action<IServiceCollection> ConfigureServices { get; init; } = static _ => { };

    /// <summary>How long requests under way may take when the gateway stops. Default: 10 s.</summary>
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(10);
}
