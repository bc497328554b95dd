using System.Net;
using Rollcall.Kubernetes.Api;
using Rollcall.Kubernetes.Objects;
using Rollcall.Watching;

namespace Rollcall.Kubernetes.Reading;

/// <summary>
/// The zone this process runs in: configured, from the environment, or that of its node. Looked up once, beside everything else and for as long as it takes: a refusal
/// or a node that is not there ends it, other failures are tried again.
/// </summary>
internal sealed partial class OwnZone(ApiClient client, ClusterContext context) : IAsyncDisposable
{
    private static readonly Backoff Backoff = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(30));

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<string?> _found = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private Task? _loop;

    /// <summary>Completes when the zone is known, with null when there is no telling. The first call begins to look.</summary>
    public Task<string?> FindAsync()
    {
        lock (_gate)
        {
            if (_loop is null)
                Start();
        }

        return _found.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task? loop;
        lock (_gate)
            loop = _loop ??= Task.CompletedTask;
        await loop;
        _stop.Dispose();
    }

    private string? Node => context.Options.NodeName ?? context.Options.Variable("NODE_NAME");

    private void Start()
    {
        // The search outlives the target that happened to be first and must not carry its context (trace, identity) along.
        using AsyncFlowControl? suppressed = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        _loop = FromSettings() ? Task.CompletedTask : Task.Run(LookUpAsync);
    }

    private bool FromSettings()
    {
        if (context.Options.Zone is { Length: > 0 } configured)
            Found(configured, "the configuration");
        else if (context.Options.Variable("ROLLCALL_ZONE") is { Length: > 0 } variable)
            Found(variable, "ROLLCALL_ZONE");
        else if (string.IsNullOrEmpty(Node))
            _found.TrySetResult(null);
        return _found.Task.IsCompleted;
    }

    private async Task LookUpAsync()
    {
        var node = Node!;
        var request = new ApiRequest("get", "", "nodes", null, $"api/v1/nodes/{Uri.EscapeDataString(node)}");
        var random = context.CreateRandom();
        for (var failures = 1; ; failures = Math.Min(failures + 1, 1000))
        {
            try
            {
                if ((await client.GetAsync(request, NodeObject.Read, _stop.Token)).Zone is { } zone)
                    Found(zone, $"the labels of the node {node}");
                else
                    Unknown($"the node {node} has no label topology.kubernetes.io/zone. Set ROLLCALL_ZONE, or label the node.");
                return;
            }
            catch (ApiException failure) when (failure.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
            {
                Unknown($"{failure.Message} Or set ROLLCALL_ZONE.");
                return;
            }
            catch (ApiException failure)
            {
                if (failures == 1)
                    LogUnknown(context.Logger, $"{failure.Message} It is tried again. Or set ROLLCALL_ZONE.");
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception defect)
            {
                Unknown($"{defect.Message} Set ROLLCALL_ZONE.");
                return;
            }

            var pause = Task.Delay(Backoff.Delay(failures, random), context.Time, _stop.Token);
            await pause.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (pause.IsCanceled)
                return;
        }
    }

    private void Unknown(string reason)
    {
        LogUnknown(context.Logger, reason);
        _found.TrySetResult(null);
    }

    private void Found(string zone, string origin)
    {
        LogFound(context.Logger, zone, origin);
        _found.TrySetResult(zone);
    }
}
