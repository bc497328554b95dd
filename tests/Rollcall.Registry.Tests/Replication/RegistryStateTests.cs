using Rollcall.Registry.Checks;
using Rollcall.Registry.Replication;

namespace Rollcall.Registry.Tests.Replication;

public sealed class RegistryStateTests
{
    private static readonly OwnerSecret Alice = OwnerSecret.From("alice");
    private static readonly OwnerSecret Bob = OwnerSecret.From("bob");

    private readonly RegistryState _state = new(100, 100);
    private DateTimeOffset _now = Sample.Now;
    private long _revision;

    private Instance Current => _state.Find(Sample.Key())!;

    [Fact]
    public void A_new_instance_is_ready_since_now()
    {
        var applied = Apply(new Register(Sample.Registration(), default));
        Assert.Equal(new WriteResult(WriteOutcome.Created, 1), applied.Result);
        Assert.Equal((EndpointState.Ready, null, _now, 1), (Current.State, Current.Reason, Current.Since, Current.Revision));
        Assert.Equal(new Change(1, _now, ChangeKind.Registered, Sample.Key(), Current, null), applied.Change);
    }

    [Fact]
    public void What_is_imported_is_as_its_source_says_and_nobody_elses_to_change()
    {
        var since = _now - TimeSpan.FromHours(1);
        Assert.Equal(new WriteResult(WriteOutcome.Created, 1), Apply(new Import(Imported(EndpointState.Ready, since))).Result);
        Assert.Equal((EndpointState.Ready, since, "k8s:///orders"), (Current.State, Current.Since, Current.Origin));
        Assert.Equal(WriteOutcome.Unchanged, Apply(new Import(Imported(EndpointState.Ready, since))).Result.Outcome);

        Assert.Equal(ChangeKind.Status, Apply(new Import(Imported(EndpointState.NotReady, null, "booting"))).Change!.Kind);
        AssertState(EndpointState.NotReady, "booting");
        Assert.Equal(_now, Current.Since);
        Apply(new Import(Imported(EndpointState.Draining, null)));
        AssertState(EndpointState.Draining, null);

        foreach (var command in new Command[] { new Register(Sample.Registration(), Alice), new Deregister(Sample.Key(), Alice), new SetStatus(Sample.Key(), true, null, Alice), new BeginDrain(Sample.Key(), Alice, 0, null) })
            Assert.Equal(WriteOutcome.ReadOnly, Apply(command).Result.Outcome);
        Assert.Equal((ChangeKind.Removed, "gone"), (Apply(new RemoveImported(Sample.Key(), "gone")).Change is { } change ? change.Kind : default, "gone"));
        Assert.Null(_state.Find(Sample.Key()));
    }

    [Fact]
    public void What_was_registered_here_is_neither_taken_over_nor_removed_by_an_import()
    {
        Apply(new Register(Sample.Registration(), Alice));

        Assert.Equal(WriteOutcome.ReadOnly, Apply(new Import(Imported(EndpointState.NotReady, null))).Result.Outcome);
        Assert.Equal(WriteOutcome.Unchanged, Apply(new RemoveImported(Sample.Key(), "gone")).Result.Outcome);
        AssertState(EndpointState.Ready, null);
    }

    [Fact]
    public void With_checks_it_is_not_ready_until_the_first_pass()
    {
        Apply(new Register(Sample.Registration() with { Checks = Sample.Checks }, default));
        AssertState(EndpointState.NotReady, HealthChecker.NotCheckedYet);
        Apply(new ReportChecks(Sample.Key(), Current.Registration, null));
        AssertState(EndpointState.Ready, null);
        Assert.Equal(ChangeKind.Status, Apply(new ReportChecks(Sample.Key(), Current.Registration, "tcp: refused")).Change!.Kind);
        AssertState(EndpointState.NotReady, "tcp: refused");
    }

    [Fact]
    public void Registering_the_same_again_changes_nothing()
    {
        Apply(new Register(Sample.Registration() with { Checks = Sample.Checks }, Alice));
        Apply(new ReportChecks(Sample.Key(), Current.Registration, null));
        var applied = Apply(new Register(Sample.Registration() with { Checks = [.. Sample.Checks] }, Alice));
        Assert.Equal(new Applied(new WriteResult(WriteOutcome.Unchanged, 2)), applied);
        AssertState(EndpointState.Ready, null);
    }

