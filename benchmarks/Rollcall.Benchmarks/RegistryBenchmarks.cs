using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Registry;
using Rollcall.Registry.Catalogs;
using Rollcall.Registry.Checks;
using Rollcall.Registry.Engine;
using Rollcall.Registry.Journaling;

namespace Rollcall.Benchmarks;

/// <summary>The registry in this process, without HTTP and without a disk: what one registration, one renewal and one read of the catalog cost.</summary>
[MemoryDiagnoser]
public class RegistryBenchmarks
{
    private const int Services = 100;
    private const int Instances = 100;

    private readonly InstanceKey _key = new("service-7", "i-7");
    private InstanceRegistration[] _registrations = [];
    private ServiceRegistry _registry = null!;
    private int _next;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var options = new RegistryOptions { Journal = new JournalOptions { Durability = Durability.Memory } };
        var environment = new RegistryEnvironment(TimeProvider.System, new Random(1), NullLoggerFactory.Instance, new NoMeters());
        _registry = await ServiceRegistry.OpenAsync(options, FrozenDictionary<CheckKind, ICheckProbe>.Empty, environment, CancellationToken.None);
        // Two registrations of each instance that differ, so that every write is a change.
        _registrations = [.. Enumerable.Range(0, Services * Instances * 2).Select(static i => Registration(i))];
        foreach (var registration in _registrations)
            await _registry.RegisterAsync(registration, owner: null, CancellationToken.None);
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _registry.DisposeAsync();

    [Target(MaxNanoseconds = 10_000)]
    [Benchmark(Description = "register, one at a time")]
    public async Task<WriteResult> RegisterAsync()
    {
        _next = (_next + 1) % _registrations.Length;
        return await _registry.RegisterAsync(_registrations[_next], owner: null, CancellationToken.None);
    }

    [Target(MaxNanoseconds = 10_000)]
    [Benchmark(Description = "register, 64 at once", OperationsPerInvoke = 64)]
    public async Task RegisterManyAsync()
    {
        var writes = new Task<WriteResult>[64];
        for (var i = 0; i < writes.Length; i++)
        {
            _next = (_next + 1) % _registrations.Length;
            writes[i] = _registry.RegisterAsync(_registrations[_next], owner: null, CancellationToken.None).AsTask();
        }

        await Task.WhenAll(writes);
    }

    [Benchmark(Description = "renew")]
    public RenewResult Renew() => _registry.Renew(_key, owner: null);

    [Target(MaxNanoseconds = 1_000)]
    [Benchmark(Description = "list a service of 100")]
    public ServiceSnapshot List() => _registry.Catalog.GetService("service-7");

    private static InstanceRegistration Registration(int i) => new()
    {
        Service = $"service-{i % Services}",
        Id = $"i-{i / Services % Instances}",
        Address = "10.0.0.5",
        Ports = new SmallMap<int>([new("http", 8080)]),
        Ttl = TimeSpan.FromHours(1),
        Metadata = new SmallMap<string>([new("version", i >= Services * Instances ? "v2" : "v1")]),
    };

    private sealed class NoMeters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
