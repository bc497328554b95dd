using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Rollcall.Registry.Catalogs;
using Rollcall.Registry.Journaling;

namespace Rollcall.Registry.Replication;

/// <summary>What a replication works on and with.</summary>
internal sealed record ReplicationParts(
    IJournal Journal,
    Catalog Catalog,
    RegistryState State,
    ICommitObserver Observer,
    TimeProvider Time,
    ILoggerFactory Loggers,
    IMeterFactory Meters);
