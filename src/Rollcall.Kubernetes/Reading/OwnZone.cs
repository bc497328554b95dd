using Rollcall.Kubernetes.Api;
using Rollcall.Kubernetes.Objects;

namespace Rollcall.Kubernetes.Reading;

/// <summary>The zone this process runs in: configured, from the environment, or that of its node. Looked up once.</summary>
internal sealed partial class OwnZone(ApiClient client, ClusterContext context) : IDisposable
{
    private readonly SemaphoreSlim _asking = new(1);
    private bool _isKnown;
    private string? _zone;

    /// <summary>The zone; null when there is no telling.</summary>
    public async ValueTask<string?> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _isKnown))
            return _zone;
        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (!_isKnown)
                _zone = await FindAsync(cancellationToken);
            Volatile.Write(ref _isKnown, true);
            return _zone;
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    private async Task<string?> FindAsync(CancellationToken cancellationToken)
    {
        if (context.Options.Zone is { Length: > 0 } configured)
            return Found(configured, "the configuration");
        if (context.Options.Variable("ROLLCALL_ZONE") is { Length: > 0 } variable)
            return Found(variable, "ROLLCALL_ZONE");
        var node = context.Options.NodeName ?? context.Options.Variable("NODE_NAME");
        if (string.IsNullOrEmpty(node))
            return null;
        try
        {
            var read = await client.GetAsync(new ApiRequest("get", "", "nodes", null, $"api/v1/nodes/{Uri.EscapeDataString(node)}"), NodeObject.Read, cancellationToken);
            if (read.Zone is { } zone)
                return Found(zone, $"the labels of the node {node}");
            LogUnknown(context.Logger, $"the node {node} has no label topology.kubernetes.io/zone. Set ROLLCALL_ZONE, or label the node.");
        }
        catch (ApiException failure)
        {
            LogUnknown(context.Logger, $"{failure.Message} Or set ROLLCALL_ZONE.");
        }

        return null;
    }

    private string Found(string zone, string origin)
    {
        LogFound(context.Logger, zone, origin);
        return zone;
    }
}
