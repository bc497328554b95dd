using System.Runtime.InteropServices;
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

    /// <summary>Of those, callers from one network (<see cref="CallerNetwork"/>) that is not this machine: whoever invents names must not keep the others from being heard.</summary>
    public const int MaxCallersPerNetwork = 50;

    /// <summary>Callers with findings in all, at most; those beyond are not heard.</summary>
    public const int MaxCallers = 5_000;

    /// <summary>How long findings are kept beyond the time at which the caller should ask again.</summary>
    public static readonly TimeSpan Expiry = TimeSpan.FromSeconds(30);

    private const int NetworksToFillAll = 5;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<CallerKey, Entry>> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _networks = new(StringComparer.Ordinal);
    private int _callers;

    /// <summary>Callers that have findings.</summary>
    public int Callers => Volatile.Read(ref _callers);

    /// <summary>Services of which there are findings.</summary>
    public IReadOnlyCollection<string> Services
    {
        get
        {
            if (Callers == 0)
                return [];
            lock (_gate)
            {
                Forget(time.GetUtcNow());
                return [.. _services.Keys];
            }
        }
    }

    /// <summary>Takes a caller's report on a service in place of its last; one without findings takes all back. False when there are too many callers to hear it.</summary>
    /// <param name="service">The service.</param>
    /// <param name="report">The report.</param>
    /// <param name="wait">In how long it will ask again at the latest.</param>
    public bool Report(string service, CallerReport report, TimeSpan wait)
    {
        // Most callers have nothing to say, and most nodes hear nothing.
        if (report.Findings.Count == 0 && Callers == 0)
            return true;
        var now = time.GetUtcNow();
        var key = new CallerKey(report.Caller, CallerNetwork.Of(report.Remote));
        lock (_gate)
        {
            _services.TryGetValue(service, out var callers);
            var before = callers?.GetValueOrDefault(key);
            if (report.Findings.Count == 0)
            {
                if (before is not null)
                    Remove(service, callers!, key);
                return true;
            }

            if (before is null)
            {
                if (IsFull(callers, key.Network))
                    Forget(now);
                if (IsFull(callers, key.Network))
                    return false;
                if (!_services.TryGetValue(service, out callers))
                    _services.Add(service, callers = []);
                _callers++;
                CollectionsMarshal.GetValueRefOrAddDefault(_networks, key.Network, out _)++;
            }

            IReadOnlyList<FindingDocument> findings =
                [.. report.Findings.Select(finding => finding with { Caller = report.Caller, Remote = report.Remote, Since = before?.SinceOf(finding) ?? now })];
            callers![key] = new Entry(now + wait + Expiry, report with { Findings = findings });
            return true;
        }
    }

    /// <summary>What is reported of a service, in order of instance and caller.</summary>
    public IReadOnlyList<FindingDocument> Of(string service) =>
    [
        .. ReportsOf(service).SelectMany(static report => report.Findings)
            .OrderBy(static finding => finding.Instance, StringComparer.Ordinal)
            .ThenBy(static finding => finding.Caller, StringComparer.Ordinal)
            .ThenBy(static finding => finding.Remote, StringComparer.Ordinal),
    ];

    /// <summary>What each caller reports of a service, in no order.</summary>
    public IReadOnlyList<CallerReport> ReportsOf(string service)
    {
        if (Callers == 0)
            return [];
        lock (_gate)
        {
            Forget(time.GetUtcNow());
            return _services.TryGetValue(service, out var callers) ? [.. callers.Values.Select(static entry => entry.Report)] : [];
        }
    }

    private bool IsFull(Dictionary<CallerKey, Entry>? callers, string network)
    {
        if (_callers >= MaxCallers || callers?.Count >= MaxCallersPerService)
            return true;
        return network != CallerNetwork.Local
            && (_networks.GetValueOrDefault(network) >= MaxCallers / NetworksToFillAll
                || callers?.Keys.Count(key => string.Equals(key.Network, network, StringComparison.Ordinal)) >= MaxCallersPerNetwork);
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

    private void Remove(string service, Dictionary<CallerKey, Entry> callers, CallerKey key)
    {
        callers.Remove(key);
        _callers--;
        if (--CollectionsMarshal.GetValueRefOrAddDefault(_networks, key.Network, out _) == 0)
            _networks.Remove(key.Network);
        if (callers.Count == 0)
            _services.Remove(service);
    }

    // Who takes the name of another, from elsewhere, must not take its word.
    private readonly record struct CallerKey(string Caller, string Network);

    private sealed record Entry(DateTimeOffset Expires, CallerReport Report)
    {
        public DateTimeOffset? SinceOf(FindingDocument finding) =>
            Report.Findings.FirstOrDefault(before => before.Instance == finding.Instance && before.Reason == finding.Reason)?.Since;
    }
}
