using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Rollcall.TestKube.Faults;
using Rollcall.TestKube.Objects;
using Rollcall.TestKube.Storage;

namespace Rollcall.TestKube.Api;

/// <summary>One watch: the state or what came after a revision, then every change, until its time is over.</summary>
internal sealed class WatchStream(ObjectStore store, FaultInjector faults, TimeProvider time, ListQuery query, IRenderer renderer, TimeSpan bookmarkEvery, TimeSpan defaultTimeout)
{
    private const string InitialEventsEnd = "k8s.io/initial-events-end";

    private readonly WatchEnd _end = faults.Watches;

    /// <param name="context">The request.</param>
    /// <param name="isGone">Told 410 at once.</param>
    public async Task RunAsync(HttpContext context, bool isGone)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _end.Ended);
        try
        {
            context.Response.ContentType = renderer.ContentType;
            await faults.WhileSilent.WaitAsync(ended.Token);
            await context.Response.StartAsync(ended.Token);
            await context.Response.BodyWriter.FlushAsync(ended.Token);
            await SendAsync(context, isGone, ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            if (_end.Ended.IsCancellationRequested && _end.IsReset)
                context.Abort();
        }
        finally
        {
            await ended.CancelAsync(); // the timers of this watch
        }
    }

    private async Task SendAsync(HttpContext context, bool isGone, CancellationToken cancellationToken)
    {
        var body = context.Response.BodyWriter;
        try
        {
            if (isGone)
                throw ApiStatusException.TooOld(query.ResourceVersion ?? 0, store.ResourceVersion);
            var cursor = query.ResourceVersion is { } from and > 0 && !query.SendsInitialEvents ? from : SendState(body);
            var over = Task.Delay(query.Timeout ?? defaultTimeout, time, cancellationToken);
            var bookmark = Task.Delay(bookmarkEvery, time, cancellationToken);
            while (true)
            {
                var changed = store.Changed;
                cursor = SendChanges(body, cursor);
                await faults.WhileSilent.WaitAsync(cancellationToken);
                await body.FlushAsync(cancellationToken);
                await Task.WhenAny(changed, over, bookmark).WaitAsync(cancellationToken);
                if (bookmark.IsCompleted || over.IsCompleted)
                {
                    // Written after what came before it, and only when nothing did since.
                    cursor = SendChanges(body, cursor);
                    if (query.AllowsBookmarks)
                        renderer.Event(body, "BOOKMARK", renderer.Bookmark(query.Selection.Resource, new() { ["resourceVersion"] = StoredObject.Text(cursor), ["creationTimestamp"] = null }));
                    bookmark = Task.Delay(bookmarkEvery, time, cancellationToken);
                }

                if (!over.IsCompleted)
                    continue;
                await faults.WhileSilent.WaitAsync(cancellationToken);
                await body.FlushAsync(cancellationToken);
                return;
            }
        }
        catch (ApiStatusException error)
        {
            renderer.Event(body, "ERROR", error.ToJson());
            await body.FlushAsync(cancellationToken);
        }
    }

    private long SendState(System.Buffers.IBufferWriter<byte> body)
    {
        var state = store.List(query.Selection, new ListOptions { ResourceVersion = query.ResourceVersion ?? 0 });
        foreach (var stored in state.Items)
            renderer.Event(body, "ADDED", stored, query.Selection.Resource);
        if (query is { SendsInitialEvents: true, AllowsBookmarks: true })
        {
            var metadata = new JsonObject
            {
                ["resourceVersion"] = StoredObject.Text(state.ResourceVersion),
                ["creationTimestamp"] = null,
                ["annotations"] = new JsonObject { [InitialEventsEnd] = "true" },
            };
            renderer.Event(body, "BOOKMARK", renderer.Bookmark(query.Selection.Resource, metadata));
        }

        return state.ResourceVersion;
    }

    private long SendChanges(System.Buffers.IBufferWriter<byte> body, long cursor)
    {
        var changes = store.After(cursor);
        foreach (var change in changes.Events)
        {
            if (query.Selection.Translate(change) is { } told)
                renderer.Event(body, told.Kind.ToString().ToUpperInvariant(), told.Object, query.Selection.Resource);
        }

        return changes.UpTo;
    }
}
