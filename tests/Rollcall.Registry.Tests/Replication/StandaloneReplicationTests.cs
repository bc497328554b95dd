using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Registry.Catalogs;
using Rollcall.Registry.Journaling;
using Rollcall.Registry.Replication;
using Rollcall.TestKit;

namespace Rollcall.Registry.Tests.Replication;

public sealed class StandaloneReplicationTests : IAsyncDisposable
{
    private readonly FakeJournal _journal = new();
    private readonly TestMeters _meters = new();
    private readonly VirtualTime _time = new(Sample.Now);
    private readonly Observer _observer = new();
    private readonly Catalog _catalog = new();
    private readonly RegistryState _state = new(1000, 100_000);
    private StandaloneReplication _replication;

    public StandaloneReplicationTests() => _replication = Start();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _journal.LetGo();
        await _replication.DisposeAsync();
        _meters.Dispose();
    }

    [Fact]
    public async Task A_write_is_safe_and_published_when_it_is_acknowledged()
    {
        _journal.Hold();
        var write = Register("o-1");
        await Eventually.Within(_journal.AppendBegunAsync(Token));
        Assert.False(write.IsCompleted);
        Assert.Equal(0, _catalog.Revision);
        _journal.LetGo();
        Assert.Equal(new WriteResult(WriteOutcome.Created, 1), await Eventually.Within(write));
        Assert.Equal(1, _catalog.GetService("orders").Revision);
        Assert.Equal(1, Assert.Single(_journal.Changes).Revision);
        Assert.Equal(1, Assert.Single(_observer.Seen));
    }

    [Fact]
    public async Task Writes_that_wait_are_made_safe_by_one_append()
    {
        _journal.Hold();
        var first = Register("first");
        await Eventually.Within(_journal.AppendBegunAsync(Token));
        var writes = Enumerable.Range(0, 500).Select(i => Register($"o-{i}")).ToArray();
        var events = 0;
        var waiting = CountSnapshotsAsync(() => events++, until: 501);
        _journal.LetGo();
        await Eventually.Within(first);
        var results = await Eventually.Within(Task.WhenAll(writes));
        await Eventually.Within(waiting);
        Assert.Equal([1, 500], _journal.Batches.Select(static batch => batch.Length));
        Assert.Equal(Enumerable.Range(2, 500).Select(static i => (long)i), results.Select(static r => r.Revision));
        Assert.InRange(events, 1, 2); // one snapshot a batch, not one a write
        Assert.Equal(501, _meters.Sum("rollcall.registry.changes", "kind=registered"));
        Assert.Equal(501, _meters.Sum("rollcall.registry.write.batch_size"));
        Assert.Equal(501, _meters.Measured.Count(static m => m.Instrument == "rollcall.registry.write.duration"));
        Assert.Equal(0, _meters.Last("rollcall.registry.write.queue_length"));
    }

    [Fact]
    public async Task Writes_that_come_together_are_made_safe_by_one_append_though_nothing_waits()
    {
        (Command, Func<bool>?)[] commands =
        [
            .. Enumerable.Range(0, 200).Select(static i => ((Command)new Register(Sample.Registration(id: $"o-{i}"), default), (Func<bool>?)(i == 7 ? static () => false : null))),
        ];
        var results = await Eventually.Within(_replication.SubmitAllAsync(commands, Token));
        Assert.Equal(199, Assert.Single(_journal.Batches).Length);
        Assert.Equal((WriteOutcome.Unchanged, WriteOutcome.Created), (results[7].Outcome, results[199].Outcome));

        await _replication.DisposeAsync();
        Assert.All(await Eventually.Within(_replication.SubmitAllAsync(commands, Token)), static result => Assert.Equal(WriteOutcome.Busy, result.Outcome));
    }

    [Fact]
    public async Task Many_writers_get_distinct_revisions_in_the_order_of_the_journal()
    {
        var writers = Enumerable.Range(0, 16).Select(w => Task.Run(async () =>
        {
            var revisions = new List<long>();
            for (var i = 0; i < 500; i++)
            {
                Command command = (i % 3) switch
                {
                    0 => new Register(Sample.Registration($"s-{i % 7}", $"w-{w}"), default),
                    1 => new BeginDrain(Sample.Key($"s-{(i - 1) % 7}", $"w-{w}"), default, 0, null),
                    _ => new Deregister(Sample.Key($"s-{(i - 2) % 7}", $"w-{w}"), default),
                };
                var result = await _replication.SubmitAsync(command, null, Token);
                Assert.True(result.Succeeded);
                revisions.Add(result.Revision);
            }

            Assert.Equal(revisions.Order(), revisions);
            return revisions;
        })).ToArray();
        var all = (await Eventually.Within(Task.WhenAll(writers))).SelectMany(static r => r).Order().ToArray();
        Assert.Equal(Enumerable.Range(1, all.Length).Select(static i => (long)i), all);
        Assert.Equal(all, _journal.Changes.Select(static change => change.Revision));
        Assert.Equal(all, _observer.Seen);
        Assert.True(_journal.Batches.Count < all.Length, "no two writes ever shared an append");
        Assert.Equal(_state.InstanceCount, _catalog.Services.Sum(static s => s.Instances.Length));
    }

    [Theory]
    [InlineData(true, WriteOutcome.StorageFull)]
    [InlineData(false, WriteOutcome.StorageUnavailable)]
    public async Task When_the_journal_fails_nothing_of_the_batch_sticks_and_the_next_one_may_succeed(bool isFull, WriteOutcome outcome)
    {
        Assert.True((await Register("before")).Succeeded);
        _journal.Hold();
        var blocker = Register("blocker");
        await Eventually.Within(_journal.AppendBegunAsync(Token));
        await Eventually.Within(_journal.AppendBegunAsync(Token));
        // All of one batch, decided on top of each other.
        var notFound = Submit(new Deregister(Sample.Key(id: "nobody"), default));
        var created = Register("o-1");
        var again = Register("o-1");
        var drained = Submit(new BeginDrain(Sample.Key(id: "before"), default, 0, null));
        var gone = Submit(new Deregister(Sample.Key(id: "o-1"), default));
        var goneAgain = Submit(new Deregister(Sample.Key(id: "o-1"), default));
        _journal.FailOn = batch => batch[0].Key.Id == "blocker" ? null : new JournalUnavailableException("The disk is full; make room.", isFull, new IOException());
        _journal.LetGo();
        await Eventually.Within(blocker);
        Assert.Equal(WriteOutcome.NotFound, (await Eventually.Within(notFound)).Outcome);
        foreach (var write in (Task<WriteResult>[])[created, again, drained, gone, goneAgain])
            Assert.Equal(new WriteResult(outcome, 2, "The disk is full; make room."), await Eventually.Within(write));
        Assert.Equal(2, _catalog.Revision);
        Assert.Equal(["before", "blocker"], _catalog.GetService("orders").Instances.Select(static i => i.Registration.Id));
        Assert.Equal(EndpointState.Ready, _state.Find(Sample.Key(id: "before"))!.State);
        Assert.Equal(1, _meters.Sum("rollcall.registry.write.failed_batches"));

        _journal.FailOn = static _ => null;
        Assert.Equal(new WriteResult(WriteOutcome.Created, 3), await Eventually.Within(Register("o-1")));
        Assert.Equal([1, 2, 3], _journal.Changes.Select(static c => c.Revision));
    }

    [Fact]
    public async Task An_unforeseen_failure_of_the_journal_does_not_end_the_write_path()
    {
        _journal.Failure = new InvalidOperationException("a defect");
        var failed = await Eventually.Within(Register("o-1"));
        Assert.Equal(WriteOutcome.StorageUnavailable, failed.Outcome);
        Assert.Contains("a defect", failed.Message, StringComparison.Ordinal);
        _journal.Failure = null;
        Assert.True((await Eventually.Within(Register("o-1"))).Succeeded);
    }

    [Fact]
    public async Task A_full_queue_refuses_and_takes_again_when_there_is_room()
    {
        await _replication.DisposeAsync();
        _replication = Start(writeQueue: 2);
        _journal.Hold();
        var first = Register("first");
        await Eventually.Within(_journal.AppendBegunAsync(Token));
        Task<WriteResult>[] queued = [Register("o-1"), Register("o-2")];
        var refused = await Eventually.Within(Register("o-3"));
        Assert.Equal(WriteOutcome.Busy, refused.Outcome);
        Assert.Contains("2 writes wait", refused.Message, StringComparison.Ordinal);
        _journal.LetGo();
        await Eventually.Within(Task.WhenAll([first, .. queued]));
        Assert.True((await Eventually.Within(Register("o-3"))).Succeeded);
    }

    [Fact]
    public async Task A_cancelled_write_that_waits_is_never_applied_and_one_under_way_is_told_its_result()
    {
        using var cancel = new CancellationTokenSource();
        _journal.Hold();
        var underWay = _replication.SubmitAsync(new Register(Sample.Registration(id: "o-1"), default), null, cancel.Token).AsTask();
        await Eventually.Within(_journal.AppendBegunAsync(Token));
        var waiting = _replication.SubmitAsync(new Register(Sample.Registration(id: "o-2"), default), null, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(waiting));
        _journal.LetGo();
        Assert.True((await Eventually.Within(underWay)).Succeeded);
        await Eventually.Within(Register("o-3"));
        Assert.Equal(["o-1", "o-3"], _catalog.GetService("orders").Instances.Select(static i => i.Registration.Id));
    }

    [Fact]
    public async Task A_command_that_no_longer_holds_is_settled_without_a_change()
    {
        await Eventually.Within(Register("o-1"));
        var of = _catalog.GetInstance(Sample.Key())!.Registration;
        var result = await _replication.SubmitAsync(new ExpireLease(Sample.Key(), of), () => false, Token);
        Assert.Equal(new WriteResult(WriteOutcome.Unchanged, 1), result);
        Assert.Equal(EndpointState.Ready, _catalog.GetInstance(Sample.Key())!.State);
    }

    [Fact]
    public async Task Times_are_to_the_millisecond()
    {
        _time.Advance(TimeSpan.FromTicks(12_345_678));
        await Eventually.Within(Register("o-1"));
        Assert.Equal(Sample.Now.AddMilliseconds(1234), Assert.Single(_journal.Changes).Time);
    }

    [Fact]
    public async Task A_snapshot_is_written_when_one_is_due_and_writes_go_on_meanwhile()
    {
        await Eventually.Within(Register("o-1"));
        _journal.HoldSnapshots();
        _journal.WantsSnapshot = true;
        await Eventually.Within(Register("o-2"));
        await Eventually.Within(Register("o-3"));
        await Eventually.Within(Register("o-4"));
        _journal.LetGo();
        await Eventually.True(() => _journal.Snapshots.Count == 1);
        var (revision, instances) = _journal.Snapshots[0];
        Assert.Equal(2, revision);
        Assert.Equal(["o-1", "o-2"], instances.Select(static i => i.Registration.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_snapshot_that_fails_harms_no_write_and_is_tried_again()
    {
        _journal.SnapshotFailure = new JournalUnavailableException("The disk is full.", isFull: true, new IOException());
        _journal.WantsSnapshot = true;
        Assert.True((await Eventually.Within(Register("o-1"))).Succeeded);
        await Eventually.True(() => _journal.SnapshotAttempts > 0);
        _journal.SnapshotFailure = null;
        for (var i = 0; _journal.Snapshots.Count == 0; i++)
            Assert.True((await Eventually.Within(Register($"i-{i}"))).Succeeded);
    }

    [Fact]
    public async Task Stopping_does_not_wait_for_a_snapshot()
    {
        _journal.HoldSnapshots();
        _journal.WantsSnapshot = true;
        Assert.True((await Eventually.Within(Register("o-1"))).Succeeded);
        await Eventually.True(() => _journal.SnapshotAttempts > 0);
        await Eventually.Within(_replication.DisposeAsync().AsTask());
        Assert.Empty(_journal.Snapshots);
    }

    [Fact]
    public async Task Stopping_finishes_what_was_taken_and_refuses_what_comes()
    {
        _journal.Hold();
        var underWay = Register("o-1");
        await Eventually.Within(_journal.AppendBegunAsync(Token));
        var queued = Register("o-2");
        var stop = _replication.DisposeAsync().AsTask();
        var refused = await Eventually.Within(Register("o-3"));
        Assert.Equal(WriteOutcome.Busy, refused.Outcome);
        Assert.Contains("stopping", refused.Message, StringComparison.Ordinal);
        Assert.False(stop.IsCompleted);
        _journal.LetGo();
        await Eventually.Within(stop);
        Assert.True((await underWay).Succeeded && (await queued).Succeeded);
        Assert.Equal(2, _journal.Changes.Count());
    }

    [Fact]
    public async Task A_defect_after_the_append_refuses_writes_for_good_instead_of_serving_what_is_not_true()
    {
        _observer.Failure = new InvalidOperationException("a defect");
        Assert.Equal(WriteOutcome.StorageUnavailable, (await Eventually.Within(Register("o-1"))).Outcome);
        Assert.Equal(WriteOutcome.Busy, (await Eventually.Within(Register("o-2"))).Outcome);
        await Eventually.Within(_replication.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task A_lone_writer_is_answered_without_a_change_of_thread_when_the_journal_does_not_wait()
    {
        var write = _replication.SubmitAsync(new Register(Sample.Registration(), default), null, Token);
        Assert.True(write.IsCompletedSuccessfully);
        Assert.Equal(1, (await write).Revision);
    }

    [Fact]
    public async Task Stopping_while_writers_write_leaves_no_one_without_an_answer()
    {
        for (var round = 0; round < 200; round++)
        {
            var catalog = new Catalog();
            var parts = new ReplicationParts(new FakeJournal(), catalog, new RegistryState(10, 1000), _observer, _time, NullLoggerFactory.Instance, _meters);
            var replication = new StandaloneReplication(parts, 64);
            var writers = Enumerable.Range(0, 3).Select(w => Task.Run(async () =>
            {
                for (var i = 0; i < 20; i++)
                {
                    var result = await replication.SubmitAsync(new Register(Sample.Registration(id: $"w-{w}-{i}"), default), null, Token);
                    Assert.True(result.Outcome is WriteOutcome.Created or WriteOutcome.Busy);
                }
            })).ToArray();
            await Eventually.Within(replication.DisposeAsync().AsTask());
            var revision = catalog.Revision;
            await Eventually.Within(Task.WhenAll(writers));
            Assert.Equal(revision, catalog.Revision);
        }
    }

    private StandaloneReplication Start(int writeQueue = 16_384)
    {
        var parts = new ReplicationParts(_journal, _catalog, _state, _observer, _time, NullLoggerFactory.Instance, _meters);
        return new StandaloneReplication(parts, writeQueue);
    }

    private Task<WriteResult> Register(string id) => Submit(new Register(Sample.Registration(id: id), default));

    private Task<WriteResult> Submit(Command command) => _replication.SubmitAsync(command, null, CancellationToken.None).AsTask();

    private async Task CountSnapshotsAsync(Action count, long until)
    {
        for (var revision = 0L; revision < until;)
        {
            revision = (await _catalog.WaitForChangeAsync("orders", revision, Token)).Revision;
            count();
        }
    }

    private sealed class Observer : ICommitObserver
    {
        public List<long> Seen { get; } = [];

        public Exception? Failure { get; set; }

        public void Committed(IReadOnlyList<Change> batch)
        {
            if (Failure is { } failure)
                throw failure;
            Seen.AddRange(batch.Select(static change => change.Revision));
        }
    }
}