    [Theory]
    [InlineData("drain")]
    [InlineData("status")]
    [InlineData("ready with a reason")]
    [InlineData("expiry")]
    [InlineData("another port")]
    public void Registering_is_a_fresh_start(string what)
    {
        Apply(new Register(Sample.Registration(), default));
        var registration = Sample.Registration(port: what == "another port" ? 9090 : 8080);
        if (what != "another port")
        {
            Apply(what switch
            {
                "drain" => new BeginDrain(Sample.Key(), default, 0, null),
                "status" => new SetStatus(Sample.Key(), false, "warming up", default),
                "expiry" => new ExpireLease(Sample.Key(), Current.Registration),
                _ => new SetStatus(Sample.Key(), true, "well again", default),
            });
        }

        var applied = Apply(new Register(registration, default));
        Assert.Equal(WriteOutcome.Changed, applied.Result.Outcome);
        Assert.Equal(ChangeKind.Updated, applied.Change!.Kind);
        AssertState(EndpointState.Ready, null);
        Assert.True(Current is { Draining: false, Expired: false, OwnerReady: true, OwnerReason: null });
    }

    [Fact]
    public void Since_changes_only_when_the_state_does()
    {
        Apply(new Register(Sample.Registration(), default));
        var start = _now;
        Tick();
        Apply(new Register(Sample.Registration(port: 9090), default));
        Assert.Equal(start, Current.Since);
        Tick();
        Apply(new SetStatus(Sample.Key(), false, "a", default));
        Assert.Equal(_now, Current.Since);
        var down = _now;
        Tick();
        Apply(new SetStatus(Sample.Key(), false, "b", default));
        Apply(new ExpireLease(Sample.Key(), Current.Registration));
        Assert.Equal(down, Current.Since);
        AssertState(EndpointState.NotReady, RegistryState.LeaseExpired);
    }

    [Fact]
    public void What_its_owner_said_is_back_after_a_lapse()
    {
        Apply(new Register(Sample.Registration(), default));
        Apply(new SetStatus(Sample.Key(), false, "warming up", default));
        Apply(new ExpireLease(Sample.Key(), Current.Registration));
        AssertState(EndpointState.NotReady, RegistryState.LeaseExpired);
        Assert.Equal(ChangeKind.Revived, Apply(new ReviveLease(Sample.Key())).Change!.Kind);
        AssertState(EndpointState.NotReady, "warming up");
    }

    [Fact]
    public void Draining_covers_all_else_and_ends_when_the_owner_is_ready()
    {
        Apply(new Register(Sample.Registration(), default));
        Assert.Equal(ChangeKind.Draining, Apply(new BeginDrain(Sample.Key(), default, 0, null)).Change!.Kind);
        AssertState(EndpointState.Draining, null);
        Assert.Equal(WriteOutcome.Unchanged, Apply(new BeginDrain(Sample.Key(), default, 0, null)).Result.Outcome);
        Apply(new SetStatus(Sample.Key(), false, "busy", default));
        Apply(new ExpireLease(Sample.Key(), Current.Registration));
        AssertState(EndpointState.Draining, RegistryState.LeaseExpired);
        Apply(new SetStatus(Sample.Key(), true, null, default));
        AssertState(EndpointState.Ready, null);
    }

    [Fact]
    public void What_callers_found_of_an_imported_instance_keeps_its_own_time()
    {
        var imported = new ImportedInstance(Sample.Registration(), "k8s:///shop/orders", EndpointState.Ready, null, _now - TimeSpan.FromHours(1));
        Apply(new Import(imported));
        Assert.Equal(_now - TimeSpan.FromHours(1), Current.Since);
        Apply(new ReportCallers(Sample.Key(), Current.Registration, "3 of 4 callers avoid it"));
        var since = Current.Since;
        Assert.NotEqual(_now - TimeSpan.FromHours(1), since);

        var again = Apply(new Import(imported));

        Assert.Equal((WriteOutcome.Unchanged, since), (again.Result.Outcome, Current.Since));
    }

