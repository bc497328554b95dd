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
        private (string Key, string Value)[] _good = [];

        public ConfigurationWorld() => Source = new ConfigurationSource(_configuration.Root, Time);

        public override IDiscoverySource Source { get; }

        public override ServiceTarget Target { get; } = ServiceTarget.Parse("configuration:///orders");

        public override IReadOnlyList<string> MalformedTargets { get; } = ["configuration://a/b", "configuration:///a?x=y", "configuration:///a#x"];

        public override string? CannotFlag => "Whoever is written into a configuration is ready.";

        public override Task SetAsync(params IReadOnlyList<Endpoint> endpoints)
        {
            _good = [.. endpoints.Select(static (endpoint, i) => (string.Create(CultureInfo.InvariantCulture, $"Services:orders:http:{i}"), $"{endpoint.Host}:{endpoint.Ports["http"]}"))];
            _configuration.Replace("Services:", _good);
            return Task.CompletedTask;
        }

        public override Task RemoveAsync() => SetAsync();

        public override Task BreakAsync()
        {
            _configuration.Replace("Services:", ("Services:orders:http:0", "this is no address"));
            return Task.CompletedTask;
        }

        public override Task HealAsync()
        {
            _configuration.Replace("Services:", _good);
            return Task.CompletedTask;
        }
    }
}
