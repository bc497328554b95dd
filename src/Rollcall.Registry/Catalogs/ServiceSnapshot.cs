using System.Collections.Immutable;

namespace Rollcall.Registry.Catalogs;

/// <summary>One service at one revision. Immutable; its JSON is rendered once and kept.</summary>
public sealed class ServiceSnapshot
{
    private byte[]? _json;

    internal ServiceSnapshot(string service, long revision, ImmutableArray<Instance> instances, DateTimeOffset? changedAt = null)
    {
        IsKnown = true;
        Service = service;
        Revision = revision;
        Instances = instances;
        ChangedAt = changedAt;
    }

    /// <summary>The service's name.</summary>
    public string Service { get; }

    /// <summary>
    /// Revision of its last change. Of a service of which nothing is known: the newest that anybody can have seen of one that was forgotten;
    /// 0 when none ever was.
    /// </summary>
    public long Revision { get; }

    /// <summary>False when nothing is known of it: it never had an instance, or had none for so long that it was forgotten.</summary>
    public bool IsKnown { get; private init; }

    /// <summary>When it was committed (UTC); null when that is not known, as after a restart.</summary>
    public DateTimeOffset? ChangedAt { get; }

    /// <summary>In order of id.</summary>
    public ImmutableArray<Instance> Instances { get; }

    internal static ServiceSnapshot Unknown(string service, long revision) => new(service, revision, []) { IsKnown = false };

    /// <summary>The rendering of this revision: made by <paramref name="render"/> at the first call, the same bytes ever after.</summary>
    public ReadOnlyMemory<byte> GetOrRender(Func<ServiceSnapshot, byte[]> render)
    {
        ArgumentNullException.ThrowIfNull(render);
        // Two first callers may both render; the bytes are equal, either may stay.
        return Volatile.Read(ref _json) ?? Interlocked.CompareExchange(ref _json, render(this), null) ?? _json;
    }
}
