using Rollcall.Registry.Leases;

namespace Rollcall.Registry.Tests.Leases;

public sealed class TimerWheelTests
{
    private static readonly long Tick = TimeSpan.FromMilliseconds(50).Ticks;
    private readonly List<Entry> _due = [];

    [Fact]
    public void An_entry_is_due_within_one_tick_after_its_deadline_and_never_before()
    {
        var wheel = NewWheel();
        var entry = new Entry(Tick * 3);
        wheel.Add(entry, entry.Deadline);

        wheel.Turn((Tick * 3) - 1, _due);
        Assert.Empty(_due);
        wheel.Turn(Tick * 4, _due);
        Assert.Equal([entry], _due);
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void A_deadline_in_the_past_is_due_at_the_next_tick()
    {
        var wheel = NewWheel(now: Tick * 1000);
        wheel.Add(new Entry(Tick), Tick);
        wheel.Turn(Tick * 1001, _due);
        Assert.Single(_due);
    }

    [Fact]
    public void A_deadline_moved_later_needs_no_call_of_the_wheel()
    {
        var wheel = NewWheel();
        var entry = new Entry(Tick * 3);
        wheel.Add(entry, entry.Deadline);
        entry.Deadline = Tick * 500;

        wheel.Turn(Tick * 499, _due);
        Assert.Empty(_due);
        wheel.Turn(Tick * 501, _due);
        Assert.Single(_due);
    }

    [Fact]
    public void An_entry_that_answers_never_leaves()
    {
        var wheel = NewWheel();
        var entry = new Entry(Tick * 3);
        wheel.Add(entry, entry.Deadline);
        entry.Deadline = TimerWheel<Entry>.Never;
        wheel.Turn(Tick * 10, _due);
        Assert.Empty(_due);
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void A_pause_of_many_turns_loses_nothing()
    {
        var wheel = NewWheel();
        for (var i = 1; i <= 100; i++)
            wheel.Add(new Entry(Tick * i), Tick * i);
        var far = new Entry(Tick * 100_000);
        wheel.Add(far, far.Deadline);

        wheel.Turn(Tick * 50_000, _due);
        Assert.Equal(100, _due.Count);
        _due.Clear();
        wheel.Turn(Tick * 100_001, _due);
        Assert.Equal([far], _due);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void Slots_that_are_no_power_of_two_are_refused(int slots) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TimerWheel<Entry>(TimeSpan.FromTicks(Tick), slots, now: 0));

    /// <summary>The oracle keeps every deadline in a plain list and looks at all of them every time.</summary>
    [Fact]
    public void It_agrees_with_a_list_that_is_searched()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var now = random.NextInt64(Tick * 1000);
            var wheel = NewWheel(now, slots: 1 << random.Next(1, 8));
            var oracle = new List<Entry>();
            for (var step = 0; step < 300; step++)
            {
                switch (random.Next(4))
                {
                    case 0:
                        var added = new Entry(now + random.NextInt64(-Tick, Tick * 400)) { Added = now };
                        wheel.Add(added, added.Deadline);
                        oracle.Add(added);
                        break;
                    case 1 when oracle.Count > 0:
                        oracle[random.Next(oracle.Count)].Deadline += random.NextInt64(Tick * 300);
                        break;
                    case 2 when oracle.Count > 0 && random.Next(4) == 0:
                        var gone = oracle[random.Next(oracle.Count)];
                        gone.Deadline = TimerWheel<Entry>.Never;
                        oracle.Remove(gone);
                        break;
                    default:
                        now += random.Next(10) == 0 ? random.NextInt64(Tick * 500) : random.NextInt64(Tick * 3);
                        Turn(wheel, oracle, now, $"seed {seed}, step {step}");
                        break;
                }
            }

            Turn(wheel, oracle, now + (Tick * 100_000), $"seed {seed}, end");
            Assert.Empty(oracle);
            Assert.Equal(0, wheel.Count);
        }
    }

    private static TimerWheel<Entry> NewWheel(long now = 0, int slots = 64) => new(TimeSpan.FromTicks(Tick), slots, now);

    private void Turn(TimerWheel<Entry> wheel, List<Entry> oracle, long now, string at)
    {
        _due.Clear();
        wheel.Turn(now, _due);
        Assert.Equal(_due.Count, _due.Distinct().Count());
        foreach (var entry in _due)
        {
            Assert.True(entry.Deadline <= now, $"{at}: due {entry.Deadline - now} ticks early");
            Assert.True(oracle.Remove(entry), $"{at}: due though it was taken away or due before");
        }

        var late = oracle.Find(entry => Math.Max(entry.Deadline, entry.Added) + Tick <= now);
        Assert.True(late is null, $"{at}: not due {now - late?.Deadline} ticks after its deadline");
    }

    private sealed class Entry(long deadline) : ITimerWheelEntry<Entry>
    {
        public long Deadline { get; set; } = deadline;

        public long Added { get; init; }

        public Entry? Next { get; set; }

        public long NextLook(long now) => Deadline;
    }
}
