using Rollcall.Registry.Journaling;
using Rollcall.TestKit;
using static Rollcall.Registry.Tests.Journaling.Sample;

namespace Rollcall.Registry.Tests.Journaling;

/// <summary>The past, its bounds and its agreement with a dumb oracle, on disk and in memory.</summary>
public sealed class HistoryTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly VirtualTime _time = new(Start);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(Durability.Interval)]
    [InlineData(Durability.Memory)]
    public async Task The_state_at_any_moment_is_what_replaying_everything_before_gives(Durability durability)
    {
        var random = new Random(4711);
        var options = new JournalOptions { Directory = _directory.Path, Durability = durability, SegmentBytes = 4096, SnapshotAfterBytes = 8192 };
        await using var journal = await OpenAsync(options, _time);
        var changes = new List<Change>();
        for (var revision = 1; revision <= 400; revision++)
        {
            if (random.Next(3) == 0)
                _time.Advance(TimeSpan.FromSeconds(random.Next(1, 20)));
            var now = _time.GetUtcNow();
            var service = $"service-{random.Next(4)}";
            var id = $"i-{random.Next(30)}";
            changes.Add(random.Next(4) == 0 ? Removed(revision, id, now, service) : Registered(revision, service, id, now));
            await journal.AppendAsync([changes[^1]], Token);
            if (journal.WantsSnapshot)
                await journal.WriteSnapshotAsync(revision, now, [.. StateAfter(changes)], EmptiedServices.None, Token);
        }

        for (var i = 0; i < 200; i++)
        {
            var at = Start + ((_time.GetUtcNow() - Start) * random.NextDouble() * 1.1);
            var service = random.Next(2) == 0 ? null : $"service-{random.Next(5)}";
            var past = await journal.ReadStateAtAsync(at, service, Token);
            var before = changes.TakeWhile(change => change.Time <= at).ToArray();
            Assert.NotNull(past);
            Assert.Equal(before.Length, past.Revision);
            Assert.Equal(StateAfter(before).Where(instance => service is null || instance.Registration.Service == service), InOrder(past.Instances));
            AssertSame(changes.Where(change => change.Time >= at), await HistoryAsync(journal, at));
        }

        Assert.Equal(Start, journal.HistoryCompleteSince);
        Assert.Null(await journal.ReadStateAtAsync(Start.AddMilliseconds(-1), null, Token));
    }

    [Theory]
    [InlineData(Durability.Interval)]
    [InlineData(Durability.Memory)]
    public async Task History_older_than_its_age_goes_and_what_is_left_is_complete(Durability durability)
    {
        var options = new JournalOptions { Directory = _directory.Path, Durability = durability, SegmentBytes = 4096, HistoryAge = TimeSpan.FromHours(24) };
        var changes = new List<Change>();
        await using var journal = await OpenAsync(options, _time);
        for (var hour = 0; hour < 72; hour++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            var batch = RegisteredFrom(changes.Count + 1, 10, _time.GetUtcNow());
            changes.AddRange(batch);
            await journal.AppendAsync(batch, Token);
            if (journal.WantsSnapshot)
                await journal.WriteSnapshotAsync(changes.Count, _time.GetUtcNow(), [.. StateAfter(changes)], EmptiedServices.None, Token);
        }

        // A day, and up to a quarter more: it goes from snapshot to snapshot.
        var kept = _time.GetUtcNow() - journal.HistoryCompleteSince;
        Assert.InRange(kept, TimeSpan.FromHours(23), TimeSpan.FromHours(32));
        await AssertCompleteAsync(journal, changes);
    }

    [Theory]
    [InlineData(Durability.Interval)]
    [InlineData(Durability.Memory)]
    public async Task History_beyond_its_size_goes_and_what_is_left_is_complete(Durability durability)
    {
        var options = new JournalOptions { Directory = _directory.Path, Durability = durability, SegmentBytes = 4096, SnapshotAfterBytes = 16 * 1024, HistoryBytes = 128 * 1024 };
        var changes = new List<Change>();
        await using var journal = await OpenAsync(options, _time);
        for (var batch = 0; batch < 400; batch++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            // Ten instances replaced over and over: the history grows and the state does not.
            var next = Enumerable.Range(0, 10).Select(i => Registered(changes.Count + 1 + i, id: $"i-{i}", time: _time.GetUtcNow())).ToArray();
            changes.AddRange(next);
            await journal.AppendAsync(next, Token);
            if (journal.WantsSnapshot)
                await journal.WriteSnapshotAsync(changes.Count, _time.GetUtcNow(), [.. StateAfter(changes)], EmptiedServices.None, Token);
        }

        Assert.InRange(journal.Health.Bytes, 32 * 1024, (128 + 40) * 1024);
        if (durability != Durability.Memory)
            Assert.Equal(journal.Health.Bytes, Directory.GetFiles(_directory.Path, "*-*").Sum(static path => new FileInfo(path).Length));
        await AssertCompleteAsync(journal, changes);
    }

    [Fact]
    public async Task What_recovery_needs_stays_however_small_the_limits()
    {
        var options = new JournalOptions { Directory = _directory.Path, SegmentBytes = 4096, HistoryBytes = 0, HistoryAge = TimeSpan.Zero };
        var changes = RegisteredFrom(1, 300);
        await using (var journal = await OpenAsync(options, _time))
        {
            foreach (var batch in changes.Chunk(20))
            {
                await journal.AppendAsync(batch, Token);
                if (batch[^1].Revision % 100 == 0)
                    await journal.WriteSnapshotAsync(batch[^1].Revision - 10, Start, [.. StateAfter(changes.Take((int)batch[^1].Revision - 10))], EmptiedServices.None, Token);
            }
        }

        Assert.Single(_directory.Snapshots);
        await using var again = await OpenAsync(options, _time);
        Assert.Equal(300, again.Recovered.Revision);
        Assert.Equal(StateAfter(changes), InOrder(again.Recovered.Instances));
    }

    [Fact]
    public async Task Bounds_of_history_outlive_a_restart()
    {
        var options = new JournalOptions { Directory = _directory.Path, SegmentBytes = 4096, HistoryBytes = 0 };
        DateTimeOffset since;
        await using (var journal = await OpenAsync(options, _time))
        {
            for (var batch = 0; batch < 20; batch++)
            {
                _time.Advance(TimeSpan.FromMinutes(1));
                await journal.AppendAsync(RegisteredFrom((batch * 20) + 1, 20, _time.GetUtcNow()), Token);
            }

            await journal.WriteSnapshotAsync(400, _time.GetUtcNow(), [.. StateAfter(await HistoryAsync(journal))], EmptiedServices.None, Token);
            since = journal.HistoryCompleteSince;
        }

        Assert.Equal(_time.GetUtcNow().AddMilliseconds(1), since);
        await using var again = await OpenAsync(options, _time);
        Assert.Equal(since, again.HistoryCompleteSince);
        Assert.Equal(400, (await again.ReadStateAtAsync(since, null, Token))?.Instances.Count);
    }

    [Fact]
    public async Task A_snapshot_may_be_written_alongside_appends()
    {
        var options = new JournalOptions { Directory = _directory.Path, SegmentBytes = 16 * 1024 };
        var changes = RegisteredFrom(1, 20_000);
        await using (var journal = await OpenAsync(options))
        {
            await journal.AppendAsync(changes[..15_000], Token);
            var snapshot = journal.WriteSnapshotAsync(15_000, Start, StateAfter(changes[..15_000]), EmptiedServices.None, Token).AsTask();
            foreach (var batch in changes[15_000..].Chunk(50))
                await journal.AppendAsync(batch, Token);
            await snapshot;
        }

        await using var again = await OpenAsync(options);
        Assert.Equal(20_000, again.Recovered.Revision);
        Assert.Equal(StateAfter(changes), InOrder(again.Recovered.Instances));
        Assert.Null(again.Recovered.Report);
    }

    [Fact]
    public async Task A_snapshot_ahead_of_the_journal_is_refused()
    {
        await using var journal = await OpenAsync(_directory.Path);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await journal.WriteSnapshotAsync(1, Start, [], EmptiedServices.None, Token));
    }

    [Fact]
    public async Task Reading_the_past_says_where_it_is_damaged()
    {
        await using var journal = await OpenAsync(_directory.Path);
        await journal.AppendAsync(RegisteredFrom(1, 20), Token);
        JournalDamageTests.Flip(_directory.Segments[0], 70);
        var error = await Assert.ThrowsAsync<JournalCorruptException>(() => HistoryAsync(journal));
        Assert.Equal(FileHeader.Bytes, error.Offset);
    }

    private static async Task AssertCompleteAsync(IJournal journal, List<Change> changes)
    {
        var since = journal.HistoryCompleteSince;
        Assert.True(since > Start);
        AssertSame(changes.Where(change => change.Time >= since), await HistoryAsync(journal, since));
        Assert.Null(await journal.ReadStateAtAsync(since.AddMilliseconds(-1), null, Token));
        foreach (var at in new[] { since, since + TimeSpan.FromSeconds(17), changes[^1].Time })
        {
            var past = await journal.ReadStateAtAsync(at, null, Token);
            Assert.Equal(StateAfter(changes.TakeWhile(change => change.Time <= at)), InOrder(past!.Instances));
        }
    }
}
