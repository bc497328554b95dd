using Rollcall.Registry.Journaling;
using Rollcall.TestKit;
using static Rollcall.Registry.Tests.Journaling.Sample;

namespace Rollcall.Registry.Tests.Journaling;

public sealed class JournalRepairTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly VirtualTime _time = new(Start);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_sound_journal_is_reported_and_left_alone()
    {
        var changes = await WriteAsync(snapshotAt: 100);
        var before = Contents();
        var report = await VerifyAsync();
        Assert.True(report.IsSound);
        Assert.False(report.InUse);
        Assert.Matches("^[0-9a-f]{32}$", report.Epoch);
        Assert.Equal(200, report.Files.Where(static file => file.Kind == JournalFileKind.Segment).Sum(static file => file.Records));
        Assert.Equal((1, 200), (report.Files[1].FirstRevision, report.Files[^1].LastRevision));
        Assert.Equal((100, 100, Start), (report.Files[0].Records, report.Files[0].LastRevision, report.Files[0].LastTime));
        var repair = await RepairAsync();
        Assert.Null(repair.Backup);
        Assert.Empty(repair.Losses);
        Assert.Equal((200, 200), (repair.LastRevision, repair.Instances));
        Assert.Equal(before, Contents());
        await ExpectAsync(changes);
    }

    [Fact]
    public async Task Damaged_records_are_named_and_everything_else_is_kept()
    {
        var changes = await WriteAsync();
        var segment = _directory.Segments[1];
        JournalDamageTests.Flip(segment, 1000);
        JournalDamageTests.Flip(segment, 2000);
        var report = await VerifyAsync();
        Assert.False(report.IsSound);
        Assert.Equal(segment, report.Blocker?.File);
        var damage = report.Damage.ToArray();
        Assert.Equal(2, damage.Length);
        Assert.All(damage, found => Assert.Equal(segment, found.File));
        Assert.InRange(damage[0].Offset, 900, 1000);
        Assert.InRange(damage[1].Offset, 1900, 2000);

        var originals = Contents();
        var repair = await RepairAsync();
        Assert.Equal(2, repair.RevisionsLost);
        Assert.Equal(damage.Select(static found => found.Offset), repair.Losses.Select(static loss => loss.Offset));
        Assert.All(repair.Losses, static loss => Assert.Equal(loss.FirstRevision, loss.LastRevision));
        var lost = repair.Losses.Select(static loss => loss.FirstRevision).ToHashSet();
        Assert.Equal(Path.Combine(_directory.Path, "damaged-20260101T000000Z"), repair.Backup);
        var copies = Directory.GetFiles(repair.Backup!);
        Assert.Contains(Path.GetFileName(segment), copies.Select(Path.GetFileName));
        foreach (var copy in copies)
            Assert.Equal(originals[Path.GetFileName(copy)], Convert.ToHexString(await File.ReadAllBytesAsync(copy, Token)));
        await ExpectAsync(changes.Where(change => !lost.Contains(change.Revision)), completeSince: Start.AddMilliseconds(1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_missing_segment_becomes_a_gap(int index)
    {
        var changes = await WriteAsync();
        var first = JournalSegmentRevision(index);
        var next = JournalSegmentRevision(index + 1);
        File.Delete(_directory.Segments[index]);
        var repair = await RepairAsync();
        Assert.Equal(next - first, repair.RevisionsLost);
        Assert.Equal((first, next - 1), (repair.Losses[0].FirstRevision, repair.Losses[0].LastRevision));
        await ExpectAsync(changes.Where(change => change.Revision < first || change.Revision >= next), completeSince: Start.AddMilliseconds(1));
    }

    [Fact]
    public async Task A_damaged_header_loses_no_record()
    {
        var changes = await WriteAsync();
        JournalDamageTests.Flip(_directory.Segments[1], 3);
        var repair = await RepairAsync();
        Assert.Equal(0, repair.RevisionsLost);
        Assert.Single(repair.Losses);
        await ExpectAsync(changes);
    }

    [Fact]
    public async Task A_segment_cut_short_loses_its_end()
    {
        var changes = await WriteAsync();
        var next = JournalSegmentRevision(1);
        JournalDamageTests.Truncate(_directory.Segments[0], new FileInfo(_directory.Segments[0]).Length - 5);
        var repair = await RepairAsync();
        Assert.Equal(1, repair.RevisionsLost);
        await ExpectAsync(changes.Where(change => change.Revision != next - 1), completeSince: Start.AddMilliseconds(1));
    }

    [Fact]
    public async Task A_damaged_snapshot_goes_when_the_segments_hold_everything()
    {
        var changes = await WriteAsync(snapshotAt: 100);
        JournalDamageTests.Flip(_directory.Snapshots[0], 300);
        var repair = await RepairAsync();
        Assert.NotNull(repair.Backup);
        Assert.Empty(_directory.Snapshots);
        Assert.Equal(0, repair.RevisionsLost);
        await ExpectAsync(changes);
    }

    [Fact]
    public async Task Of_a_damaged_snapshot_that_is_needed_the_sound_instances_are_kept()
    {
        var changes = await WriteAsync(snapshotAt: 150, historyBytes: 0);
        JournalDamageTests.Flip(_directory.Snapshots[0], 3000);
        var repair = await RepairAsync();
        Assert.Equal(199, repair.Instances);
        Assert.Equal(_directory.Snapshots[0], Assert.Single(repair.Losses).File);
        await using var journal = await OpenAsync(new JournalOptions { Directory = _directory.Path }, _time);
        Assert.Equal(200, journal.Recovered.Revision);
        Assert.Subset(StateAfter(changes).ToHashSet(), journal.Recovered.Instances.ToHashSet());
    }

    [Fact]
    public async Task Without_its_snapshot_what_was_before_the_segments_is_lost()
    {
        var changes = await WriteAsync(snapshotAt: 150, historyBytes: 0);
        var first = JournalSegmentRevision(0);
        File.Delete(_directory.Snapshots[0]);
        Assert.NotNull((await VerifyAsync()).Blocker);
        var repair = await RepairAsync();
        Assert.Equal(first - 1, repair.RevisionsLost);
        await ExpectAsync(changes.Where(change => change.Revision >= first), completeSince: Start.AddMilliseconds(1));
    }

    [Fact]
    public async Task Without_any_segment_the_snapshot_is_gone_on_from()
    {
        var changes = await WriteAsync(snapshotAt: 150, historyBytes: 0);
        foreach (var segment in _directory.Segments)
            File.Delete(segment);
        var repair = await RepairAsync();
        Assert.Equal((150, 150), (repair.LastRevision, repair.Instances));
        await using var journal = await OpenAsync(new JournalOptions { Directory = _directory.Path }, _time);
        await journal.AppendAsync([Registered(151)], Token);
        Assert.Equal(StateAfter(changes[..150]).Count(), repair.Instances);
    }

    [Fact]
    public async Task Segments_missing_before_a_snapshot_cost_history_only()
    {
        var changes = await WriteAsync(snapshotAt: 200);
        File.Delete(_directory.Segments[^1]);
        var repair = await RepairAsync();
        Assert.Equal((200, 200), (repair.LastRevision, repair.Instances));
        await using var journal = await OpenAsync(new JournalOptions { Directory = _directory.Path }, _time);
        Assert.Equal(StateAfter(changes), InOrder(journal.Recovered.Instances));
        await journal.AppendAsync([Registered(201)], Token);
    }

    [Fact]
    public async Task A_torn_tail_needs_no_repair()
    {
        await WriteAsync();
        var segment = _directory.Segments[^1];
        var length = new FileInfo(segment).Length - 40;
        JournalDamageTests.Truncate(segment, length);
        var report = await VerifyAsync();
        Assert.True(report.IsSound);
        Assert.Equal((segment, length), (report.TornTail?.File, report.TornTail?.Offset + report.TornTail?.Bytes));
        Assert.Null((await RepairAsync()).Backup);
    }

    [Fact]
    public async Task A_torn_tail_behind_damage_is_cut_by_the_repair()
    {
        var changes = await WriteAsync();
        JournalDamageTests.Flip(_directory.Segments[0], 100);
        JournalDamageTests.Truncate(_directory.Segments[^1], new FileInfo(_directory.Segments[^1]).Length - 40);
        var repair = await RepairAsync();
        Assert.Equal(199, repair.LastRevision);
        await ExpectAsync(changes[1..199], completeSince: Start.AddMilliseconds(1));
    }

    [Fact]
    public async Task While_a_node_has_it_open_a_journal_is_verified_but_not_repaired()
    {
        await using var journal = await OpenAsync(new JournalOptions { Directory = _directory.Path }, _time);
        await journal.AppendAsync([Registered(1)], Token);
        Assert.True((await VerifyAsync()).InUse);
        await Assert.ThrowsAsync<JournalLockedException>(RepairAsync);
    }

    [Fact]
    public async Task A_directory_without_a_journal_is_refused()
    {
        await Assert.ThrowsAsync<FileNotFoundException>(VerifyAsync);
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => JournalVerifier.VerifyAsync(Path.Combine(_directory.Path, "nowhere"), Token));
    }

    [Fact]
    public async Task Whatever_is_broken_a_repaired_journal_starts_and_holds_only_what_was_written()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            using var directory = new TestDirectory();
            var random = new Random(seed);
            var changes = await WriteAsync(snapshotAt: random.Next(2) == 0 ? 150 : 0, historyBytes: random.Next(2) == 0 ? 0 : long.MaxValue, directory: directory.Path);
            for (var i = random.Next(1, 5); i > 0; i--)
                Break(directory, random);
            JournalRepairResult repair;
            try
            {
                repair = await JournalRepair.RepairAsync(directory.Path, _time, Token);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Seed {seed}: {error.Message}", error);
            }

            await using var journal = await OpenAsync(new JournalOptions { Directory = directory.Path }, _time);
            Assert.Equal(repair.LastRevision, journal.Recovered.Revision);
            Assert.Subset(changes.ToHashSet(), (await HistoryAsync(journal)).ToHashSet());
            Assert.Subset(changes.Select(static change => change.Instance!).ToHashSet(), journal.Recovered.Instances.ToHashSet());
            await journal.AppendAsync([Registered(repair.LastRevision + 1)], Token);
        }
    }

    private static void Break(TestDirectory directory, Random random)
    {
        var files = directory.Segments.Concat(directory.Snapshots).ToArray();
        if (files.Length < 2)
            return;
        var file = files[random.Next(files.Length)];
        var length = new FileInfo(file).Length;
        switch (random.Next(4))
        {
            case 0:
                File.Delete(file);
                break;
            case 1:
                JournalDamageTests.Truncate(file, random.NextInt64(length));
                break;
            default:
                JournalDamageTests.Flip(file, random.NextInt64(Math.Max(length - 1, 1)));
                break;
        }
    }

    private async Task<Change[]> WriteAsync(long snapshotAt = 0, long historyBytes = long.MaxValue, string? directory = null)
    {
        var options = new JournalOptions { Directory = directory ?? _directory.Path, SegmentBytes = 4096, HistoryBytes = historyBytes, Durability = Durability.Interval };
        var changes = RegisteredFrom(1, 200);
        await using var journal = await OpenAsync(options, _time);
        foreach (var batch in changes.Chunk(10))
            await journal.AppendAsync(batch, Token);
        if (snapshotAt > 0)
            await journal.WriteSnapshotAsync(snapshotAt, Start, StateAfter(changes.Take((int)snapshotAt)), EmptiedServices.None, Token);
        return changes;
    }

    private async Task ExpectAsync(IEnumerable<Change> changes, DateTimeOffset? completeSince = null)
    {
        Assert.True((await VerifyAsync()).IsSound);
        await using var journal = await OpenAsync(new JournalOptions { Directory = _directory.Path }, _time);
        Assert.Null(journal.Recovered.Report);
        AssertSame(changes, await HistoryAsync(journal));
        Assert.Equal(StateAfter(changes), InOrder(journal.Recovered.Instances));
        Assert.Equal(completeSince ?? Start, journal.HistoryCompleteSince);
        await journal.AppendAsync([Registered(journal.Recovered.Revision + 1)], Token);
    }

    private long JournalSegmentRevision(int index) => JournalPaths.List(_directory.Path).Segments[index].Revision;

    private Task<JournalVerification> VerifyAsync() => JournalVerifier.VerifyAsync(_directory.Path, Token);

    private Task<JournalRepairResult> RepairAsync() => JournalRepair.RepairAsync(_directory.Path, _time, Token);

    private Dictionary<string, string> Contents() =>
        Directory.GetFiles(_directory.Path).ToDictionary(static path => Path.GetFileName(path), static path => Convert.ToHexString(File.ReadAllBytes(path)), StringComparer.Ordinal);
}