    [Fact]
    public void A_drain_that_leaves_too_few_ready_is_refused_unless_it_is_forced()
    {
        Apply(new Register(Sample.Registration(), default));
        Apply(new Register(Sample.Registration(id: "o-2"), default));
        var refused = Apply(new BeginDrain(Sample.Key(), default, MinReady: 2, Force: null));
        Assert.Equal(WriteOutcome.BelowFloor, refused.Result.Outcome);
        Assert.Contains("1 of its service would be ready, and 2 must stay", refused.Result.Message, StringComparison.Ordinal);
        Assert.Null(refused.Change);
        AssertState(EndpointState.Ready, null);

        Assert.True(Apply(new BeginDrain(Sample.Key(), default, MinReady: 2, Force: "the host is replaced")).Result.Succeeded);
        AssertState(EndpointState.Draining, "the host is replaced");

        // Again, or of one that is not ready: it takes nothing away.
        Assert.Equal(WriteOutcome.Unchanged, Apply(new BeginDrain(Sample.Key(), default, MinReady: 2, Force: null)).Result.Outcome);
        Assert.Equal(WriteOutcome.BelowFloor, Apply(new BeginDrain(Sample.Key(id: "o-2"), default, MinReady: 1, Force: null)).Result.Outcome);
        Apply(new SetStatus(Sample.Key(id: "o-2"), false, null, default));
        Assert.True(Apply(new BeginDrain(Sample.Key(id: "o-2"), default, MinReady: 1, Force: null)).Result.Succeeded);
        Apply(new SetStatus(Sample.Key(), true, null, default));
        AssertState(EndpointState.Ready, null);
        Assert.Null(Current.DrainReason);
    }

    [Fact]
    public void Only_what_is_expired_is_removed()
    {
        Apply(new Register(Sample.Registration(), default));
        Assert.Equal(WriteOutcome.Unchanged, Apply(new RemoveExpired(Sample.Key(), Current.Registration)).Result.Outcome);
        Apply(new ExpireLease(Sample.Key(), Current.Registration));
        var removed = Apply(new RemoveExpired(Sample.Key(), Current.Registration)).Change!;
        Assert.Equal((ChangeKind.Removed, null, RegistryState.LeaseExpired), (removed.Kind, removed.Instance, removed.Reason));
        Assert.Null(_state.Find(Sample.Key()));
        Assert.Equal(0, _state.InstanceCount);
    }

    [Fact]
    public void What_was_found_of_an_earlier_registration_is_not_held_against_the_present_one()
    {
        Apply(new Register(Sample.Registration() with { Checks = Sample.Checks }, default));
        var earlier = Current.Registration;
        Apply(new Register(Sample.Registration(port: 9090) with { Checks = Sample.Checks }, default));
        Assert.Null(Apply(new ExpireLease(Sample.Key(), earlier)).Change);
        Assert.Null(Apply(new RemoveExpired(Sample.Key(), earlier)).Change);
        Assert.Null(Apply(new ReportChecks(Sample.Key(), earlier, null)).Change);
        Assert.Null(Apply(new ReportCallers(Sample.Key(), earlier, "3 of 4 callers avoid it")).Change);
    }

    [Fact]
    public void What_callers_agree_on_stands_beside_what_owner_and_checks_say_and_behind_them()
    {
        const string Found = "3 of 4 callers avoid it: silent";
        Apply(new Register(Sample.Registration() with { Checks = Sample.Checks }, default));
        Apply(new ReportChecks(Sample.Key(), Current.Registration, null));
        Apply(new SetStatus(Sample.Key(), true, "well", default));
        Assert.Equal(ChangeKind.Status, Apply(new ReportCallers(Sample.Key(), Current.Registration, Found)).Change!.Kind);
        AssertState(EndpointState.NotReady, Found);
        Assert.Null(Apply(new ReportCallers(Sample.Key(), Current.Registration, Found)).Change);

        Apply(new ReportChecks(Sample.Key(), Current.Registration, "tcp: refused"));
        AssertState(EndpointState.NotReady, "tcp: refused");
        Apply(new ReportChecks(Sample.Key(), Current.Registration, null));
        Apply(new SetStatus(Sample.Key(), false, "busy", default));
        AssertState(EndpointState.NotReady, "busy");
        Apply(new SetStatus(Sample.Key(), true, "well", default));
        AssertState(EndpointState.NotReady, Found);

        Apply(new ReportCallers(Sample.Key(), Current.Registration, null));
        AssertState(EndpointState.Ready, "well");
    }

    [Fact]
    public void Registering_the_same_again_ends_what_callers_found()
    {
        Apply(new Register(Sample.Registration(), default));
        Apply(new ReportCallers(Sample.Key(), Current.Registration, "3 of 4 callers avoid it: silent"));
        Assert.Equal(WriteOutcome.Changed, Apply(new Register(Sample.Registration(), default)).Result.Outcome);
        AssertState(EndpointState.Ready, null);
    }

