using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Registry.Journaling;
using Rollcall.TestKit;
using static Rollcall.Registry.Tests.Journaling.Sample;

namespace Rollcall.Registry.Tests.Journaling;

public sealed class DiskFailureTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly VirtualTime _time = new(Start);
    private readonly FaultyDisk _disk = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_batch_is_one_write_and_one_flush()
    {
        await using var journal = await OpenFaultyAsync();
        var (writes, flushes) = (_disk.Writes, _disk.Flushes);
        await journal.AppendAsync(RegisteredFrom(1, 500), Token);
        Assert.Equal((writes + 1, flushes + 1), (_disk.Writes, _disk.Flushes));
    }

    [Fact]
    public async Task What_is_recovered_is_flushed_before_it_is_called_committed()
    {
        // It may have been written by a process that died before its flush.
        await using (var journal = await OpenAsync(_directory.Path))
            await journal.AppendAsync(RegisteredFrom(1, 3), Token);
        _disk.FailFlush = FaultyDisk.Broken();
        await Assert.ThrowsAsync<JournalUnavailableException>(() => OpenFaultyAsync());
        await using var again = await OpenFaultyAsync();
        Assert.Equal(3, again.Recovered.Revision);
    }

    [Fact]
    public async Task A_full_disk_refuses_leaves_nothing_and_recovers_by_itself()
    {
        await using (var journal = await OpenFaultyAsync())
        {
            await journal.AppendAsync(RegisteredFrom(1, 3), Token);
            var length = new FileInfo(_directory.Segments[0]).Length;
            _disk.FailWrite = FaultyDisk.Full();
            var error = await FailAsync(journal, RegisteredFrom(4, 10));
            Assert.True(error.IsFull);
            Assert.Contains(_directory.Path, error.Message, StringComparison.Ordinal);
            Assert.Contains("bytes free", error.Message, StringComparison.Ordinal);
            Assert.Contains("Free space", error.Message, StringComparison.Ordinal);
            Assert.Equal(error.Message, journal.Health.Problem);
            Assert.Equal(length, new FileInfo(_directory.Segments[0]).Length);
            Assert.Equal(3, (await HistoryAsync(journal)).Count);

            await journal.AppendAsync(RegisteredFrom(4, 1), Token);
            Assert.Null(journal.Health.Problem);
            Assert.Single(_directory.Segments);
        }

        await ExpectRevisionAsync(4);
    }

    [Fact]
    public async Task An_error_of_the_disk_is_not_called_full()
    {
        await using var journal = await OpenFaultyAsync();
        _disk.FailWrite = FaultyDisk.Broken();
        Assert.False((await FailAsync(journal, RegisteredFrom(1, 1))).IsFull);
    }

    [Fact]
    public async Task After_a_failed_flush_the_file_is_not_trusted_again()
    {
        await using (var journal = await OpenFaultyAsync())
        {
            await journal.AppendAsync(RegisteredFrom(1, 3), Token);
            _disk.FailFlush = FaultyDisk.Broken();
            await FailAsync(journal, RegisteredFrom(4, 2));
            await journal.AppendAsync([Registered(4, id: "second-try")], Token);
            Assert.Equal([JournalPaths.Segment(_directory.Path, 1), JournalPaths.Segment(_directory.Path, 4)], _directory.Segments);
        }

        await using var again = await OpenAsync(_directory.Path);
        Assert.Equal([.. RegisteredFrom(1, 3), Registered(4, id: "second-try")], await HistoryAsync(again));
    }

    [Fact]
    public async Task What_could_not_be_cut_back_is_void_in_the_next_segment()
    {
        await using (var journal = await OpenFaultyAsync())
        {
            await journal.AppendAsync(RegisteredFrom(1, 3), Token);
            _disk.FailFlush = FaultyDisk.Broken();
            _disk.FailSetLength = FaultyDisk.Broken();
            await FailAsync(journal, RegisteredFrom(4, 2)); // whole in the file, yet refused
            await journal.AppendAsync([Registered(4, id: "second-try")], Token);
        }

        await using var again = await OpenAsync(_directory.Path);
        Assert.Equal([.. RegisteredFrom(1, 3), Registered(4, id: "second-try")], await HistoryAsync(again));
    }

    [Fact]
    public async Task A_segment_in_which_nothing_was_ever_safe_is_replaced()
    {
        await using (var journal = await OpenFaultyAsync())
        {
            _disk.FailFlush = FaultyDisk.Broken();
            await FailAsync(journal, RegisteredFrom(1, 2));
            await journal.AppendAsync([Registered(1, id: "second-try")], Token);
            Assert.Single(_directory.Segments);
            Assert.Equal(1, journal.Health.Segments);
        }

        await using var again = await OpenAsync(_directory.Path);
        Assert.Equal([Registered(1, id: "second-try")], await HistoryAsync(again));
    }

    [Fact]
    public async Task A_segment_that_cannot_be_begun_refuses_and_is_tried_again()
    {
        await using (var journal = await OpenFaultyAsync(new JournalOptions { Directory = _directory.Path, SegmentBytes = 4096 }))
        {
            await journal.AppendAsync(RegisteredFrom(1, 60), Token);
            _disk.FailWrite = FaultyDisk.Full();
            Assert.True((await FailAsync(journal, RegisteredFrom(61, 1))).IsFull);
            await journal.AppendAsync(RegisteredFrom(61, 1), Token);
            Assert.Equal(2, _directory.Segments.Length);
        }

        await ExpectRevisionAsync(61);
    }

    [Fact]
    public async Task A_snapshot_that_fails_leaves_no_file_and_is_wanted_again_later()
    {
        var options = new JournalOptions { Directory = _directory.Path, SnapshotAfterBytes = 4096 };
        await using (var journal = await OpenFaultyAsync(options))
        {
            var changes = RegisteredFrom(1, 100);
            await journal.AppendAsync(changes, Token);
            Assert.True(journal.WantsSnapshot);
            _disk.FailWrite = FaultyDisk.Full();
            var error = await Assert.ThrowsAsync<JournalUnavailableException>(async () => await journal.WriteSnapshotAsync(100, Start, StateAfter(changes), EmptiedServices.None, Token));
            Assert.True(error.IsFull);
            Assert.Empty(Directory.GetFiles(_directory.Path, "snapshot-*"));
            Assert.False(journal.WantsSnapshot);
            _time.Advance(TimeSpan.FromSeconds(31));
            Assert.True(journal.WantsSnapshot);
            await journal.WriteSnapshotAsync(100, Start, StateAfter(changes), EmptiedServices.None, Token);
            Assert.Single(_directory.Snapshots);
        }

        await ExpectRevisionAsync(100);
    }

    [Fact]
    public async Task Interval_durability_flushes_every_second()
    {
        await using var journal = await OpenFaultyAsync(new JournalOptions { Directory = _directory.Path, Durability = Durability.Interval });
        var flushes = _disk.Flushes;
        await journal.AppendAsync(RegisteredFrom(1, 1), Token);
        await journal.AppendAsync(RegisteredFrom(2, 1), Token);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(flushes, _disk.Flushes);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(flushes + 1, _disk.Flushes);
        _time.Advance(TimeSpan.FromSeconds(5)); // nothing new, nothing to flush
        Assert.Equal(flushes + 1, _disk.Flushes);
        await journal.AppendAsync(RegisteredFrom(3, 1), Token);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(flushes + 2, _disk.Flushes);
    }

    [Fact]
    public async Task A_failed_flush_in_the_background_is_told_until_writes_work_again()
    {
        var options = new JournalOptions { Directory = _directory.Path, Durability = Durability.Interval };
        await using (var journal = await OpenFaultyAsync(options))
        {
            await journal.AppendAsync(RegisteredFrom(1, 1), Token);
            _disk.FailFlush = FaultyDisk.Broken();
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.NotNull(journal.Health.Problem);
            await journal.AppendAsync(RegisteredFrom(2, 1), Token);
            Assert.Null(journal.Health.Problem);
            Assert.Equal(2, _directory.Segments.Length);
        }

        await ExpectRevisionAsync(2);
    }

    [Fact]
    public async Task A_disk_that_takes_writes_again_is_found_out_without_one_and_said_once()
    {
        using var loggers = new RecordedLoggers();
        await using (var journal = await Journal.OpenAsync(new JournalOptions { Directory = _directory.Path }, _time, loggers, _disk, Token))
        {
            await journal.AppendAsync(RegisteredFrom(1, 3), Token);
            for (var i = 0; i < 3; i++)
            {
                _disk.FailWrite = FaultyDisk.Full();
                await FailAsync(journal, RegisteredFrom(4, 10));
            }

            for (var second = 0; second < 5; second++)
            {
                _disk.FailWrite = FaultyDisk.Full();
                _time.Advance(TimeSpan.FromSeconds(1));
                Assert.Null(_disk.FailWrite); // it was tried
                Assert.NotNull(journal.Health.Problem);
            }

            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Null(journal.Health.Problem);
            Assert.Single(Directory.GetFiles(_directory.Path, "journal-*"));
            var writes = _disk.Writes;
            _time.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(writes, _disk.Writes);
            Assert.Single(loggers.Lines, static line => line.StartsWith("Error: Writes are refused from now on", StringComparison.Ordinal));
            Assert.Single(loggers.Lines, static line => line.Equals("Information: The journal can be written again, after 6s.", StringComparison.Ordinal));
            await journal.AppendAsync(RegisteredFrom(4, 10), Token);
        }

        await ExpectRevisionAsync(13);
    }

    [Fact]
    public async Task A_write_that_succeeds_ends_the_problem_before_the_probe()
    {
        await using var journal = await OpenFaultyAsync();
        _disk.FailWrite = FaultyDisk.Full();
        await FailAsync(journal, RegisteredFrom(1, 1));
        await journal.AppendAsync(RegisteredFrom(1, 1), Token);
        var writes = _disk.Writes;
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(writes, _disk.Writes);
    }

    private Task<IJournal> OpenFaultyAsync(JournalOptions? options = null) =>
        Journal.OpenAsync(options ?? new JournalOptions { Directory = _directory.Path }, _time, NullLoggerFactory.Instance, _disk, Token);

    private static Task<JournalUnavailableException> FailAsync(IJournal journal, Change[] batch) =>
        Assert.ThrowsAsync<JournalUnavailableException>(async () => await journal.AppendAsync(batch, Token));

    private async Task ExpectRevisionAsync(long revision)
    {
        await using var again = await OpenAsync(_directory.Path);
        Assert.Equal(revision, again.Recovered.Revision);
        Assert.Equal(revision, (await HistoryAsync(again)).Count);
        Assert.Null(again.Recovered.Report);
    }
}
