using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Registry.Checks;
using Rollcall.Registry.Engine;
using Rollcall.TestKit;

namespace Rollcall.Registry.Tests.Engine;

/// <summary>A registry on virtual time, with a journal that can fail and a probe that says what it is told to.</summary>
internal sealed class RegistryFixture : IAsyncDisposable
{
    private RegistryFixture(ServiceRegistry registry, FakeJournal journal, VirtualTime time, FakeProbe probe, TestMeters meters) =>
        (Registry, Journal, Time, Probe, Meters) = (registry, journal, time, probe, meters);

    public ServiceRegistry Registry { get; }

    public FakeJournal Journal { get; }

    public VirtualTime Time { get; }

    public FakeProbe Probe { get; }

    public TestMeters Meters { get; }

    public static async Task<RegistryFixture> OpenAsync(FakeJournal? journal = null, RegistryOptions? options = null)
    {
        journal ??= new FakeJournal();
        var (time, probe, meters) = (new VirtualTime(Sample.Now), new FakeProbe(), new TestMeters());
        var environment = new RegistryEnvironment(time, new Random(1), NullLoggerFactory.Instance, meters);
        var probes = new Dictionary<CheckKind, ICheckProbe> { [CheckKind.Tcp] = probe, [CheckKind.Http] = probe };
        return new(await ServiceRegistry.OpenAsync(options ?? new RegistryOptions(), probes, environment, journal), journal, time, probe, meters);
    }

    /// <summary>Closes it and opens another on what its journal holds.</summary>
    public async Task<RegistryFixture> ReopenAsync()
    {
        await DisposeAsync();
        return await OpenAsync(new FakeJournal(Journal.Reopened()));
    }

    public Task<WriteResult> RegisterAsync(InstanceRegistration? registration = null, string? owner = null) =>
        Eventually.Within(Registry.RegisterAsync(registration ?? Sample.Registration(), owner, TestContext.Current.CancellationToken).AsTask());

    public EndpointState? State(string id = "o-1") => Registry.Catalog.GetInstance(Sample.Key(id: id))?.State;

    /// <summary>Moves the clock until the instance, whose lease was just begun or renewed, is not ready.</summary>
    public async Task LapseAsync()
    {
        Time.Advance(InstanceRegistration.DefaultTtl - TimeSpan.FromMilliseconds(100));
        await AdvanceUntilAsync(() => State() == EndpointState.NotReady, TimeSpan.FromSeconds(1));
    }

    /// <summary>Moves the clock in small steps until the condition holds.</summary>
    public Task AdvanceUntilAsync(Func<bool> condition, TimeSpan limit) => Time.AdvanceUntilAsync(condition, TimeSpan.FromMilliseconds(100), limit);

    public async ValueTask DisposeAsync()
    {
        Journal.LetGo();
        await Registry.DisposeAsync();
        Meters.Dispose();
    }

    internal sealed class FakeProbe : ICheckProbe
    {
        public volatile bool Passes = true;

        public ValueTask<CheckResult> ProbeAsync(CheckDefinition check, CancellationToken cancellationToken) =>
            new(new CheckResult(Passes, Passes ? "connected" : "refused"));
    }
}
