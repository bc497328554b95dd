using System.Collections.Concurrent;
using System.Net;
using Rollcall.Kubernetes.Api;
using Rollcall.Kubernetes.Objects;
using Rollcall.Watching;

namespace Rollcall.Kubernetes.Reading;

/// <summary>
/// How endpoint slices may be had in one namespace: in version 1, in the beta, or not at all, so that endpoints are read instead until slices are tried again.
/// Shared by all targets, so that one of them tries and the log says it once.
/// </summary>
internal sealed partial class SliceAccess(ApiClient client, string @namespace, string cluster, ClusterContext context)
{
    // Where endpoints cannot be read either, somebody is about to allow something.
    private static readonly TimeSpan NeededRetryInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Signal _changed = new();
    private long _retryFrom;

    /// <summary>The kind to read; null when there is none to be had.</summary>
    public ResourceKind<EndpointSliceObject>? Kind { get; private set; } = ResourceKinds.Slices;

    /// <summary>Why slices are not read, in a line; null when they are.</summary>
    public string? Reason { get; private set; }

    /// <summary>What was said when slices were refused, with the role that would allow them.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Completes when <see cref="Kind"/> changes.</summary>
    public Task Changed => _changed.Next;

    /// <summary>How long until slices are tried again.</summary>
    public TimeSpan UntilRetry
    {
        get
        {
            lock (_gate)
            {
                var left = context.Options.SliceRetryInterval - context.Time.GetElapsedTime(_retryFrom);
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Slices of a kind were refused. True when something else is to be read now; false when that is no reason to.</summary>
    public bool OnRefused(ResourceKind<EndpointSliceObject> kind, Exception failure)
    {
        if ((failure as ApiException ?? failure.InnerException as ApiException) is not { Status: HttpStatusCode.NotFound or HttpStatusCode.Forbidden } refusal)
            return false;
        lock (_gate)
        {
            if (Kind != kind)
                return true; // another target was quicker
            Kind = kind == ResourceKinds.Slices && refusal.Status == HttpStatusCode.NotFound ? ResourceKinds.BetaSlices : null;
            if (Kind is not null)
                return true;
            _retryFrom = context.Time.GetTimestamp();
            Refusal = refusal.Message;
            Reason = refusal.Status == HttpStatusCode.NotFound
                ? $"endpoint slices are not served by {cluster} (404), so its endpoints are read instead: without zones, and 1,000 at most"
                : $"endpoint slices of the namespace {@namespace} may not be read (403), so its endpoints are read instead: without zones, and 1,000 at most. Allow list and watch of endpointslices.discovery.k8s.io";
        }

        LogFallback(context.Logger, @namespace, cluster, DurationText.Format(context.Options.SliceRetryInterval), refusal.Message);
        return true;
    }

    /// <summary>Tries slices again, once for everyone; <see cref="Changed"/> completes when they can be had.</summary>
    /// <param name="isNeeded">Nothing else can be read: they are tried at most once a second.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RetryAsync(bool isNeeded, CancellationToken cancellationToken)
    {
        var interval = isNeeded ? NeededRetryInterval : context.Options.SliceRetryInterval;
        lock (_gate)
        {
            if (Kind is not null || context.Time.GetElapsedTime(_retryFrom) < interval)
                return;
            _retryFrom = context.Time.GetTimestamp();
        }

        foreach (var kind in new[] { ResourceKinds.Slices, ResourceKinds.BetaSlices })
        {
            try
            {
                await client.ListAsync(new ApiRequest("list", kind.Group, kind.Plural, @namespace, $"{kind.PathIn(@namespace)}?limit=1"), kind.Read, new StringCache(), cancellationToken);
            }
            catch (ApiException)
            {
                continue;
            }

            lock (_gate)
                (Kind, Reason) = (kind, null);
            LogBack(context.Logger, @namespace, cluster);
            _changed.Set();
            return;
        }
    }
}

/// <summary>The access of each namespace.</summary>
internal sealed class SliceAccessTable(ApiClient client, string cluster, ClusterContext context)
{
    private readonly ConcurrentDictionary<string, SliceAccess> _byNamespace = new(StringComparer.Ordinal);

    public SliceAccess Of(string @namespace) => _byNamespace.GetOrAdd(@namespace, name => new SliceAccess(client, name, cluster, context));
}
