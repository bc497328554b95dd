using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rollcall;
using Rollcall.Sources;
using Rollcall.Watching;

// Finds endpoints from every source there is: AllSources TARGET… prints what each target has now; without targets, the schemes.
// Credentials, trust and limits come from the configuration (appsettings.json, variables such as Rollcall__Etcd__Username); see docs/sources.md.

var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddRollcall().AddRollcallKubernetes().AddRollcallConsul().AddRollcallEtcd();
using var host = builder.Build();

if (args.Length == 0)
{
    Console.WriteLine($"AllSources TARGET… with one of the schemes {string.Join(", ", host.Services.GetRequiredService<SourceRegistry>().Schemes)}");
    return 2;
}

await using var resolver = host.Services.GetRequiredService<ServiceResolver>();
var failed = 0;
foreach (var text in args)
{
    try
    {
        using var watch = resolver.Watch(ServiceTarget.Parse(text));
        var set = await watch.GetAsync(CancellationToken.None);
        Console.WriteLine($"{set.Target}: {set.Endpoints.Length} endpoints, {set.Freshness}");
        foreach (var endpoint in set.Endpoints)
            Console.WriteLine($"  {endpoint.Id} {endpoint.Host} {string.Join(' ', endpoint.Ports.Select(static port => $"{port.Key}={port.Value}"))} {endpoint.State}");
    }
    catch (Exception error) when (error is ArgumentException or DiscoveryException)
    {
        Console.Error.WriteLine(error.Message);
        failed = 1;
    }
}

return failed;
