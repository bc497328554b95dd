using Rollcall.Health;
using Rollcall.TestKit;
using Rollcall.Tests.Balancing;

namespace Rollcall.Tests.Health;

public sealed class ServiceHealthTests
{
    private readonly ServiceHealth _health = NewHealth();

    [Fact]
    public void Read_EndpointStays_KeepsWhatWasLearned()
    {
        var before = _health.Read(Make.Set(1, Make.Endpoint("a"), Make.Endpoint("b")));
        before[1].Begin();

        var after = _health.Read(Make.Set(2, Make.Endpoint("b", EndpointState.Draining), Make.Endpoint("c")));

        Assert.Equal(["b", "c"], after.Select(static endpoint => endpoint.Endpoint.Id));
        Assert.Equal(1, after[0].InFlight);
        Assert.Equal(EndpointState.Draining, after[0].Endpoint.State);
        before[1].End();
        Assert.Equal(0, after[0].InFlight);
    }

    [Fact]
    public void Read_EndpointUnchanged_IsTheSameObject()
    {
        var before = _health.Read(Make.Set(1, Make.Endpoint("a")));

        Assert.Same(before[0], _health.Read(Make.Set(2, Make.Endpoint("a"), Make.Endpoint("b")))[0]);
    }

    [Fact]
    public void Ejected_IsForgivenWhatItsFailuresMadeItCost()
    {
        var endpoints = _health.Read(Make.Set(1, Make.Endpoint("a"), Make.Endpoint("b"), Make.Endpoint("c")));
        for (var i = 0; i < 5; i++)
            _health.Report(endpoints[0], new RequestOutcome(OutcomeKind.Error, TimeSpan.FromMilliseconds(1)));

        Assert.True(endpoints[0].Load.Avoidance?.IsEjection);
        Assert.Equal(0, endpoints[0].Load.Cost);
    }

    [Fact]
    public void Report_AnyOutcome_TeachesTheBalancer()
    {
        var endpoint = _health.Read(Make.Set(1, Make.Endpoint("a")))[0];
        _health.Report(endpoint, new RequestOutcome(OutcomeKind.Success, TimeSpan.FromMilliseconds(5)));
        var cost = endpoint.Load.Cost;
        _health.Report(endpoint, new RequestOutcome(OutcomeKind.Throttled, TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(10)));

        Assert.NotEqual(0, cost);
        Assert.True(endpoint.Load.Cost > cost && endpoint.Load.HeldUntil != 0);
    }

    [Theory]
    [InlineData(EndpointState.NotReady, 100, true)]
    [InlineData(EndpointState.Ready, 50, false)]
    public void Read_EndpointChanged_ForgetsLatenciesOnlyWhenItMayBeAnother(EndpointState state, int weight, bool isForgotten)
    {
        var endpoint = _health.Read(Make.Set(1, Make.Endpoint("a")))[0];
        _health.Report(endpoint, new RequestOutcome(OutcomeKind.Success, TimeSpan.FromMilliseconds(5)));
        _health.Read(Make.Set(2, Make.Endpoint("a", state, weight)));

        Assert.Equal(isForgotten, endpoint.Load.Cost == 0);
    }

    [Fact]
    public void Read_SameSnapshotTwice_IsTheSameObjects()
    {
        var set = Make.Set(1, Make.Endpoint("a"));

        Assert.Same(_health.Read(set)[0], _health.Read(set)[0]);
    }

    [Fact]
    public void Read_EndpointLeftAndCameBack_StartsAnew()
    {
        _health.Read(Make.Set(1, Make.Endpoint("a")))[0].Begin();
        _health.Read(Make.Set(2));

        Assert.Equal(0, _health.Read(Make.Set(3, Make.Endpoint("a")))[0].InFlight);
    }

