using Rollcall.Registry.Journaling;
using Rollcall.TestKit;
using static Rollcall.Registry.Tests.Journaling.Sample;

namespace Rollcall.Registry.Tests.Journaling;

/// <summary>A file system of a megabyte, in memory, really full.</summary>
public sealed class DiskFullTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Durability.Fsync)]
    [InlineData(Durability.Interval)]
    public async Task A_full_disk_refuses_writes_serves_reads_and_recovers(Durability durability)
    {
        using var directory = new TestDirectory();
        await using var mount = await TmpfsMount.CreateAsync(directory.Path);
        var ballast = Path.Combine(directory.Path, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[600 * 1024], Token);
        var options = new JournalOptions { Directory = Path.Combine(directory.Path, "data"), Durability = durability, SegmentBytes = 64 * 1024 };
        long acknowledged;
        await using (var journal = await OpenAsync(options))
        {
            acknowledged = await FillAsync(journal, 0);
            Assert.NotNull(journal.Health.Problem);
            Assert.Equal(RegisteredFrom(1, (int)acknowledged), await HistoryAsync(journal));
            Assert.Equal(acknowledged, (await journal.ReadStateAtAsync(DateTimeOffset.MaxValue, null, Token))?.Revision);
            // Still full: still refused, and nothing piles up.
            var bytes = journal.Health.Bytes;
            for (var i = 0; i < 20; i++)
                await Assert.ThrowsAsync<JournalUnavailableException>(async () => await journal.AppendAsync(RegisteredFrom(acknowledged + 1, 40), Token));
            Assert.Equal(bytes, journal.Health.Bytes);

            File.Delete(ballast);
            await journal.AppendAsync(RegisteredFrom(acknowledged + 1, 40), Token);
            acknowledged += 40;
            Assert.Null(journal.Health.Problem);
            acknowledged = await FillAsync(journal, acknowledged);
        }

        await File.WriteAllTextAsync(Path.Combine(directory.Path, "note"), "", Token); // an empty file still fits
        await using var again = await OpenAsync(options);
        Assert.Equal(acknowledged, again.Recovered.Revision);
        Assert.Equal(RegisteredFrom(1, (int)acknowledged), await HistoryAsync(again));
    }

    // Returns the last revision that was acknowledged.
    private static async Task<long> FillAsync(IJournal journal, long revision)
    {
        while (true)
        {
            try
            {
                await journal.AppendAsync(RegisteredFrom(revision + 1, 40), Token);
                revision += 40;
            }
            catch (JournalUnavailableException error)
            {
                Assert.True(error.IsFull, error.Message);
                Assert.Contains("Free space", error.Message, StringComparison.Ordinal);
                return revision;
            }
        }
    }
}
