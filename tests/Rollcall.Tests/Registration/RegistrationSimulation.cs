using Rollcall.Api;
using Rollcall.Registration;

namespace Rollcall.Tests.Registration;

/// <summary>
/// The protocol against a model of a node, on virtual time, with failures drawn from a seed. The model is dumb on purpose: a map from id
/// to when the lease ends and what state the instance is in.
/// </summary>
internal sealed class RegistrationSimulation(int seed)
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(10);

    private readonly Random _random = new(seed);
    private readonly RegistrationProtocol _protocol = new(nodes: 1, new Random(seed + 1));
    private readonly Dictionary<string, (TimeSpan Until, string State)> _node = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _wanted = new(StringComparer.Ordinal);
    private TimeSpan _now;
    private bool _draining;

    /// <summary>Leases that ran out although the node answered all the time.</summary>
    public int Lapses { get; private set; }

    /// <summary>Ids the node has, with their states.</summary>
    public IEnumerable<string> Found => _node.Select(static item => $"{item.Key} {item.Value.State}").Order(StringComparer.Ordinal);

    /// <summary>Ids it should have, with their states.</summary>
    public IEnumerable<string> Wanted => _wanted.Select(item => $"{item.Key} {(_draining ? "draining" : item.Value)}").Order(StringComparer.Ordinal);

    /// <summary>Requests so far.</summary>
    public int Requests { get; private set; }

    /// <summary>The application does things and the node fails at random, for so long.</summary>
    public void Chaos(TimeSpan span)
    {
        for (var end = _now + span; _now < end;)
        {
            if (_random.Next(4) == 0)
                Change();
            if (_random.Next(20) == 0)
                _node.Clear();
            Step(unreachable: _random.Next(3) == 0, countLapses: false);
        }
    }

    /// <summary>Nothing new happens and the node answers, for so long.</summary>
    public void Calm(TimeSpan span, bool countLapses)
    {
        for (var end = _now + span; _now < end;)
            Step(unreachable: false, countLapses);
    }

    /// <summary>The application begins to shut down.</summary>
    public void Drain()
    {
        _draining = true;
        _protocol.Drain(_now + TimeSpan.FromMinutes(10), _now);
    }

    public bool IsDrained => _protocol.Members.All(static member => member.DrainComplete);

    private void Change()
    {
        var id = $"o-{_random.Next(5)}";
        switch (_random.Next(4))
        {
            case 0:
                _protocol.Withdraw("orders", id, _now);
                _wanted.Remove(id);
                break;
            case 1 when _wanted.ContainsKey(id):
                var state = _random.Next(2) == 0 ? EndpointState.Ready : EndpointState.NotReady;
                _protocol.SetStatus("orders", id, state, null);
                _wanted[id] = StateText.Format(state);
                break;
            case 2:
                _protocol.Announce(ProtocolRun.Announcement(id), _now);
                _wanted.TryAdd(id, "ready");
                break;
        }
    }

    private void Step(bool unreachable, bool countLapses)
    {
        foreach (var (id, lease) in _node.Where(lease => lease.Value.Until < _now).ToArray())
        {
            Lapses += countLapses ? 1 : 0;
            _node.Remove(id);
        }

        var action = _protocol.Next(new Moment(_now, Epoch + _now));
        _protocol.TakeNotices();
        if (action is RegistrationAction.Wait wait)
        {
            // As the shell does: a second at most.
            var until = wait.Until < _now + TimeSpan.FromSeconds(1) ? wait.Until : _now + TimeSpan.FromSeconds(1);
            Assert.True(until > _now, $"seed {seed}: it waits until {wait.Until} at {_now}, which would spin");
            _now = until;
            return;
        }

        Requests++;
        _now += TimeSpan.FromMilliseconds(_random.Next(1, 20));
        if (action is RegistrationAction.Register attempt)
            _protocol.Attempting(attempt);
        // A failed request may have had its effect all the same: only the answer is lost.
        if (!unreachable || _random.Next(2) == 0)
            Answer(action, lost: unreachable);
        if (unreachable)
            _protocol.Failed(action, ProtocolRun.Unreachable(), _now);
    }

    private void Answer(RegistrationAction action, bool lost)
    {
        switch (action)
        {
            case RegistrationAction.Register a:
                _node[a.Id] = (_now + Ttl, "ready");
                if (!lost)
                    _protocol.Registered(a, new WriteDocument { Service = a.Service, Id = a.Id, Revision = 1, Lease = new LeaseDocument { Ttl = "10s", RenewEvery = "3.333s" } }, _now);
                break;
            case RegistrationAction.Renew a:
                var results = a.Leases.Select(lease => new RenewResultDocument(lease.Service!, lease.Id!, Renew(lease.Id!))).ToArray();
                if (!lost)
                    _protocol.Renewed(a, new RenewResponseDocument { Results = results }, _now);
                break;
            case RegistrationAction.SetStatus a when Set(a.Id, StateText.Format(a.State)):
                if (!lost)
                    _protocol.StatusSet(a, _now);
                break;
            case RegistrationAction.Drain a when Set(a.Id, "draining"):
                if (!lost)
                    _protocol.Drained(a, new DrainDocument { Service = a.Service, Id = a.Id, Revision = 1, Complete = _random.Next(2) == 0, Elapsed = "0s", Watchers = 0, Waiting = [] }, _now);
                break;
            case RegistrationAction.Deregister a when _node.Remove(a.Id):
                if (!lost)
                    _protocol.Deregistered(a, _now);
                break;
            default:
                if (!lost)
                    _protocol.Failed(action, ProtocolRun.Problem(404, "instance-not-found"), _now);
                break;
        }
    }

    private string Renew(string id)
    {
        if (!_node.TryGetValue(id, out var lease))
            return "unknown";
        _node[id] = lease with { Until = _now + Ttl };
        return "renewed";
    }

    private bool Set(string id, string state)
    {
        if (!_node.TryGetValue(id, out var lease))
            return false;
        _node[id] = lease with { State = state };
        return true;
    }
}
