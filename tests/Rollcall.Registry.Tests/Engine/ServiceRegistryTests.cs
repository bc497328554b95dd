using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Registry.Checks;
using Rollcall.Registry.Engine;
using Rollcall.Registry.Journaling;
using Rollcall.TestKit;

namespace Rollcall.Registry.Tests.Engine;

public sealed class ServiceRegistryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_instance_lives_while_it_is_renewed_then_expires_and_then_is_removed()
    {
        await using var fixture = await RegistryFixture.OpenAsync();
        await fixture.RegisterAsync();
        for (var i = 0; i < 10; i++)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(6));
            Assert.Equal(RenewResult.Renewed, fixture.Registry.Renew(Sample.Key(), owner: null));
        }

        Assert.Equal(EndpointState.Ready, fixture.State());
        await fixture.LapseAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(58));
        Assert.Equal(EndpointState.NotReady, fixture.State());
        await fixture.AdvanceUntilAsync(() => fixture.State() is null, TimeSpan.FromSeconds(3));
        Assert.Equal([ChangeKind.Registered, ChangeKind.Expired, ChangeKind.Removed], fixture.Journal.Changes.Select(static c => c.Kind));
        Assert.Equal(RenewResult.Unknown, fixture.Registry.Renew(Sample.Key(), owner: null));
    }

    [Fact]
    public async Task A_renewal_after_the_lapse_revives()
    {
        await using var fixture = await RegistryFixture.OpenAsync();
        await fixture.RegisterAsync();
        await fixture.LapseAsync();
        Assert.Equal(RenewResult.Renewed, fixture.Registry.Renew(Sample.Key(), owner: null));
        await fixture.AdvanceUntilAsync(() => fixture.State() == EndpointState.Ready, TimeSpan.FromSeconds(2));
        Assert.Equal(ChangeKind.Revived, fixture.Journal.Changes.Last().Kind);
    }

    [Theory]
    [InlineData("registering again")]
    [InlineData("a status")]
    public async Task It_renews_too(string what)
    {
        await using var fixture = await RegistryFixture.OpenAsync();
        await fixture.RegisterAsync();
        for (var i = 0; i < 5; i++)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(8));
            var result = what == "a status"
                ? await fixture.Registry.SetStatusAsync(Sample.Key(), true, null, null, Token)
                : await fixture.RegisterAsync();
            Assert.Equal(WriteOutcome.Unchanged, result.Outcome);
        }

        Assert.Single(fixture.Journal.Changes);
    }

    [Fact]
    public async Task A_status_of_an_expired_instance_revives_it_at_once()
    {
        await using var fixture = await RegistryFixture.OpenAsync();
        await fixture.RegisterAsync();
        await fixture.LapseAsync();
        Assert.Equal(WriteOutcome.Changed, (await fixture.Registry.SetStatusAsync(Sample.Key(), true, null, null, Token)).Outcome);
        Assert.Equal(EndpointState.Ready, fixture.State());
        fixture.Time.Advance(TimeSpan.FromSeconds(9));
        await fixture.RegisterAsync(Sample.Registration(id: "another"));
        Assert.Equal(EndpointState.Ready, fixture.State());
    }

    [Fact]
    public async Task An_expiry_the_journal_could_not_take_is_written_once_it_can()
    {
        await using var fixture = await RegistryFixture.OpenAsync();
        await fixture.RegisterAsync();
        fixture.Journal.Failure = new JournalUnavailableException("The disk is full.", isFull: true, new IOException());
        fixture.Time.Advance(TimeSpan.FromSeconds(9.9));
        await fixture.AdvanceUntilAsync(() => fixture.Meters.Sum("rollcall.registry.write.failed_batches") > 0, TimeSpan.FromSeconds(2));
        Assert.Equal(EndpointState.Ready, fixture.State());
        fixture.Journal.Failure = null;
        await fixture.AdvanceUntilAsync(() => fixture.State() == EndpointState.NotReady, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Only_the_owner_renews()
    {
        await using var fixture = await RegistryFixture.OpenAsync();
        await fixture.RegisterAsync(owner: "secret");
        var (owner, stranger) = (OwnerSecret.From("secret"), OwnerSecret.From("guess"));
        Assert.Equal(RenewResult.Renewed, fixture.Registry.Renew(Sample.Key(), owner));
        Assert.Equal(RenewResult.Forbidden, fixture.Registry.Renew(Sample.Key(), stranger));
        Assert.Equal(RenewResult.Forbidden, fixture.Registry.Renew(Sample.Key(), owner: null));
        Assert.Equal(RenewResult.Unknown, fixture.Registry.Renew(Sample.Key(id: "nobody"), owner));
        // A status that is refused is no sign of life either.
        fixture.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(WriteOutcome.Forbidden, (await fixture.Registry.SetStatusAsync(Sample.Key(), true, null, "guess", Token)).Outcome);
        await fixture.AdvanceUntilAsync(() => fixture.State() == EndpointState.NotReady, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Renewing_allocates_nothing()
    {
        await using var fixture = await RegistryFixture.OpenAsync();
        await fixture.RegisterAsync(owner: "secret");
        var owner = OwnerSecret.From("secret");
        Assert.Equal(0, TestKit.Allocation.Of(() =>
        {
            for (var i = 0; i < 1000; i++)
                fixture.Registry.Renew(Sample.Key(), owner);
        }));
    }

    [Fact]
    public async Task Checks_decide_whether_it_is_ready()
    {
        await using var fixture = await RegistryFixture.OpenAsync();
        await fixture.RegisterAsync(Sample.Registration() with { Checks = Sample.Checks, Ttl = TimeSpan.FromHours(1) });
        Assert.Equal(EndpointState.NotReady, fixture.State());
        await fixture.AdvanceUntilAsync(() => fixture.State() == EndpointState.Ready, TimeSpan.FromSeconds(11));
        fixture.Probe.Passes = false;
        await fixture.AdvanceUntilAsync(() => fixture.State() == EndpointState.NotReady, TimeSpan.FromSeconds(21));
        Assert.Contains("refused", fixture.Registry.Catalog.GetInstance(Sample.Key())!.Reason, StringComparison.Ordinal);
        // Without checks nothing stands against it any more.
        await fixture.RegisterAsync(Sample.Registration() with { Ttl = TimeSpan.FromHours(1) });
        Assert.Equal(EndpointState.Ready, fixture.State());
    }

    [Fact]
    public async Task After_a_restart_all_is_there_revisions_go_on_and_leases_begin_anew()
    {
        var first = await RegistryFixture.OpenAsync();
        await first.RegisterAsync(owner: "secret");
        await first.RegisterAsync(Sample.Registration(id: "gone"));
        await first.Registry.DeregisterAsync(Sample.Key(id: "gone"), null, Token);
        await first.Registry.SetStatusAsync(Sample.Key(), false, "warming up", "secret", Token);
        first.Time.Advance(TimeSpan.FromSeconds(9));
        await using var second = await first.ReopenAsync();
        var instance = Assert.Single(second.Registry.Catalog.GetService("orders").Instances);
        Assert.Equal((EndpointState.NotReady, "warming up", 4), (instance.State, instance.Reason, instance.Revision));
        Assert.Equal(4, second.Registry.Catalog.Revision);
        second.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(RenewResult.Renewed, second.Registry.Renew(Sample.Key(), "secret"));
        Assert.Equal(5, (await second.RegisterAsync(Sample.Registration(id: "new"))).Revision);
        Assert.Equal(WriteOutcome.Forbidden, (await second.Registry.DeregisterAsync(Sample.Key(), null, Token)).Outcome);
    }

    [Fact]
    public async Task An_emptied_service_keeps_its_revision_over_a_restart_until_it_is_older_than_history()
    {
        var first = await RegistryFixture.OpenAsync();
        await first.RegisterAsync();
        await first.Registry.DeregisterAsync(Sample.Key(), null, Token);
        await first.RegisterAsync(Sample.Registration("billing") with { Ttl = TimeSpan.FromHours(24) });

        await using var second = await first.ReopenAsync();

        var orders = second.Registry.Catalog.GetService("orders");
        Assert.Equal((true, 2L), (orders.IsKnown, orders.Revision));
        Assert.Equal(0, second.Registry.Catalog.GetService("never").Revision);
        second.Time.Advance(TimeSpan.FromHours(23));
        Assert.True(second.Registry.Catalog.GetService("orders").IsKnown);
        second.Time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromMinutes(2));
        Assert.False(second.Registry.Catalog.GetService("orders").IsKnown);
        Assert.Equal(2, second.Registry.Catalog.GetService("orders").Revision);
    }

    [Fact]
    public async Task What_was_expired_before_a_restart_still_is_and_is_removed_later()
    {
        var first = await RegistryFixture.OpenAsync();
        await first.RegisterAsync();
        await first.LapseAsync();
        await using var second = await first.ReopenAsync();
        Assert.Equal(EndpointState.NotReady, second.State());
        second.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(EndpointState.NotReady, second.State());
        await second.AdvanceUntilAsync(() => second.State() is null, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task The_past_is_read_in_order_of_id()
    {
        await using var fixture = await RegistryFixture.OpenAsync();
        await fixture.RegisterAsync(Sample.Registration(id: "b"));
        await fixture.RegisterAsync(Sample.Registration(id: "a"));
        var then = fixture.Time.GetUtcNow();
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await fixture.Registry.DeregisterAsync(Sample.Key(id: "a"), null, Token);
        var past = await fixture.Registry.ReadServiceAtAsync("orders", then, Token);
        Assert.Equal(["a", "b"], past!.Instances.Select(static i => i.Registration.Id));
        Assert.Equal(2, past.Revision);
        Assert.Null(await fixture.Registry.ReadServiceAtAsync("orders", then.AddDays(-1), Token));
        var history = fixture.Registry.ReadHistoryAsync(then.AddMilliseconds(1), Token);
        await foreach (var change in history)
            Assert.Equal(ChangeKind.Deregistered, change.Kind);
    }

    [Fact]
    public async Task What_it_holds_is_measured()
    {
        await using var fixture = await RegistryFixture.OpenAsync();
        await fixture.RegisterAsync();
        await fixture.RegisterAsync(Sample.Registration(id: "o-2"));
        await fixture.RegisterAsync(Sample.Registration("billing", "b-1"));
        await fixture.Registry.DrainAsync(Sample.Key(), null, "a test", TimeSpan.Zero, Token);
        await fixture.Registry.SetStatusAsync(Sample.Key("billing", "b-1"), false, null, null, Token);
        using var watcher = fixture.Registry.Watchers.Enter("orders", "w", Rollcall.Registry.Watchers.WatcherKind.Poll, 1, null);
        Assert.Equal(2, fixture.Meters.Last("rollcall.registry.services"));
        Assert.Equal(1, fixture.Meters.Last("rollcall.registry.instances", "state=ready"));
        Assert.Equal(1, fixture.Meters.Last("rollcall.registry.instances", "state=draining"));
        Assert.Equal(1, fixture.Meters.Last("rollcall.registry.instances", "state=not-ready"));
        Assert.Equal(1, fixture.Meters.Last("rollcall.registry.watchers"));
        Assert.Equal(0, fixture.Meters.Last("rollcall.registry.watchers.untracked"));
        Assert.Equal(1, fixture.Meters.Sum("rollcall.registry.changes", "kind=draining"));
    }

    [Fact]
    public async Task Options_out_of_range_are_refused_all_at_once()
    {
        var options = new RegistryOptions
        {
            RemoveExpiredAfter = TimeSpan.Zero,
            GuardShare = 0,
            DrainMinReady = -1,
            GuardMinLeases = 0,
            GuardWindow = TimeSpan.Zero,
            MaxServices = 0,
            MaxInstancesPerService = 0,
            WriteQueue = 0,
            MaxConcurrentChecks = 0,
        };
        using var meters = new TestMeters();
        var environment = new RegistryEnvironment(new VirtualTime(), new Random(1), NullLoggerFactory.Instance, meters);
        var error = await Assert.ThrowsAsync<ArgumentException>(
            () => ServiceRegistry.OpenAsync(options, new Dictionary<CheckKind, ICheckProbe>(), environment, Token));
        foreach (var option in typeof(RegistryOptions).GetProperties().Where(static p => p.Name != nameof(RegistryOptions.Journal)))
            Assert.Contains(option.Name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_works_on_a_real_journal_too()
    {
        using var meters = new TestMeters();
        var environment = new RegistryEnvironment(TimeProvider.System, new Random(1), NullLoggerFactory.Instance, meters);
        var options = new RegistryOptions { Journal = new JournalOptions { Durability = Durability.Memory } };
        await using var registry = await ServiceRegistry.OpenAsync(options, new Dictionary<CheckKind, ICheckProbe>(), environment, Token);
        Assert.Equal(1, (await registry.RegisterAsync(Sample.Registration(), null, Token)).Revision);
        Assert.Equal(Durability.Memory, registry.Journal.Durability);
        Assert.NotEmpty(registry.Epoch);
        Assert.Null(registry.RecoveryReport);
        Assert.False(registry.Guard.Active);
    }
}
