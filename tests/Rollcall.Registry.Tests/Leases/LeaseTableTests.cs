using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Registry.Leases;
using Rollcall.TestKit;

namespace Rollcall.Registry.Tests.Leases;

public sealed class LeaseTableTests : IAsyncDisposable
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(10);
    private static readonly InstanceKey Orders = new("orders", "o-1");

    private readonly VirtualTime _time = new();
    private readonly Measurements _meters = new();
    private readonly FakeSink _sink;
    private readonly LeaseTable _table;

    public LeaseTableTests()
    {
        _table = new LeaseTable(new LeaseOptions(), _time, NullLoggerFactory.Instance, _meters);
        _sink = new FakeSink(_table);
        _table.Start(_sink);
    }

    public async ValueTask DisposeAsync()
    {
        await _table.DisposeAsync();
        _meters.Dispose();
    }

    [Fact]
    public async Task A_lease_expires_after_its_ttl_and_is_removed_a_minute_later()
    {
        _table.Track(Orders, Ttl, expired: false);
        await Quiet(Ttl - TimeSpan.FromMilliseconds(200));
        Assert.False(_table.IsOverdue(Orders));

        await AdvanceUntil(() => _sink.Saw("expire orders/o-1"), TimeSpan.FromMilliseconds(450));
        Assert.True(_table.IsOverdue(Orders));

        await Quiet(TimeSpan.FromSeconds(59));
        await AdvanceUntil(() => _table.Count == 0, TimeSpan.FromSeconds(2));
        Assert.False(_table.IsOverdue(Orders));
        Assert.False(_table.TryRenew(Orders));
        Assert.Equal(["expire orders/o-1", "remove orders/o-1"], _sink.Log);
    }

    [Fact]
    public async Task A_renewed_lease_does_not_expire()
    {
        _table.Track(Orders, Ttl, expired: false);
        for (var i = 0; i < 10; i++)
        {
            await Quiet(TimeSpan.FromSeconds(9));
            Assert.True(_table.TryRenew(Orders));
        }

        Assert.Empty(_sink.Log);
    }

    [Fact]
    public async Task A_renewal_after_expiry_revives_once()
    {
        _table.Track(Orders, Ttl, expired: false);
        await Eventually(() => _sink.Saw("expire orders/o-1"), Ttl * 2);
        await AdvanceUntil(() => _meters.Of("rollcall.leases.expirations").Count == 1, TimeSpan.FromSeconds(1));

        Assert.True(_table.TryRenew(Orders));
        Assert.True(_table.TryRenew(Orders));
        Assert.False(_table.IsOverdue(Orders));
        await AdvanceUntil(() => _sink.Saw("revive orders/o-1"), TimeSpan.FromSeconds(1));

        // And it runs out again one ttl later, though its place in the wheel was that of its removal.
        await Quiet(TimeSpan.FromSeconds(8));
        await AdvanceUntil(() => _sink.Log.Count == 3, TimeSpan.FromMilliseconds(2250));
        Assert.Equal(["expire orders/o-1", "revive orders/o-1", "expire orders/o-1"], _sink.Log);
    }

    [Fact]
    public async Task A_renewal_while_the_expiry_is_written_is_told_as_revived()
    {
        _table.Track(Orders, Ttl, expired: false);
        _sink.WhileWriting = () => _table.TryRenew(Orders);
        await Eventually(() => _sink.Saw("revive orders/o-1"), Ttl * 2);
        Assert.Equal(["expire orders/o-1", "revive orders/o-1"], _sink.Log);
        Assert.Empty(_meters.Of("rollcall.leases.expirations"));
    }

    [Fact]
    public async Task What_could_not_be_written_is_offered_again()
    {
        _table.Track(Orders, Ttl, expired: false);
        _sink.Refusals = 2;
        _sink.Failures = 1;
        await Eventually(() => _sink.Saw("expire orders/o-1"), Ttl + TimeSpan.FromSeconds(5));
        await AdvanceUntil(() => _meters.Of("rollcall.leases.expirations").Count == 1, TimeSpan.FromSeconds(1));

        _sink.Refusals = 2;
        _table.TryRenew(Orders);
        await AdvanceUntil(() => _sink.Saw("revive orders/o-1"), TimeSpan.FromSeconds(5));

        _sink.Refusals = 2;
        await Eventually(() => _sink.Saw("remove orders/o-1"), TimeSpan.FromMinutes(2));
        Assert.Equal(["expire orders/o-1", "revive orders/o-1", "expire orders/o-1", "remove orders/o-1"], _sink.Log);
    }

    [Fact]
    public async Task A_renewal_before_the_next_try_settles_a_lapse_that_could_not_be_written()
    {
        _table.Track(Orders, Ttl, expired: false);
        _sink.Refusals = 1;
        await Eventually(() => _sink.Refusals == 0, Ttl * 2);
        Assert.True(_table.TryRenew(Orders));
        await Quiet(TimeSpan.FromSeconds(9));
        Assert.Empty(_sink.Log);
    }

    [Fact]
    public async Task A_registration_anew_starts_the_lease_anew_with_its_ttl()
    {
        _table.Track(Orders, Ttl, expired: false);
        await Quiet(TimeSpan.FromSeconds(9));
        _table.Track(Orders, Ttl * 3, expired: false);
        await Quiet(TimeSpan.FromSeconds(29));
        _table.Track(Orders, TimeSpan.FromSeconds(1), expired: false);
        Assert.Equal(1, _table.Count);
        await AdvanceUntil(() => _sink.Saw("expire orders/o-1"), TimeSpan.FromMilliseconds(1250));
        Assert.Single(_sink.Log);
    }

    [Fact]
    public async Task A_forgotten_lease_is_silent_and_unknown()
    {
        _table.Track(Orders, Ttl, expired: false);
        _table.Forget(Orders);
        _table.Forget(Orders);
        Assert.False(_table.TryRenew(Orders));
        Assert.False(_table.IsOverdue(Orders));
        await Quiet(Ttl * 2);
        Assert.Empty(_sink.Log);
    }

    [Fact]
    public async Task A_lease_recovered_as_expired_has_the_full_time_before_removal_and_can_be_revived()
    {
        var late = new InstanceKey("orders", "o-2");
        _table.Track(Orders, Ttl, expired: true);
        _table.Track(late, Ttl, expired: true);
        Assert.True(_table.IsOverdue(Orders));
        await Quiet(TimeSpan.FromSeconds(55));
        Assert.True(_table.TryRenew(late));
        await AdvanceUntil(() => _sink.Saw("revive orders/o-2"), TimeSpan.FromSeconds(1));
        await AdvanceUntil(() => _sink.Saw("remove orders/o-1"), TimeSpan.FromSeconds(6));
        await Eventually(() => _sink.Saw("expire orders/o-2"), Ttl * 2);
    }

    [Fact]
    public async Task Leases_recovered_as_expired_are_not_counted_with_what_lapses_after_the_start()
    {
        for (var i = 0; i < 6; i++)
        {
            _table.Track(new InstanceKey("gone", $"g-{i}"), Ttl, expired: true);
            _table.Track(new InstanceKey("orders", $"o-{i}"), Ttl, expired: false);
        }

        await Quiet(TimeSpan.FromSeconds(9));
        for (var i = 0; i < 6; i++)
        {
            if (i != 1)
                _table.TryRenew(new InstanceKey("orders", $"o-{i}"));
        }

        await AdvanceUntil(() => _sink.Saw("expire orders/o-1"), TimeSpan.FromMilliseconds(1250));
        Assert.False(_table.Guard.Active);
    }

    [Fact]
    public async Task The_guard_holds_a_mass_expiry_says_why_and_ends_when_renewals_return()
    {
        var keys = Enumerable.Range(0, 12).Select(static i => new InstanceKey("orders", $"o-{i}")).ToArray();
        foreach (var key in keys)
            _table.Track(key, Ttl, expired: false);
        await Quiet(TimeSpan.FromSeconds(5));
        foreach (var key in keys[..6])
            _table.TryRenew(key);
        await Quiet(TimeSpan.FromSeconds(4.5));
        await AdvanceUntil(() => _table.Guard.Active, TimeSpan.FromSeconds(1));
        var status = _table.Guard;
        Assert.Equal(6, status.HeldLeases);
        Assert.Equal(_time.GetUtcNow().UtcDateTime, status.Since!.Value.UtcDateTime, TimeSpan.FromSeconds(1));
        Assert.StartsWith("6 of 12 leases (50 %)", status.Reason, StringComparison.Ordinal);
        Assert.Equal(1, _meters.Of("rollcall.leases.guard.active")[^1].Value);

        // Held leases are overdue for whoever asks, but nobody writes so.
        Assert.True(_table.IsOverdue(keys[11]));
        Assert.Empty(_sink.Log);

        foreach (var key in keys)
            Assert.True(_table.TryRenew(key));
        await AdvanceUntil(() => !_table.Guard.Active, TimeSpan.FromSeconds(1));
        Assert.Equal(new GuardStatus(Active: false, Reason: null, Since: null, HeldLeases: 0), _table.Guard);
        Assert.Empty(_sink.Log);
        Assert.Equal(0, _meters.Of("rollcall.leases.guard.active")[^1].Value);
    }

    [Fact]
    public async Task It_measures_itself()
    {
        _table.Track(Orders, Ttl, expired: false);
        await Quiet(TimeSpan.FromSeconds(9.5));
        await AdvanceUntil(() => _sink.Saw("expire orders/o-1"), TimeSpan.FromSeconds(1));
        await Eventually(() => _sink.Saw("remove orders/o-1"), TimeSpan.FromMinutes(2));
        await AdvanceUntil(() => _meters.Of("rollcall.leases.removals").Count == 1, TimeSpan.FromSeconds(1));

        Assert.Equal(("{lease}", 1.0), (_meters.Of("rollcall.leases.expirations")[0].Unit, _meters.Of("rollcall.leases.expirations")[0].Value));
        var lateness = Assert.Single(_meters.Of("rollcall.leases.expiration.lateness"));
        Assert.Equal("s", lateness.Unit);
        Assert.InRange(lateness.Value, 0, 0.25);
        Assert.Equal(0, _meters.Of("rollcall.leases.count")[^1].Value);
        Assert.Equal(0, _meters.Of("rollcall.leases.guard.held")[^1].Value);
    }

    // Small steps, for what must happen on time.
    private Task AdvanceUntil(Func<bool> condition, TimeSpan limit) => _time.AdvanceUntilAsync(condition, TimeSpan.FromMilliseconds(50), limit);

    // Large steps, for what may take its time.
    private Task Eventually(Func<bool> condition, TimeSpan limit) => _time.AdvanceUntilAsync(condition, TimeSpan.FromSeconds(1), limit);

    // A time in which nothing must be handed over.
    private async Task Quiet(TimeSpan time)
    {
        var before = _sink.Log.Count;
        var end = _time.GetUtcNow() + time;
        _time.Advance(time - TimeSpan.FromMilliseconds(100));
        await AdvanceUntil(() => _time.GetUtcNow() >= end, TimeSpan.FromSeconds(1));
        Assert.Equal(before, _sink.Log.Count);
    }

    /// <summary>Writes what it is given as an engine would: re-checked at the moment of writing.</summary>
    private sealed class FakeSink(LeaseTable table) : ILeaseSink
    {
        private readonly Lock _gate = new();
        private readonly List<string> _log = [];

        public IReadOnlyList<string> Log
        {
            get
            {
                lock (_gate)
                    return [.. _log];
            }
        }

        public int Refusals { get; set; }

        public int Failures { get; set; }

        public Action? WhileWriting { get; set; }

        public bool Saw(string line) => Log.Contains(line, StringComparer.Ordinal);

        public ValueTask<bool> ExpireAsync(IReadOnlyList<InstanceKey> keys, CancellationToken cancellationToken) => Write("expire", keys, overdue: true);

        public ValueTask<bool> ReviveAsync(IReadOnlyList<InstanceKey> keys, CancellationToken cancellationToken) => Write("revive", keys, overdue: false);

        public async ValueTask<bool> RemoveAsync(IReadOnlyList<InstanceKey> keys, CancellationToken cancellationToken)
        {
            if (!await Write("remove", keys, overdue: true))
                return false;
            foreach (var key in keys.Where(table.IsOverdue))
                table.Forget(key);
            return true;
        }

        private async ValueTask<bool> Write(string verb, IReadOnlyList<InstanceKey> keys, bool overdue)
        {
            await Task.Yield();
            if (Refusals > 0)
            {
                Refusals--;
                return false;
            }

            if (Failures > 0)
            {
                Failures--;
                throw new IOException("the disk is gone");
            }

            lock (_gate)
                _log.AddRange(keys.Where(key => table.IsOverdue(key) == overdue).Select(key => $"{verb} {key}"));
            WhileWriting?.Invoke();
            WhileWriting = null;
            return true;
        }
    }
}
