using Microsoft.Extensions.Logging;
using Rollcall.Registry.Journaling;
using Rollcall.TestKit;
using static Rollcall.Registry.Tests.Journaling.Sample;

namespace Rollcall.Registry.Tests.Journaling;

public sealed class JournalDamageTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly VirtualTime _time = new(Start);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private JournalOptions Options => new() { Directory = _directory.Path };

    private string Segment => _directory.Segments[^1];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_tail_cut_at_any_byte_of_the_last_batch_is_torn()
    {
        var offsets = await WriteAsync(batches: 3, perBatch: 2, cleanStop: false);
        var whole = await File.ReadAllBytesAsync(Segment, Token);
        for (var length = offsets[4]; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(Segment, whole[..(int)length], Token);
            var kept = offsets.Skip(1).Append(whole.Length).Count(end => end <= length);
            var cutAt = kept == 5 ? offsets[5] : offsets[4];
            await using var journal = await OpenAsync(Options);
            Assert.Equal(kept, journal.Recovered.Revision);
            if (length == cutAt)
            {
                Assert.Null(journal.Recovered.Report);
            }
            else
            {
                Assert.Contains($"{length - cutAt} bytes", journal.Recovered.Report, StringComparison.Ordinal);
                Assert.Contains($"offset {cutAt}", journal.Recovered.Report, StringComparison.Ordinal);
                Assert.Contains(Segment, journal.Recovered.Report, StringComparison.Ordinal);
            }

            Assert.Equal(cutAt, new FileInfo(Segment).Length);
        }
    }

    [Fact]
    public async Task After_a_torn_tail_was_cut_the_journal_goes_on()
    {
        var offsets = await WriteAsync(batches: 2, perBatch: 2, cleanStop: false);
        Truncate(Segment, offsets[3] + 5);
        await using (var journal = await OpenAsync(Options))
            await journal.AppendAsync([Registered(4, id: "new")], Token);
        await using var again = await OpenAsync(Options);
        Assert.Null(again.Recovered.Report);
        Assert.Equal([.. RegisteredFrom(1, 3), Registered(4, id: "new")], await HistoryAsync(again));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(5000)]
    public async Task A_tail_of_zeros_is_torn(int zeros)
    {
        await WriteAsync(batches: 2, perBatch: 2, cleanStop: false);
        await using (var file = new FileStream(Segment, FileMode.Append))
            file.Write(new byte[zeros]);
        await using var journal = await OpenAsync(Options);
        Assert.Equal(4, journal.Recovered.Revision);
        Assert.Contains($"{zeros} bytes", journal.Recovered.Report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bit_flipped_in_any_byte_of_a_middle_record_stops_the_start_at_that_record()
    {
        var offsets = await WriteAsync(batches: 3, perBatch: 2, cleanStop: false);
        for (var at = offsets[2]; at < offsets[4]; at++)
        {
            var record = at < offsets[3] ? offsets[2] : offsets[3];
            var error = await FlipAsync(at);
            Assert.True(error is not null, $"The bit at {at} went unnoticed.");
            Assert.Equal(record, error.Offset);
            Assert.Equal(Segment, error.File);
            Assert.Contains(Segment, error.Message, StringComparison.Ordinal);
            Assert.Contains($"offset {record}", error.Message, StringComparison.Ordinal);
            Assert.Contains($"rollcall journal repair {_directory.Path}", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task After_a_clean_stop_a_bit_flipped_in_the_last_record_is_no_torn_tail()
    {
        var offsets = await WriteAsync(batches: 3, perBatch: 2, cleanStop: true);
        for (var at = offsets[5]; at < offsets[6]; at++)
            Assert.Equal(offsets[5], (await FlipAsync(at))?.Offset);
    }

    [Fact]
    public async Task A_record_of_the_same_write_behind_the_damage_proves_nothing()
    {
        // The pages of one write reach the disk in any order, so this is what a loss of power can leave of a write never acknowledged.
        var offsets = await WriteAsync(batches: 3, perBatch: 2, cleanStop: false);
        Flip(Segment, offsets[4] + 10);
        await using var journal = await OpenAsync(Options);
        Assert.Equal(4, journal.Recovered.Revision);
        Assert.NotNull(journal.Recovered.Report);
    }

    [Fact]
    public async Task A_bit_flipped_in_any_byte_of_the_header_stops_the_start()
    {
        await WriteAsync(batches: 1, perBatch: 1, cleanStop: true);
        for (var at = 0; at < FileHeader.Bytes; at++)
            Assert.Equal(0, (await FlipAsync(at))?.Offset);
    }

    [Fact]
    public async Task A_later_format_is_refused_by_name()
    {
        await WriteAsync(batches: 1, perBatch: 1, cleanStop: true);
        var bytes = await File.ReadAllBytesAsync(Segment, Token);
        bytes[8] = 9;
        BitConverter.GetBytes(Crc32C.Compute(bytes.AsSpan(0, 60))).CopyTo(bytes, 60);
        await File.WriteAllBytesAsync(Segment, bytes, Token);
        Assert.Contains("version 9", (await CorruptAsync())?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_segment_stops_the_start()
    {
        await WriteSegmentsAsync();
        var missing = _directory.Segments[1];
        File.Delete(missing);
        var error = await CorruptAsync();
        Assert.Contains("is missing", error!.Message, StringComparison.Ordinal);
        Assert.Equal(_directory.Segments[1], error.File);
    }

    [Fact]
    public async Task A_missing_first_segment_stops_the_start()
    {
        await WriteSegmentsAsync();
        File.Delete(_directory.Segments[0]);
        Assert.Contains("no snapshot", (await CorruptAsync())?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_earlier_segment_cut_short_stops_the_start()
    {
        await WriteSegmentsAsync();
        Truncate(_directory.Segments[1], new FileInfo(_directory.Segments[1]).Length - 1);
        Assert.Contains("cut short", (await CorruptAsync())?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damage_in_an_earlier_segment_stops_the_start_even_behind_a_snapshot()
    {
        var changes = await WriteSegmentsAsync();
        await using (var journal = await OpenAsync(Options))
            await journal.WriteSnapshotAsync(changes.Length, Start, StateAfter(changes), EmptiedServices.None, Token);
        Flip(_directory.Segments[0], 200);
        Assert.Equal(_directory.Segments[0], (await CorruptAsync())?.File);
    }

    [Fact]
    public async Task A_segment_of_another_journal_stops_the_start()
    {
        using var other = new TestDirectory();
        await WriteSegmentsAsync();
        await WriteSegmentsAsync(other.Path);
        File.Copy(other.Segments[1], _directory.Segments[1], overwrite: true);
        Assert.Contains("another journal", (await CorruptAsync())?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_snapshot_without_its_segments_stops_the_start()
    {
        var changes = await WriteSegmentsAsync();
        await using (var journal = await OpenAsync(Options))
            await journal.WriteSnapshotAsync(changes.Length, Start, StateAfter(changes), EmptiedServices.None, Token);
        File.Delete(_directory.Segments[^1]);
        Assert.Contains("missing or were cut short", (await CorruptAsync())?.Message, StringComparison.Ordinal);
        foreach (var segment in _directory.Segments)
            File.Delete(segment);
        Assert.Contains("all segments are missing", (await CorruptAsync())?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_snapshot_is_passed_over_when_the_segments_lead_to_the_same_state()
    {
        var changes = await WriteSegmentsAsync();
        await using (var journal = await OpenAsync(Options))
            await journal.WriteSnapshotAsync(changes.Length, Start, StateAfter(changes), EmptiedServices.None, Token);
        var snapshot = _directory.Snapshots[0];
        var length = new FileInfo(snapshot).Length;
        for (var at = 0; at < length; at += 37)
        {
            Flip(snapshot, at);
            var log = new RecordedLoggers();
            await using (var journal = await OpenAsync(Options, loggers: log))
            {
                Assert.Equal(StateAfter(changes), InOrder(journal.Recovered.Instances));
                Assert.Contains(snapshot, journal.Recovered.Report, StringComparison.Ordinal);
                Assert.Contains(log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains(snapshot, StringComparison.Ordinal));
            }

            Flip(snapshot, at);
        }
    }

    [Fact]
    public async Task A_snapshot_cut_anywhere_is_passed_over()
    {
        var changes = await WriteSegmentsAsync();
        await using (var journal = await OpenAsync(Options))
            await journal.WriteSnapshotAsync(changes.Length, Start, StateAfter(changes), EmptiedServices.None, Token);
        for (var length = new FileInfo(_directory.Snapshots[0]).Length - 1; length > 0; length -= 211)
        {
            Truncate(_directory.Snapshots[0], length);
            await using var journal = await OpenAsync(Options);
            Assert.Equal(StateAfter(changes), InOrder(journal.Recovered.Instances));
            Assert.NotNull(journal.Recovered.Report);
        }
    }

    [Fact]
    public async Task A_damaged_snapshot_that_is_needed_stops_the_start()
    {
        var options = Options with { SegmentBytes = 4096, HistoryBytes = 0 };
        await using (var journal = await OpenAsync(options))
        {
            await journal.AppendAsync(RegisteredFrom(1, 100), Token);
            await journal.AppendAsync(RegisteredFrom(101, 100), Token);
            await journal.WriteSnapshotAsync(200, Start, StateAfter(RegisteredFrom(1, 200)), EmptiedServices.None, Token);
        }

        Assert.DoesNotContain(JournalPaths.Segment(_directory.Path, 1), _directory.Segments);
        Flip(_directory.Snapshots[0], 500);
        Assert.Equal(_directory.Snapshots[0], (await CorruptAsync())?.File);
    }

    [Fact]
    public async Task What_was_left_unfinished_is_cleared_away()
    {
        await WriteAsync(batches: 1, perBatch: 1, cleanStop: true);
        var unfinished = JournalPaths.Snapshot(_directory.Path, 1) + ".tmp";
        var foreign = Path.Combine(_directory.Path, "notes.tmp");
        await File.WriteAllTextAsync(unfinished, "half", Token);
        await File.WriteAllTextAsync(foreign, "mine", Token);
        await using var journal = await OpenAsync(Options);
        Assert.False(File.Exists(unfinished));
        Assert.True(File.Exists(foreign));
    }

    [Fact]
    public async Task A_cut_is_a_warning_in_the_log()
    {
        var offsets = await WriteAsync(batches: 1, perBatch: 2, cleanStop: false);
        Truncate(Segment, offsets[1] + 3);
        var log = new RecordedLoggers();
        await using var journal = await OpenAsync(Options, loggers: log);
        Assert.Contains(log.Lines, line => line.StartsWith("Warning: Cut an unfinished write", StringComparison.Ordinal)
            && line.Contains("3 bytes", StringComparison.Ordinal) && line.Contains($"offset {offsets[1]}", StringComparison.Ordinal));
    }

    private Task<IJournal> OpenAsync(JournalOptions options, ILoggerFactory? loggers = null) => Sample.OpenAsync(options, _time, loggers);

    internal static void Flip(string path, long offset)
    {
        using var file = new FileStream(path, FileMode.Open);
        file.Position = offset;
        var value = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(value ^ 0x10));
    }

    internal static void Truncate(string path, long length)
    {
        using var file = new FileStream(path, FileMode.Open);
        file.SetLength(length);
    }

    private async Task<JournalCorruptException?> FlipAsync(long offset)
    {
        Flip(Segment, offset);
        var error = await CorruptAsync();
        Flip(Segment, offset);
        return error;
    }

    private async Task<JournalCorruptException?> CorruptAsync()
    {
        var before = _directory.Segments.Select(static path => new FileInfo(path).Length).ToArray();
        try
        {
            await using var journal = await OpenAsync(Options);
            return null;
        }
        catch (JournalCorruptException error)
        {
            Assert.Equal(before, _directory.Segments.Select(static path => new FileInfo(path).Length));
            return error;
        }
    }

    // Where each record begins, and where the last one ends.
    private async Task<long[]> WriteAsync(int batches, int perBatch, bool cleanStop)
    {
        var offsets = new List<long> { FileHeader.Bytes };
        await using (var journal = await OpenAsync(Options))
        {
            for (var batch = 0; batch < batches; batch++)
                await journal.AppendAsync(RegisteredFrom((batch * perBatch) + 1, perBatch), Token);
        }

        using (var file = Disk.OpenRead(Segment))
        {
            using var reader = new SegmentReader(file, FileHeader.Bytes, RandomAccess.GetLength(file), 1);
            while (reader.StepFilling(out _) == ReadStep.Record && reader.Prefix.Kind == RecordKind.Change)
                offsets.Add(reader.Position);
        }

        if (!cleanStop)
            Truncate(Segment, offsets[^1]); // as if the process had died before it could mark its end
        return [.. offsets];
    }

    private async Task<Change[]> WriteSegmentsAsync(string? directory = null)
    {
        await using var journal = await OpenAsync(Options with { Directory = directory ?? _directory.Path, SegmentBytes = 4096 });
        for (var revision = 1; revision <= 200; revision += 10)
            await journal.AppendAsync(RegisteredFrom(revision, 10), Token);
        return RegisteredFrom(1, 200);
    }
}