    [Fact]
    public void An_owned_instance_is_changed_by_its_owner_only()
    {
        Apply(new Register(Sample.Registration(), Alice));
        foreach (var stranger in (OwnerSecret[])[Bob, default])
        {
            foreach (var command in (Command[])
                [
                    new Register(Sample.Registration(port: 1), stranger),
                    new SetStatus(Sample.Key(), false, null, stranger),
                    new BeginDrain(Sample.Key(), stranger, 0, null),
                    new Deregister(Sample.Key(), stranger),
                ])
            {
                var applied = Apply(command);
                Assert.Equal(WriteOutcome.Forbidden, applied.Result.Outcome);
                Assert.NotNull(applied.Result.Message);
                Assert.Null(applied.Change);
            }
        }

        Assert.True(Apply(new SetStatus(Sample.Key(), false, null, Alice)).Result.Succeeded);
        Assert.True(Apply(new BeginDrain(Sample.Key(), Alice, 0, null)).Result.Succeeded);
        Assert.True(Apply(new Register(Sample.Registration(), Alice)).Result.Succeeded);
        Assert.True(Apply(new Deregister(Sample.Key(), Alice)).Result.Succeeded);
    }

    [Fact]
    public void An_instance_without_owner_is_anyones_and_can_be_claimed_by_registering()
    {
        Apply(new Register(Sample.Registration(), default));
        Assert.True(Apply(new SetStatus(Sample.Key(), true, "fine", Bob)).Result.Succeeded);
        Assert.Empty(Current.OwnerHash);
        Assert.Equal(WriteOutcome.Changed, Apply(new Register(Sample.Registration(), Alice)).Result.Outcome);
        Assert.Equal(WriteOutcome.Forbidden, Apply(new Register(Sample.Registration(), Bob)).Result.Outcome);
        Assert.Equal(32, Current.OwnerHash.Length);
    }

    [Fact]
    public void Limits_are_refused_by_name_and_number()
    {
        var state = new RegistryState(2, 2);
        Register("a", "1");
        Register("a", "2");
        var instance = state.Apply(new Register(Sample.Registration("a", "3"), default), _now, 3).Result;
        Assert.Equal(WriteOutcome.LimitReached, instance.Outcome);
        Assert.Contains("2 instances", instance.Message, StringComparison.Ordinal);
        Register("b", "1");
        var service = state.Apply(new Register(Sample.Registration("c", "1"), default), _now, 4).Result;
        Assert.Equal(WriteOutcome.LimitReached, service.Outcome);
        Assert.Contains("2 services", service.Message, StringComparison.Ordinal);
        // What is there may still be replaced, and what leaves makes room.
        Assert.True(state.Apply(new Register(Sample.Registration("a", "2", 9090), default), _now, 4).Result.Succeeded);
        Assert.True(state.Apply(new Deregister(Sample.Key("b", "1"), default), _now, 5).Result.Succeeded);
        Assert.True(state.Apply(new Register(Sample.Registration("c", "1"), default), _now, 6).Result.Succeeded);

        void Register(string service, string id) =>
            Assert.True(state.Apply(new Register(Sample.Registration(service, id), default), _now, 1).Result.Succeeded);
    }

    [Fact]
    public void What_is_not_there_is_not_found()
    {
        var key = Sample.Key(id: "nobody");
        foreach (var command in (Command[])
            [
                new Deregister(key, default), new SetStatus(key, true, null, default), new BeginDrain(key, default, 0, null), new ReviveLease(key),
                new ExpireLease(key, Sample.Registration()), new RemoveExpired(key, Sample.Registration()), new ReportChecks(key, Sample.Registration(), null),
                new ReportCallers(key, Sample.Registration(), null),
            ])
        {
            Assert.Equal(WriteOutcome.NotFound, Apply(command).Result.Outcome);
        }
    }

    private Applied Apply(Command command)
    {
        var applied = _state.Apply(command, _now, _revision + 1);
        if (applied.Change is not null)
            _revision++;
        return applied;
    }

    private void Tick() => _now += TimeSpan.FromSeconds(1);

    private void AssertState(EndpointState state, string? reason) => Assert.Equal((state, reason), (Current.State, Current.Reason));

    private static ImportedInstance Imported(EndpointState state, DateTimeOffset? since, string? reason = null) => new(Sample.Registration(), "k8s:///orders", state, reason, since);
}
