using System.Globalization;
using System.Runtime.InteropServices;
using Rollcall.Registry;
using Rollcall.Registry.Watchers;

namespace Rollcall.Node.Findings;

/// <summary>
/// How many callers of a service there are, and how many of them avoid each instance. Callers from one network (<see cref="CallerNetwork"/>) share one vote, so that nobody becomes many by
/// inventing names; those of this machine have one each.
/// </summary>
internal sealed class CallerVotes
{
    private readonly Dictionary<string, List<(CallerReport Report, double Weight, string Reason)>> _byInstance = new(StringComparer.Ordinal);

    /// <param name="reports">What callers have found.</param>
    /// <param name="watchers">Who watches the service; those that poll are its callers, whether they have found something or not.</param>
    public CallerVotes(IReadOnlyList<CallerReport> reports, IEnumerable<WatcherInfo> watchers)
    {
        HashSet<(string Caller, string Network)> callers = [.. reports.Select(KeyOf)];
        foreach (var watcher in watchers)
        {
            if (watcher is { Kind: WatcherKind.Poll, Remote: { } remote })
                callers.Add((watcher.Id, CallerNetwork.Of(remote)));
        }

        Dictionary<string, int> sizes = new(StringComparer.Ordinal);
        foreach (var (_, network) in callers)
            CollectionsMarshal.GetValueRefOrAddDefault(sizes, network, out _)++;
        All = sizes.Sum(static size => size.Key == CallerNetwork.Local ? size.Value : 1);
        foreach (var report in reports)
        {
            var network = KeyOf(report).Network;
            var weight = network == CallerNetwork.Local ? 1 : 1.0 / sizes[network];
            foreach (var finding in report.Findings)
            {
                ref var found = ref CollectionsMarshal.GetValueRefOrAddDefault(_byInstance, finding.Instance, out _);
                (found ??= []).Add((report, weight, finding.Reason));
            }
        }
    }

    /// <summary>The votes of all callers.</summary>
    public int All { get; }

    /// <summary>The votes of those that avoid an instance.</summary>
    public double Against(Instance instance) => Found(instance).Sum(static found => found.Weight);

    /// <summary>
    /// Of those, the votes of callers that avoid it as it is now: they had applied its last change. What was found of it before that, as of a process that has been replaced since, is no
    /// reason to mark it.
    /// </summary>
    public double AgainstAsItIs(Instance instance) => Found(instance).Sum(found => found.Report.Applied >= instance.Revision ? found.Weight : 0);

    /// <summary>What they say of it, in words.</summary>
    public string Describe(Instance instance)
    {
        var reason = Found(instance).GroupBy(static found => found.Reason, StringComparer.Ordinal)
            .OrderByDescending(static group => group.Sum(static found => found.Weight)).ThenBy(static group => group.Key, StringComparer.Ordinal).First().Key;
        return string.Create(CultureInfo.InvariantCulture, $"{Against(instance):0.#} of {All} callers avoid it: {reason}");
    }

    private static (string Caller, string Network) KeyOf(CallerReport report) => (report.Caller, CallerNetwork.Of(report.Remote));

    private List<(CallerReport Report, double Weight, string Reason)> Found(Instance instance) => _byInstance.GetValueOrDefault(instance.Registration.Id) ?? [];
}
