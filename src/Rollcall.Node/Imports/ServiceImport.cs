using Microsoft.Extensions.Logging;
using Rollcall.Registry;
using Rollcall.Registry.Engine;
using Rollcall.Watching;

namespace Rollcall.Node.Imports;

/// <summary>
/// Keeps one imported service of the catalog as its source has it. What the source says goes the way of every write, so that watchers, history and restarts treat it like any other service:
/// after a restart the last known state is there at once, stale until the source has answered.
/// </summary>
internal sealed partial class ServiceImport(ImportOptions options, ServiceResolver resolver, ServiceRegistry registry, ImportTable table, TimeProvider time, ILogger logger)
{
    // As many as share the write queue with clients instead of filling it.
    private const int Chunk = 1024;

    private const string FromBefore = "known from before the node started; its source has not answered yet";
    private const string NothingYet = "its source has not answered yet";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly ServiceTarget _target = ServiceTarget.Parse(options.Target);
    private ImportedSet _written = ImportedSet.None;

    /// <summary>Says what is known before anything was asked.</summary>
    public void Begin()
    {
        Tell(Freshness.Stale(IsKnown ? FromBefore : NothingYet), null, []);
        if (IsKnown)
            table.Settle(options.Service);
    }

    /// <summary>Follows the source until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var watch = resolver.Watch(_target);
        LogBegun(logger, options.Service, ImportMode.Of(_target), _target);
        await using var news = watch.ReadAllAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        var next = news.MoveNextAsync().AsTask();
        if (!await IsInTimeAsync(next, cancellationToken))
        {
            await FallBackAsync(watch, cancellationToken);
            table.Settle(options.Service);
        }

        while (await next)
        {
            // While what was read could not be written, the newest is what counts, not that one.
            while (!await TryWriteAsync(watch.Current ?? news.Current, cancellationToken))
                await Task.Delay(RetryAfter, time, cancellationToken);
            next = news.MoveNextAsync().AsTask();
        }
    }

    // What the source itself said before a restart; what was only a fallback then is none of it.
    private bool IsKnown => registry.Catalog.GetService(options.Service).Instances.Any(instance => instance.Origin == options.Target);

    private async Task<bool> IsInTimeAsync(Task<bool> next, CancellationToken cancellationToken)
    {
        try
        {
            await next.WaitAsync(options.FallbackAfter, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // Only for the first sight: what is known from before is better than what somebody wrote down once.
    private async Task FallBackAsync(ServiceWatch watch, CancellationToken cancellationToken)
    {
        if (options.FallbackTarget is not { } fallback || IsKnown)
            return;
        try
        {
            var set = await resolver.ResolveAsync(ServiceTarget.Parse(fallback), cancellationToken);
            if (watch.Current is not null)
                return;
            var why = $"{_target} has not answered yet; shown from {options.Fallback}";
            await WriteAsync(new EndpointSet(_target, set.Endpoints, 0, set.ObservedAt, Freshness.Fallback(why)), fallback, cancellationToken);
            LogFallback(logger, options.Service, options.Fallback!);
        }
        catch (DiscoveryException error)
        {
            LogFallbackFailed(logger, options.Service, options.Fallback!, error.Message);
        }
    }

    private async Task<bool> TryWriteAsync(EndpointSet set, CancellationToken cancellationToken)
    {
        var failure = await WriteAsync(set, options.Target, cancellationToken);
        if (failure is not null)
            LogNotWritten(logger, options.Service, failure);
        else
            table.Settle(options.Service);
        return failure is null;
    }

    // Why it could not be written; null when it was.
    private async Task<string?> WriteAsync(EndpointSet set, string origin, CancellationToken cancellationToken)
    {
        var imported = ImportedSet.Of(options, set, _written, origin);
        var ids = imported.Instances.Select(static instance => instance.Key.Id).ToHashSet(StringComparer.Ordinal);
        var now = registry.Catalog.GetService(options.Service).Instances.Where(static instance => instance.Origin is not null).Select(static instance => instance.Registration.Id).ToHashSet(StringComparer.Ordinal);
        InstanceKey[] gone = [.. now.Where(id => !ids.Contains(id)).Select(id => new InstanceKey(options.Service, id))];
        var before = _written.Instances.ToHashSet<ImportedInstance>(ReferenceEqualityComparer.Instance);
        ImportedInstance[] changed = [.. imported.Instances.Where(instance => !before.Contains(instance) || !now.Contains(instance.Key.Id))];
        List<string> refused = [.. imported.Rejected];

        // What a failure leaves written is not known here: then all is written again.
        _written = ImportedSet.None;
        for (var first = 0; first == 0 || first < changed.Length; first += Chunk)
        {
            var part = changed.AsSpan(first, Math.Min(Chunk, changed.Length - first)).ToArray();
            foreach (var result in await registry.ImportAsync(part, first == 0 ? gone : [], $"gone from {_target}", cancellationToken))
            {
                if (result.Outcome is WriteOutcome.Busy or WriteOutcome.StorageFull or WriteOutcome.StorageUnavailable)
                    return result.Message ?? "the write was refused";
                if (result.Outcome is WriteOutcome.ReadOnly or WriteOutcome.LimitReached)
                    refused.Add(result.Message!);
            }
        }

        _written = imported;
        if (refused.Count > 0)
            LogRejected(logger, options.Service, refused.Count, refused[0]);
        Tell(set.Freshness, set.ObservedAt, refused);
        return null;
    }

    private void Tell(Freshness freshness, DateTimeOffset? observedAt, IReadOnlyList<string> rejected) =>
        table.Set(new ImportStatus(options, _target, freshness, observedAt, [.. rejected]));
}
