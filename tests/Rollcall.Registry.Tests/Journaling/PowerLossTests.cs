using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Registry.Journaling;
using static Rollcall.Registry.Tests.Journaling.Sample;

namespace Rollcall.Registry.Tests.Journaling;

/// <summary>
/// The power goes at a random moment and of what was not flushed any sectors are there: a start must never be refused for it, must find all
/// that was acknowledged as safe, and nothing that was not handed in.
/// </summary>
public sealed class PowerLossTests
{
    private const int Runs = 25;
    private static readonly int Seed = Environment.TickCount;

    [Theory]
    [InlineData(Durability.Fsync)]
    [InlineData(Durability.Interval)]
    public async Task What_was_flushed_survives_and_the_rest_is_a_prefix(Durability durability)
    {
        for (var run = 0; run < Runs; run++)
        {
            try
            {
                await LoseAsync(durability, new Random(Seed + run));
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Seed {Seed + run}: {error.Message}", error);
            }
        }
    }

    private static async Task LoseAsync(Durability durability, Random random)
    {
        using var directory = new TestDirectory();
        var options = new JournalOptions { Directory = directory.Path, Durability = durability, SegmentBytes = 8192, HistoryAge = TimeSpan.FromDays(100_000) };
        long safe = 0;
        long handedIn = 0;
        for (var life = 0; life < 4; life++)
        {
            var disk = new FaultyDisk();
            var journal = await Journal.OpenAsync(options, TimeProvider.System, NullLoggerFactory.Instance, disk, TestContext.Current.CancellationToken);
            Assert.InRange(journal.Recovered.Revision, safe, handedIn);
            var changes = RegisteredFrom(1, (int)journal.Recovered.Revision);
            AssertSame(changes, await HistoryAsync(journal));
            Assert.Equal(StateAfter(changes), InOrder(journal.Recovered.Instances));
            (safe, handedIn) = await AppendUntilItDiesAsync(journal, disk, random, durability);
            disk.LosePower(random);
            await journal.DisposeAsync();
        }
    }

    private static async Task<(long Safe, long HandedIn)> AppendUntilItDiesAsync(IJournal journal, FaultyDisk disk, Random random, Durability durability)
    {
        var revision = journal.Recovered.Revision;
        var safe = revision; // what was recovered is flushed before it is called committed
        for (var batches = random.Next(30); batches > 0; batches--)
        {
            var batch = RegisteredFrom(revision + 1, random.Next(1, 12));
            await journal.AppendAsync(batch, TestContext.Current.CancellationToken);
            revision += batch.Length;
            if (durability == Durability.Fsync)
                safe = revision;
            if (random.Next(20) > 0)
                continue;
            await journal.WriteSnapshotAsync(revision, Start, StateAfter(RegisteredFrom(1, (int)revision)), EmptiedServices.None, TestContext.Current.CancellationToken);
            safe = revision;
        }

        if (durability == Durability.Interval)
            return (safe, revision);
        // The last batch is written and the power goes before its flush ends.
        disk.FailFlush = FaultyDisk.Broken();
        disk.FailSetLength = FaultyDisk.Broken();
        var last = RegisteredFrom(revision + 1, random.Next(1, 40));
        await Assert.ThrowsAsync<JournalUnavailableException>(async () => await journal.AppendAsync(last, TestContext.Current.CancellationToken));
        return (safe, revision + last.Length);
    }
}
