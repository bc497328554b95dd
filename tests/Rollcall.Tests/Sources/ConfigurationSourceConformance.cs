using System.Globalization;
using Rollcall.Sources;
using Rollcall.TestKit.Sources;

namespace Rollcall.Tests.Sources;

public sealed class ConfigurationSourceConformance : DiscoverySourceConformance
{
    protected override ValueTask<SourceWorld> CreateWorldAsync() => new(new ConfigurationWorld());

    private sealed class ConfigurationWorld : SourceWorld
    {
        private readonly SettableConfiguration _configuration = new();
        private (string, string)[] _good = [];

        public ConfigurationWorld() => Source = new ConfigurationSource(_configuration.Root, Time);

        public override IDiscoverySource Source { get; }

        public override ServiceTarget Target { get; } = ServiceTarget.Parse("configuration:///orders");

        public override IReadOnlyList<string> MalformedTargets { get; } =
            ["configuration://here/orders", "configuration:///orders#x", "configuration:///orders?x=y", "configuration://orders"];

        public override string? CannotFlag => "An address in the configuration is ready.";

        public override Task SetAsync(params IReadOnlyList<Endpoint> endpoints)
        {
            _good = [.. endpoints.Select(static (endpoint, i) => (
                string.Create(CultureInfo.InvariantCulture, $"Services:orders:http:{i}"),
                string.Create(CultureInfo.InvariantCulture, $"http://{endpoint.Host}:{endpoint.Ports["http"]}")))];
            return HealAsync();
        }

        public override Task RemoveAsync() => SetAsync();

        public override Task BreakAsync()
        {
            _configuration.Replace("Services:", ("Services:orders:http:0", "http://:no-port"));
            return Task.CompletedTask;
        }

        public override Task HealAsync()
        {
            _configuration.Replace("Services:", _good);
            return Task.CompletedTask;
        }
    }
}