    [Fact]
    public void Read_NotesSinceWhenEachIsReady()
    {
        var hour = TimeSpan.FromHours(1);
        _health.Read(At(1, Make.Endpoint("a"), Make.Endpoint("b") with { Since = Time(-1) }, Make.Endpoint("c", EndpointState.NotReady), Make.Endpoint("e") with { Since = Time(-1) }));

        var later = _health.Read(At(
            2,
            Make.Endpoint("a") with { Weight = 1 },
            Make.Endpoint("b") with { Since = Time(-1), Weight = 1 },
            Make.Endpoint("c"),
            Make.Endpoint("d"),
            Make.Endpoint("e") with { Since = Time(1) },
            Make.Endpoint("f") with { Since = Time(9) }));

        // There before us; as the source says; became ready; joined; was registered anew; has a clock that is ahead.
        DateTimeOffset[] expected = [DateTimeOffset.MinValue, Time(-1), Time(2), Time(2), Time(1), Time(2)];
        Assert.Equal(expected.Select(static time => time.UtcTicks), later.Select(static endpoint => endpoint.Load.ReadySince));

        DateTimeOffset Time(int hours) => DateTimeOffset.UnixEpoch + (hours * hour);
        EndpointSet At(int time, params Endpoint[] endpoints) => new(Make.Target, endpoints, time, Time(time));
    }

    [Fact]
    public void IsAvoided_FollowsFailureAndAnswer()
    {
        var endpoint = _health.Read(Make.Set(1, Make.Endpoint("a")))[0];
        Assert.False(ServiceHealth.IsAvoided(endpoint));

        _health.Silent(endpoint);
        Assert.True(ServiceHealth.IsAvoided(endpoint));

        _health.Answered(endpoint);
        Assert.False(ServiceHealth.IsAvoided(endpoint));
    }

    [Fact]
    public void Read_OlderSnapshot_DoesNotForgetTheNewer()
    {
        var newer = Make.Set(2, Make.Endpoint("a"), Make.Endpoint("b"));
        _health.Read(newer)[1].Begin();

        Assert.Single(_health.Read(Make.Set(1, Make.Endpoint("a"))));
        Assert.Equal(1, _health.Read(newer)[1].InFlight);
    }

    [Fact]
    public void Read_NewWatchWithLowerRevisions_IsNotOld_OnceNobodyFollowsTheLast()
    {
        _health.Follow(Nothing);
        var last = _health.Read(Make.Set(7, Make.Endpoint("a"), Make.Endpoint("b")));
        last[0].Begin();
        _health.Unfollow(Nothing);

        var first = _health.Read(Make.Set(1, Make.Endpoint("a"), Make.Endpoint("c")));

        Assert.Equal(first, _health.Endpoints);
        Assert.Equal(1, first[0].InFlight);

        static void Nothing()
        {
        }
    }

    [Fact]
    public void Read_NotReadyAnyMore_IsAvoidedStill_ReadyAgain_IsNot()
    {
        var endpoint = _health.Read(Make.Set(1, Make.Endpoint("a")))[0];
        _health.Silent(endpoint);

        _health.Read(Make.Set(2, Make.Endpoint("a", EndpointState.NotReady) with { Since = DateTimeOffset.UnixEpoch }));
        Assert.True(ServiceHealth.IsAvoided(endpoint));

        _health.Read(Make.Set(3, Make.Endpoint("a")));
        Assert.False(ServiceHealth.IsAvoided(endpoint));
    }

    [Fact]
    public void Read_AnyHistory_MatchesADictionary()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var book = NewHealth();
            var oracle = new Dictionary<string, EndpointLoad>(StringComparer.Ordinal);
            for (var revision = 1; revision < 30; revision++)
            {
                var ids = Enumerable.Range(0, 12).Where(_ => random.Next(2) == 0).Select(static i => $"e{i}").ToArray();
                var read = book.Read(Make.Set(revision, [.. ids.Select(id => Make.Endpoint(id, weight: random.Next(101)))]));

                foreach (var endpoint in read)
                {
                    if (oracle.TryGetValue(endpoint.Endpoint.Id, out var load))
                        Assert.True(ReferenceEquals(load, endpoint.Load), $"seed {seed}, revision {revision}");
                }

                oracle = read.ToDictionary(static endpoint => endpoint.Endpoint.Id, static endpoint => endpoint.Load, StringComparer.Ordinal);
            }
        }
    }

    private static ServiceHealth NewHealth() => TestHealth.Of(new VirtualTime());
}
