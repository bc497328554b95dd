using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Registry.Journaling;

namespace Rollcall.Registry.Tests.Journaling;

/// <summary>Changes and journals for tests.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Instance Instance(string service, string id, long revision, DateTimeOffset since, string address = "10.0.0.5") => new()
    {
        Registration = new InstanceRegistration
        {
            Service = service,
            Id = id,
            Address = address,
            Ports = new SmallMap<int>([new("http", 8080)]),
            Zone = "a",
            Metadata = new SmallMap<string>([new("version", "v2")]),
        },
        State = EndpointState.Ready,
        Since = since,
        Revision = revision,
    };

    public static Change Registered(long revision, string service = "orders", string? id = null, DateTimeOffset? time = null)
    {
        var at = time ?? Start;
        var name = id ?? string.Create(CultureInfo.InvariantCulture, $"o-{revision}");
        return new Change(revision, at, ChangeKind.Registered, new InstanceKey(service, name), Instance(service, name, revision, at), null);
    }

    public static Change Removed(long revision, string id, DateTimeOffset? time = null, string service = "orders") =>
        new(revision, time ?? Start, ChangeKind.Deregistered, new InstanceKey(service, id), null, "stopped");

    public static Change[] RegisteredFrom(long revision, int count, DateTimeOffset? time = null) =>
        [.. Enumerable.Range(0, count).Select(i => Registered(revision + i, time: time))];

    public static Task<IJournal> OpenAsync(JournalOptions options, TimeProvider? time = null, ILoggerFactory? loggers = null) =>
        Journal.OpenAsync(options, time ?? TimeProvider.System, loggers ?? NullLoggerFactory.Instance, TestContext.Current.CancellationToken);

    public static Task<IJournal> OpenAsync(string directory) => OpenAsync(new JournalOptions { Directory = directory });

    public static async Task<List<Change>> HistoryAsync(IJournal journal, DateTimeOffset? since = null)
    {
        var changes = new List<Change>();
        await foreach (var change in journal.ReadHistoryAsync(since ?? DateTimeOffset.MinValue, TestContext.Current.CancellationToken))
            changes.Add(change);
        return changes;
    }

    /// <summary>What a registry would hold after these changes; the dumb oracle of recovery.</summary>
    public static IEnumerable<Instance> StateAfter(IEnumerable<Change> changes)
    {
        var state = new SortedDictionary<string, Instance>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            if (change.Instance is { } instance)
                state[change.Key.ToString()] = instance;
            else
                state.Remove(change.Key.ToString());
        }

        return state.Values;
    }

    public static IEnumerable<Instance> InOrder(IEnumerable<Instance> instances) =>
        instances.OrderBy(static instance => instance.Key.ToString(), StringComparer.Ordinal);

    /// <summary>Equal, with a message that names the first difference rather than printing both.</summary>
    public static void AssertSame(IEnumerable<Change> expected, IEnumerable<Change> actual)
    {
        Assert.Equal(expected.Select(static change => change.Revision), actual.Select(static change => change.Revision));
        Assert.All(expected.Zip(actual), static pair => Assert.Equal(pair.First, pair.Second));
    }
}
