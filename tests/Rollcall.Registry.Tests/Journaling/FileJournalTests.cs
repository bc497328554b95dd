using Rollcall.Registry.Journaling;
using Rollcall.TestKit;
using static Rollcall.Registry.Tests.Journaling.Sample;

namespace Rollcall.Registry.Tests.Journaling;

public sealed class FileJournalTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly VirtualTime _time = new(Start);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_new_journal_is_empty_and_keeps_its_epoch()
    {
        string epoch;
        await using (var journal = await OpenAsync(_directory.Path))
        {
            Assert.Equal(new RecoveredState(0, [], null), journal.Recovered);
            epoch = journal.Epoch;
            Assert.Matches("^[0-9a-f]{32}$", epoch);
        }

        await using var again = await OpenAsync(_directory.Path);
        Assert.Equal(epoch, again.Epoch);
    }

    [Theory]
    [InlineData(Durability.Fsync)]
    [InlineData(Durability.Interval)]
    public async Task What_was_appended_is_there_after_a_restart(Durability durability)
    {
        var options = new JournalOptions { Directory = _directory.Path, Durability = durability };
        Change[] changes = [Registered(1), Registered(2), Registered(3, "billing"), Removed(4, "o-1"), Registered(5, id: "o-2")];
        await using (var journal = await OpenAsync(options))
        {
            await journal.AppendAsync(changes[..2], Token);
            await journal.AppendAsync(changes[2..], Token);
        }

        await using var again = await OpenAsync(options);
        Assert.Equal(5, again.Recovered.Revision);
        Assert.Null(again.Recovered.Report);
        Assert.Equal(StateAfter(changes), InOrder(again.Recovered.Instances));
        Assert.Equal(changes, await HistoryAsync(again));
    }

    [Fact]
    public async Task Segments_are_begun_by_size_and_read_as_one()
    {
        var options = new JournalOptions { Directory = _directory.Path, SegmentBytes = 4096 };
        await using (var journal = await OpenAsync(options))
        {
            for (var revision = 1; revision <= 200; revision += 5)
                await journal.AppendAsync(RegisteredFrom(revision, 5), Token);
            Assert.Equal(_directory.Segments.Length, journal.Health.Segments);
            Assert.Equal(_directory.Segments.Sum(static path => new FileInfo(path).Length), journal.Health.Bytes);
        }

        Assert.InRange(_directory.Segments.Length, 3, 20);
        await using var again = await OpenAsync(options);
        Assert.Equal(RegisteredFrom(1, 200), await HistoryAsync(again));
    }

    [Fact]
    public async Task Recovery_starts_from_the_snapshot()
    {
        var options = new JournalOptions { Directory = _directory.Path, SegmentBytes = 4096, HistoryBytes = 0, SnapshotAfterBytes = 4096 };
        var changes = RegisteredFrom(1, 300);
        await using (var journal = await OpenAsync(options))
        {
            await journal.AppendAsync(changes[..200], Token);
            Assert.True(journal.WantsSnapshot);
            await journal.WriteSnapshotAsync(200, Start, StateAfter(changes[..200]), EmptiedServices.None, Token);
            Assert.False(journal.WantsSnapshot);
            await journal.AppendAsync(changes[200..], Token);
        }

        await using var again = await OpenAsync(options);
        Assert.Equal(300, again.Recovered.Revision);
        Assert.Equal(StateAfter(changes), InOrder(again.Recovered.Instances));
    }

    [Fact]
    public async Task The_recovered_instances_are_let_go_with_the_first_append()
    {
        await using (var journal = await OpenAsync(_directory.Path))
            await journal.AppendAsync(RegisteredFrom(1, 3), Token);
        await using var again = await OpenAsync(_directory.Path);
        Assert.Equal(3, again.Recovered.Instances.Count);
        await again.AppendAsync([Registered(4)], Token);
        Assert.Empty(again.Recovered.Instances);
        Assert.Equal(3, again.Recovered.Revision);
    }

    [Fact]
    public async Task A_revision_that_does_not_follow_is_refused_and_leaves_nothing()
    {
        await using var journal = await OpenAsync(_directory.Path);
        await Assert.ThrowsAsync<ArgumentException>(async () => await journal.AppendAsync([Registered(2)], Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await journal.AppendAsync([Registered(1), Registered(3)], Token));
        await journal.AppendAsync([Registered(1)], Token);
        Assert.Equal([Registered(1)], await HistoryAsync(journal));
    }

    [Fact]
    public async Task A_second_opener_is_told_who_holds_it()
    {
        await using (await OpenAsync(_directory.Path))
        {
            var error = await Assert.ThrowsAsync<JournalLockedException>(() => OpenAsync(_directory.Path));
            Assert.Equal(Environment.ProcessId, error.ProcessId);
            Assert.Contains($"process {Environment.ProcessId}", error.Message, StringComparison.Ordinal);
            Assert.Contains(_directory.Path, error.Message, StringComparison.Ordinal);
        }

        await using var afterwards = await OpenAsync(_directory.Path);
    }

    [Fact]
    public async Task Options_out_of_range_are_all_named()
    {
        var options = new JournalOptions { Directory = " ", SegmentBytes = 1, HistoryBytes = -1 };
        var error = await Assert.ThrowsAsync<ArgumentException>(() => OpenAsync(options));
        Assert.Contains("Directory", error.Message, StringComparison.Ordinal);
        Assert.Contains("SegmentBytes", error.Message, StringComparison.Ordinal);
        Assert.Contains("HistoryBytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_is_read_alongside_appends()
    {
        await using var journal = await OpenAsync(new JournalOptions { Directory = _directory.Path, SegmentBytes = 4096 }, _time);
        await journal.AppendAsync(RegisteredFrom(1, 50), Token);
        await using var reading = journal.ReadHistoryAsync(DateTimeOffset.MinValue, Token).GetAsyncEnumerator(Token);
        Assert.True(await reading.MoveNextAsync());
        for (var revision = 51; revision <= 300; revision += 10)
            await journal.AppendAsync(RegisteredFrom(revision, 10), Token);
        var read = 1;
        while (await reading.MoveNextAsync())
            Assert.Equal(++read, reading.Current.Revision);
        Assert.Equal(50, read);
    }
}
