namespace Rollcall.Tests.Registration;

public sealed class RegistrationSimulationTests
{
    [Fact]
    public void After_any_chaos_the_node_has_what_was_announced_and_no_lease_lapses()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var simulation = new RegistrationSimulation(seed);
            simulation.Chaos(TimeSpan.FromMinutes(1));

            // The longest pause is a quarter of the ttl, and what was lost is noticed by a renewal, a third of it.
            simulation.Calm(TimeSpan.FromSeconds(20), countLapses: false);
            Assert.True(simulation.Wanted.SequenceEqual(simulation.Found), $"seed {seed}: wanted {string.Join(", ", simulation.Wanted)}; found {string.Join(", ", simulation.Found)}");

            var before = simulation.Requests;
            simulation.Calm(TimeSpan.FromMinutes(10), countLapses: true);
            Assert.True(simulation.Lapses == 0, $"seed {seed}: {simulation.Lapses} leases lapsed");
            Assert.InRange(simulation.Requests - before, 0, 10 * 60 / 2.7);
            Assert.Equal(simulation.Wanted, simulation.Found);
        }
    }

    [Fact]
    public void After_any_chaos_a_drain_leaves_nobody_ready()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var simulation = new RegistrationSimulation(seed);
            simulation.Chaos(TimeSpan.FromMinutes(1));
            simulation.Calm(TimeSpan.FromSeconds(20), countLapses: false);

            simulation.Drain();
            simulation.Calm(TimeSpan.FromSeconds(30), countLapses: true);

            Assert.True(simulation.IsDrained, $"seed {seed}");
            Assert.True(simulation.Wanted.SequenceEqual(simulation.Found), $"seed {seed}: wanted {string.Join(", ", simulation.Wanted)}; found {string.Join(", ", simulation.Found)}");
        }
    }
}
