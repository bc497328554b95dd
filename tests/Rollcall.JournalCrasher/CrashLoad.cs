using System.Globalization;
using Rollcall.Registry;
using Rollcall.Registry.Journaling;

namespace Rollcall.JournalCrasher;

/// <summary>The change that a revision is, a function of nothing else: the parent can tell what was written from what was invented.</summary>
public static class CrashLoad
{
    private const int Instances = 97;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Small segments and snapshots, so that a short burst crosses many of them.</summary>
    public static JournalOptions Options(string directory, Durability durability) => new()
    {
        Directory = directory,
        Durability = durability,
        SegmentBytes = 16 * 1024,
        SnapshotAfterBytes = 48 * 1024,
        HistoryBytes = 128 * 1024,
        HistoryAge = TimeSpan.FromDays(10_000),
    };

    public static Change ChangeOf(long revision)
    {
        var number = revision * 7919 % Instances;
        var key = new InstanceKey($"service-{number % 5}", string.Create(CultureInfo.InvariantCulture, $"i-{number}"));
        var time = Start.AddMilliseconds(revision);
        if (revision % 6 == 0)
            return new Change(revision, time, ChangeKind.Deregistered, key, null, "load");
        var registration = new InstanceRegistration
        {
            Service = key.Service,
            Id = key.Id,
            Address = string.Create(CultureInfo.InvariantCulture, $"10.0.{revision % 256}.{number}"),
            Ports = new SmallMap<int>([new("http", 8080)]),
            Metadata = new SmallMap<string>([new("padding", new string('x', (int)(revision * 31 % 200)))]),
        };
        var instance = new Instance { Registration = registration, State = EndpointState.Ready, Since = time, Revision = revision };
        return new Change(revision, time, ChangeKind.Registered, key, instance, null);
    }

    /// <summary>Takes a change into a state.</summary>
    public static void Apply(IDictionary<InstanceKey, Instance> state, Change change)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(change);
        if (change.Instance is { } instance)
            state[change.Key] = instance;
        else
            state.Remove(change.Key);
    }
}
