using Rollcall.Api;

namespace Rollcall.Node.Findings;

/// <summary>
/// What callers report of the instances of services. Kept in memory only, and forgotten unless it is repeated: a caller that is gone must not accuse for ever. Everything in it
/// has a limit, since anybody may report. Thread-safe.
/// </summary>
internal sealed class FindingTable(TimeProvider time)
{
    /// <summary>Callers with findings of one service, at most; those beyond are not heard.</summary>
    public const int MaxCallersPerService = 200;

    /// <summary>Callers with findings in all, at most; those beyond are not heard.</summary>
    public const int MaxCallers = 5_000;

    /// <summary>How long findings are kept beyond the time at which the caller should ask again.</summary>
    public static readonly TimeSpan Expiry = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<string, Entry>> _services = new(StringComparer.Ordinal);
    private int _callers;

    /// <summary>Callers that have findings.</summary>
    public int Callers => Volatile.Read(ref _callers);

    /// <summary>Takes a caller's report on a service in place of its last; an empty one takes all back.</summary>
    /// <param name="service">The service.</param>
    /// <param name="caller">Who reports.</param>
    /// <param name="remote">From where.</param>
    /// <param name="findings">What it has found.</param>
    /// <param name="wait">In how long it will ask again at the latest.</param>
    public void Report(string service, string caller, string remote, IReadOnlyList<FindingDocument> findings, TimeSpan wait)
    {
        // Most callers have nothing to say, and most nodes hear nothing.
        if (findings.Count == 0 && Callers == 0)
            return;
        var now = time.GetUtcNow();
        lock (_gate)
        {
            _services.TryGetValue(service, out var callers);
            var before = callers?.GetValueOrDefault(caller);
            if (findings.Count == 0)
            {
                if (before is not null)
                    Remove(service, callers!, caller);
                return;
            }

            if (before is null)
            {
                if (_callers >= MaxCallers || callers?.Count >= MaxCallersPerService)
                    Forget(now);
                if (_callers >= MaxCallers || callers?.Count >= MaxCallersPerService)
                    return;
                if (!_services.TryGetValue(service, out callers))
                    _services.Add(service, callers = new(StringComparer.Ordinal));
                _callers++;
            }

            callers![caller] = new Entry(
                now + wait + Expiry,
                [.. findings.Select(finding => finding with { Caller = caller, Remote = remote, Since = before?.SinceOf(finding) ?? now })]);
        }
    }

    /// <summary>What is reported of a service, in order of instance and caller.</summary>
    public IReadOnlyList<FindingDocument> Of(string service)
    {
        if (Callers == 0)
            return [];
        lock (_gate)
        {
            Forget(time.GetUtcNow());
            return _services.TryGetValue(service, out var callers)
                ? [.. callers.Values.SelectMany(static entry => entry.Findings)
                    .OrderBy(static finding => finding.Instance, StringComparer.Ordinal).ThenBy(static finding => finding.Caller, StringComparer.Ordinal)]
                : [];
        }
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (service, callers) in _services)
        {
            foreach (var (caller, entry) in callers)
            {
                if (entry.Expires <= now)
                    Remove(service, callers, caller);
            }
        }
    }

    private void Remove(string service, Dictionary<string, Entry> callers, string caller)
    {
        callers.Remove(caller);
        _callers--;
        if (callers.Count == 0)
            _services.Remove(service);
    }

    private sealed record Entry(DateTimeOffset Expires, IReadOnlyList<FindingDocument> Findings)
    {
        public DateTimeOffset? SinceOf(FindingDocument finding) =>
            Findings.FirstOrDefault(before => before.Instance == finding.Instance && before.Reason == finding.Reason)?.Since;
    }
}
