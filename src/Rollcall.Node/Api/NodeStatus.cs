using System.Reflection;
using Rollcall.Api;
using Rollcall.Registry.Journaling;

namespace Rollcall.Node.Api;

/// <summary>Describes the node as <see cref="StatusReportDocument"/> has it.</summary>
internal static class NodeStatus
{
    /// <summary>The version of the program, without the commit it was built from.</summary>
    public static string Version { get; } =
        typeof(NodeStatus).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>The node as it is now.</summary>
    public static StatusReportDocument Of(NodeParts parts)
    {
        var registry = parts.Registry;
        var (services, journal, guard) = (registry.Catalog.Services, registry.Journal, registry.Guard);
        return new StatusReportDocument
        {
            Version = Version,
            Epoch = registry.Epoch,
            Revision = registry.Catalog.Revision,
            Started = parts.Started,
            Services = services.Count,
            Instances = services.Sum(static service => service.Instances.Length),
            Watchers = registry.Watchers.TotalCount,
            Journal = new JournalStatusDocument
            {
                Durability = Spell(journal.Durability),
                Directory = journal.Directory,
                Bytes = journal.Bytes,
                Segments = journal.Segments,
                Writable = journal.Problem is null,
                Problem = journal.Problem,
                Recovery = registry.RecoveryReport,
            },
            Guard = new GuardStatusDocument { Active = guard.Active, Reason = guard.Reason, Since = guard.Since, HeldLeases = guard.HeldLeases },
            Viewer = parts.Options.Viewer,
            Gateway = parts.Gateway() is not null,
            ResidentBytes = Environment.WorkingSet,
        };
    }

    /// <summary>A durability as flags and files spell it.</summary>
    public static string Spell(Durability durability) => durability switch
    {
        Durability.Fsync => "fsync",
        Durability.Interval => "interval",
        _ => "memory",
    };
}
