using System.Collections.Immutable;
using Rollcall.Health;
using Rollcall.Tests.Balancing;

namespace Rollcall.Tests.Health;

public sealed class AvoidanceTableProperties
{
    [Fact]
    public void AnyHistory_HoldsTheCap_PanicsExactlyWhenItShould_AndAlwaysHasAWayBack()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            try
            {
                Play(new Random(seed));
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}", error);
            }
        }
    }

    private static void Play(Random random)
    {
        var options = new HealthOptions { MaxEjectedShare = random.NextDouble(), PanicThreshold = random.NextDouble(), MaxEjectionTime = TimeSpan.FromSeconds(20) };
        var table = new AvoidanceTable(HealthSettings.Default with { Options = options }, random);
        ImmutableArray<BalancedEndpoint> endpoints = [];
        var time = TimeSpan.Zero;
        var panics = false;
        for (var step = 0; step < 200; step++)
        {
            List<HealthEvent> events = [];
            time += TimeSpan.FromSeconds(random.Next(4));
            var now = new HealthMoment(time.Ticks, TimeSpan.TicksPerSecond, DateTimeOffset.UnixEpoch + time);
            if (endpoints.IsEmpty || random.Next(20) == 0)
            {
                endpoints = EndpointBook.Merge(AnySet(random, step), endpoints.IsEmpty, isOld: false, endpoints, now.Timestamp);
                table.Follow(endpoints, events);
            }
            else
            {
                var endpoint = endpoints[random.Next(endpoints.Length)];
                var ejectedBefore = Ejected(endpoints);
                switch (random.Next(6))
                {
                    case 0:
                        table.Unanswered(endpoint, random.Next(2) == 0 ? AvoidReason.Unreachable : AvoidReason.Silent, "", now, events);
                        break;
                    case 1 or 2:
                        if (table.Eject(endpoint, AvoidReason.Failures, "", null, now, events))
                            Assert.True(ejectedBefore < Most(endpoints, options), $"step {step}: {ejectedBefore} of {endpoints.Length} were ejected already");
                        break;
                    case 3:
                        table.Try(endpoint, now);
                        break;
                    case 4:
                        table.EjectAgain(endpoint, "", now, events);
                        break;
                    default:
                        table.Return(endpoint, now, events);
                        break;
                }
            }

            var ready = endpoints.Where(static endpoint => endpoint.Endpoint.State == EndpointState.Ready).ToArray();
            var usable = ready.Count(static endpoint => !ServiceHealth.IsAvoided(endpoint));
            Assert.Equal((ready.Length, usable, Ejected(endpoints)), (table.Ready, table.Usable, table.Ejected));
            Assert.Equal(usable < ready.Length && usable < ready.Length * options.PanicThreshold, table.IsPanicking);
            foreach (var happened in events)
                panics = happened.Kind switch { HealthEventKind.PanicBegan => true, HealthEventKind.PanicEnded => false, _ => panics };
            Assert.Equal(table.IsPanicking, panics);
            foreach (var avoidance in endpoints.Select(static endpoint => endpoint.Load.Avoidance).OfType<Avoidance>())
                Assert.InRange(avoidance.Due, 1, (time + TimeSpan.FromSeconds(30)).Ticks);
        }
    }

    private static EndpointSet AnySet(Random random, int step) => Make.Set(
        step + 1,
        [.. Enumerable.Range(0, 10).Where(_ => random.Next(4) > 0).Append(10).Select(i => Make.Endpoint($"e{i:00}", random.Next(5) == 0 ? EndpointState.NotReady : EndpointState.Ready))]);

    private static int Ejected(ImmutableArray<BalancedEndpoint> endpoints) => endpoints.Count(static endpoint => endpoint is { Endpoint.State: EndpointState.Ready, Load.Avoidance.IsEjection: true });

    private static int Most(ImmutableArray<BalancedEndpoint> endpoints, HealthOptions options)
    {
        var ready = endpoints.Count(static endpoint => endpoint.Endpoint.State == EndpointState.Ready);
        return ready < 2 ? 0 : Math.Max(1, (int)(ready * options.MaxEjectedShare));
    }
}
