using Microsoft.Extensions.Options;
using Rollcall.Http;

namespace Rollcall.DependencyInjection;

/// <summary>Every client begins with what is configured for all.</summary>
internal sealed class ClientOptionsSetup(IOptions<RollcallOptions> all) : IConfigureNamedOptions<RollcallClientOptions>
{
    public void Configure(RollcallClientOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, RollcallClientOptions options) => options.CopyFrom(all.Value);
}
