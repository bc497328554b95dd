using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Rollcall.Http;
using Rollcall.Sources;

namespace Rollcall.DependencyInjection;

/// <summary>Keeps a router's names as the configuration has them. A reload that makes no sense is logged, and what was known stays.</summary>
internal sealed partial class ServiceNamesFollower : IDisposable
{
    private readonly IOptionsFactory<RollcallOptions> _options;
    private readonly IConfiguration? _configuration;
    private readonly ILogger<ServiceNamesFollower> _logger;
    private readonly IDisposable? _registration;

    public ServiceNamesFollower(ServiceRouter router, IOptionsFactory<RollcallOptions> options, IConfiguration? configuration, ILogger<ServiceNamesFollower> logger)
    {
        _options = options;
        _configuration = configuration;
        _logger = logger;
        if (configuration is not null)
            _registration = ChangeToken.OnChange(configuration.GetReloadToken, Follow, router);
        router.Update(Read(options, configuration));
    }

    public void Dispose() => _registration?.Dispose();

    // Later entries replace earlier ones: what was configured for Rollcall comes before what Aspire wrote.
    private static ServiceNames Read(IOptionsFactory<RollcallOptions> factory, IConfiguration? configuration)
    {
        var options = factory.Create(Options.DefaultName);
        var targets = new Dictionary<string, ServiceTarget>(StringComparer.OrdinalIgnoreCase);
        foreach (var service in configuration is null ? [] : ConfigurationSource.ServicesIn(configuration))
            targets[service] = ServiceTarget.Parse($"{ConfigurationSource.Scheme}:///{service}");
        foreach (var (service, target) in options.Services)
            targets[service] = ServiceTarget.Parse(target);
        return new ServiceNames(targets, options.DefaultScheme);
    }

    private void Follow(ServiceRouter router)
    {
        try
        {
            router.Update(Read(_options, _configuration));
        }
        catch (OptionsValidationException error)
        {
            // Thrown on, it would end the process: reloads come from timers.
            Log.ReloadRefused(_logger, error.Message);
        }
    }
}
