using System.Diagnostics;
using System.Globalization;
using Rollcall.JournalCrasher;
using Rollcall.Registry.Journaling;
using Rollcall.TestKit;

namespace Rollcall.Registry.Tests.Journaling;

/// <summary>A child process appends under load and is killed, again and again, in one directory.</summary>
public sealed class JournalCrashTests
{
    private const int Cycles = 50;
    private const int Writers = 8;
    private static readonly int Seed = Environment.TickCount;

    [Fact]
    public async Task Every_acknowledged_write_survives_SIGKILL_and_none_is_invented()
    {
        using var directory = new TestDirectory();
        var random = new Random(Seed);
        var expected = new Expectation();
        for (var cycle = 0; cycle < Cycles; cycle++)
        {
            // Every fifth with interval durability: what it acknowledges survives the death of the process as well.
            var durability = cycle % 5 == 4 ? Durability.Interval : Durability.Fsync;
            var acknowledged = await BurstAsync(directory.Path, durability, acknowledgements: random.Next(1, 250));
            try
            {
                await expected.VerifyAsync(directory.Path, acknowledged);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Cycle {cycle} of seed {Seed}: {error.Message}", error);
            }
        }

        Assert.True(expected.Revision > Cycles);
        Assert.True(expected.Snapshots > 0, "The load never led to a snapshot.");
        Assert.True(expected.DroppedSegments, "The load never led to dropped history.");
    }

    // Returns the last revision it said was safe.
    private static async Task<long> BurstAsync(string directory, Durability durability, int acknowledgements)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Rollcall.JournalCrasher.dll"), directory, durability.ToString(), Writers.ToString(CultureInfo.InvariantCulture) },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var child = Process.Start(start)!;
        var errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        long last = 0;
        try
        {
            for (var i = 0; i < acknowledgements; i++)
                last = await ReadAsync(child, errors);
        }
        finally
        {
            child.Kill();
        }

        // What it said before it died was said, even if it is read only now.
        var rest = await Eventually.Within(child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        await Eventually.Within(child.WaitForExitAsync(TestContext.Current.CancellationToken));
        var whole = rest.Split('\n')[..^1];
        return whole.Length == 0 ? last : long.Parse(whole[^1], CultureInfo.InvariantCulture);
    }

    private static async Task<long> ReadAsync(Process child, Task<string> errors)
    {
        var line = await Eventually.Within(child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask());
        return line is null
            ? throw new InvalidOperationException($"The child ended by itself: {await errors}")
            : long.Parse(line, CultureInfo.InvariantCulture);
    }

    private sealed class Expectation
    {
        private readonly Dictionary<InstanceKey, Instance> _state = [];

        public long Revision { get; private set; }

        public int Snapshots { get; private set; }

        public bool DroppedSegments { get; private set; }

        public async Task VerifyAsync(string directory, long acknowledged)
        {
            await using var journal = await Sample.OpenAsync(CrashLoad.Options(directory, Durability.Fsync));
            Assert.True(journal.Recovered.Revision >= acknowledged, $"Revision {acknowledged} was acknowledged and {journal.Recovered.Revision} is the last one there.");
            while (Revision < journal.Recovered.Revision)
                CrashLoad.Apply(_state, CrashLoad.ChangeOf(++Revision));
            Assert.Equal(Revision, journal.Recovered.Revision);
            Assert.Equal(Sample.InOrder(_state.Values), Sample.InOrder(journal.Recovered.Instances));
            var history = await Sample.HistoryAsync(journal);
            for (var i = 0; i < history.Count; i++)
                Assert.Equal(CrashLoad.ChangeOf(Revision - history.Count + 1 + i), history[i]);
            Snapshots += Directory.GetFiles(directory, "*.snap").Length;
            DroppedSegments |= history.Count < Revision;
        }
    }
}
