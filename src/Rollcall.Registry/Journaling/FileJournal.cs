using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Journaling;

/// <summary>The journal on disk. Appends, snapshots and reading the past may run alongside one another; appends only one at a time.</summary>
internal sealed partial class FileJournal : IJournal
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SnapshotRetry = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    private readonly JournalOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IDisk _disk;
    private readonly DirectoryLock _lock;
    private readonly RecordBuffer _buffer = new();
    private readonly Lock _gate = new(); // the writer, between appends and the flush of interval durability
    private readonly SegmentWriter _writer;
    private readonly CommitThread? _commit;
    private readonly ITimer? _flushTimer;
    private readonly ITimer _probe;
    private volatile JournalFiles _files;
    private volatile RecoveredState _recovered;
    private volatile string? _problem;
    private long _bytesSinceSnapshot;
    private long _snapshotNotBefore;
    private long _problemSince;
    private int _failedBytes;
    private bool _appended;
    private bool _disposed;

    public FileJournal(JournalOptions options, TimeProvider time, ILogger logger, IDisk disk, DirectoryLock held, SegmentWriter writer, RecoveredJournal recovered)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _disk = disk;
        _lock = held;
        _writer = writer;
        _files = recovered.Files;
        _recovered = recovered.State;
        _bytesSinceSnapshot = recovered.BytesSinceSnapshot;
        Epoch = writer.Segment.Header.Epoch.ToString("N");
        _probe = time.CreateTimer(static journal => ((FileJournal)journal!).Probe(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (options.Durability == Durability.Fsync)
            _commit = new CommitThread(Commit);
        else
            _flushTimer = time.CreateTimer(static journal => ((FileJournal)journal!).FlushInBackground(), this, FlushInterval, FlushInterval);
    }

    public string Epoch { get; }

    public RecoveredState Recovered => _recovered;

    public DateTimeOffset HistoryCompleteSince => _files.CompleteSince;

    public bool WantsSnapshot
    {
        get
        {
            var bytes = Interlocked.Read(ref _bytesSinceSnapshot);
            if (bytes == 0 || _time.GetTimestamp() < Interlocked.Read(ref _snapshotNotBefore))
                return false;
            // Old history can go only from snapshot to snapshot; a quiet registry needs one now and then too.
            var files = _files;
            var latest = files.Snapshots.IsEmpty ? files.Segments[0].Header.Time : files.Snapshots[^1].Header.Time;
            return bytes >= _options.SnapshotAfterBytes || _time.GetUtcNow() - latest > _options.HistoryAge / 4;
        }
    }

    public JournalHealth Health
    {
        get
        {
            var files = _files;
            return new JournalHealth(_options.Durability, _options.Directory, files.Bytes, files.Segments.Length, _problem);
        }
    }

    public ValueTask AppendAsync(IReadOnlyList<Change> batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count == 0)
            return ValueTask.CompletedTask;
        if (_commit is not null)
            return _commit.CommitAsync(batch);
        Commit(batch);
        return ValueTask.CompletedTask;
    }

    public async ValueTask WriteSnapshotAsync(
        long revision, DateTimeOffset time, IEnumerable<Instance> instances, EmptiedServices emptied, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(instances);
        ArgumentNullException.ThrowIfNull(emptied);
        var last = _files.Last.LastRevision;
        if (revision > last)
            throw new ArgumentOutOfRangeException(nameof(revision), revision, $"A snapshot cannot be ahead of the journal, which is at revision {last}.");
        if (!_files.Snapshots.IsEmpty && revision <= _files.Snapshots[^1].Header.Revision)
            return;
        var bytesBefore = Interlocked.Read(ref _bytesSinceSnapshot);
        try
        {
            // A snapshot must not outlive the changes it is made of: recovery would find it ahead of the segments.
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                _writer.Flush();
            }

            var header = new FileHeader(JournalFileKind.Snapshot, _writer.Segment.Header.Epoch, revision, time, 0, 0);
            var snapshot = await SnapshotWriter.WriteAsync(_disk, _options.Directory, header, instances, emptied, cancellationToken);
            Interlocked.Add(ref _bytesSinceSnapshot, -bytesBefore);
            Keep(snapshot);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var after = _time.GetTimestamp() + (long)(SnapshotRetry.TotalSeconds * _time.TimestampFrequency);
            Interlocked.Exchange(ref _snapshotNotBefore, after);
            throw JournalFailure.Describe("write a snapshot", _options.Directory, error);
        }
    }

    public IAsyncEnumerable<Change> ReadHistoryAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        new HistoryReader(_files).ReadAsync(since, cancellationToken);

    public async ValueTask<PastState?> ReadStateAtAsync(DateTimeOffset at, string? service, CancellationToken cancellationToken)
    {
        var files = _files;
        return at < files.CompleteSince ? null : await new HistoryReader(files).ReadStateAtAsync(at, service, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _commit?.Dispose();
        await _probe.DisposeAsync();
        if (_flushTimer is not null)
            await _flushTimer.DisposeAsync();
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            WriteMark();
            _writer.Dispose();
        }

        _lock.Dispose();
    }

    // On the commit thread, or on the caller's with interval durability, whose writes end in the system's cache.
    private void Commit(IReadOnlyList<Change> batch)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            RevisionOrder.ThrowIfBroken(batch, _files.Last.LastRevision);
            try
            {
                if (_writer.MustBeginSegment(_options.SegmentBytes))
                    BeginSegment(batch[0].Revision);
                Write(batch);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                _failedBytes = _buffer.Length;
                throw Failed(error);
            }

            MendProblem();
        }
    }

    private void Write(IReadOnlyList<Change> batch)
    {
        _buffer.Clear();
        var unflushed = _writer.Unflushed;
        var latest = batch[0].Time;
        for (var i = 0; i < batch.Count; i++)
        {
            var change = batch[i];
            ChangeCodec.Write(_buffer, change, unflushed + _buffer.Length);
            if (change.Time > latest)
                latest = change.Time;
        }

        _writer.Write(_buffer.Written, flush: _options.Durability == Durability.Fsync, batch[^1].Revision, latest);
        Interlocked.Add(ref _bytesSinceSnapshot, _buffer.Length);
        if (_appended)
            return;
        _appended = true;
        // The catalog has taken them over; holding them here would keep every replaced instance alive.
        _recovered = _recovered with { Instances = [], Emptied = EmptiedServices.None };
    }

    private void BeginSegment(long firstRevision)
    {
        var replaced = _writer.Segment;
        _writer.BeginSegment(firstRevision);
        var files = _files;
        var segments = replaced.Header.Revision == firstRevision ? files.Segments.Remove(replaced) : files.Segments;
        _files = files with { Segments = segments.Add(_writer.Segment) };
    }

    // Snapshot and segments change the list of files from two sides.
    private void Keep(SnapshotInfo snapshot)
    {
        JournalFiles kept;
        IReadOnlyList<string> dropped;
        lock (_gate)
        {
            if (_disposed)
                return; // the next start finds it
            var files = _files with { Snapshots = _files.Snapshots.Add(snapshot) };
            (kept, var paths) = files.Retain(_time.GetUtcNow() - _options.HistoryAge, _options.HistoryBytes);
            dropped = paths;
            _files = kept;
        }

        // Oldest first, each for good before the next: whatever happens on the way, no segment in the middle is missing.
        foreach (var path in dropped)
        {
            _disk.Delete(path);
            _disk.FlushDirectory(_options.Directory);
        }

        LogSnapshot(snapshot.Header.Revision, snapshot.Bytes, dropped.Count);
    }

    private void FlushInBackground()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            try
            {
                _writer.Flush();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                var isNews = _problem is null;
                var failure = Failed(error);
                if (isNews)
                    LogFlushFailed(failure.Message);
            }
        }
    }

    // A registry on which nobody writes must notice too that there is room again. Beside the writes, which may find it out first.
    private void Probe()
    {
        var problem = _problem;
        if (problem is null)
            return;
        try
        {
            DiskProbe.Run(_disk, _options.Directory, Volatile.Read(ref _failedBytes));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            lock (_gate)
                ProbeAgain();
            return;
        }

        lock (_gate)
        {
            if (ReferenceEquals(_problem, problem))
                MendProblem();
            else
                ProbeAgain(); // a write has failed meanwhile
        }
    }

    private void ProbeAgain()
    {
        if (!_disposed && _problem is not null)
            _probe.Change(ProbeInterval, Timeout.InfiniteTimeSpan);
    }

    private void MendProblem()
    {
        if (_problem is null)
            return;
        _problem = null;
        LogWritable(DurationText.Format(TimeSpan.FromMilliseconds((long)_time.GetElapsedTime(_problemSince).TotalMilliseconds)));
    }

    // From here on damage anywhere before it is known for damage: nothing before it was still on its way to the disk.
    private void WriteMark()
    {
        if (!_appended)
            return;
        try
        {
            _writer.Flush();
            _buffer.Clear();
            var last = _writer.Segment.LastRevision;
            ChangeCodec.Write(_buffer, new RecordPrefix(RecordKind.Mark, 0, last, _time.GetUtcNow()));
            _writer.Write(_buffer.Written, flush: true, last, DateTimeOffset.MinValue);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogFlushFailed(Failed(error).Message);
        }
    }

    private JournalUnavailableException Failed(Exception error)
    {
        var failure = JournalFailure.Describe("write", _options.Directory, error);
        var isNews = _problem is null;
        _problem = failure.Message;
        if (isNews)
        {
            _problemSince = _time.GetTimestamp();
            LogUnwritable(failure.Message);
            ProbeAgain();
        }

        return failure;
    }
}
