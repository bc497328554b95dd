using Microsoft.AspNetCore.Http;
using Rollcall.TestKube.Faults;
using Rollcall.TestKube.Objects;
using Rollcall.TestKube.Storage;

namespace Rollcall.TestKube.Api;

/// <summary>get, list and watch.</summary>
internal sealed class Reads(ObjectStore store, FaultInjector faults, ServerCounters counters, TimeProvider time, TimeSpan bookmarkEvery, TimeSpan watchTimeout)
{
    public Task GetAsync(HttpContext context, RequestInfo request, ApiResource resource)
    {
        var stored = store.Get(resource, resource.IsNamespaced ? request.Namespace ?? "" : "", request.Name!);
        var renderer = RendererOf(context);
        return Answers.BytesAsync(context, renderer.Object(stored, resource), contentType: renderer.ContentType);
    }

    public Task ListAsync(HttpContext context, RequestInfo request, ApiResource resource, bool isGone)
    {
        var query = ListQuery.Parse(context.Request.Query, resource, request);
        if (isGone)
            throw ApiStatusException.ExactExpired();
        var page = store.List(query.Selection, query.List);
        var renderer = RendererOf(context);
        return Answers.BytesAsync(context, renderer.List(page, resource), contentType: renderer.ContentType);
    }

    public async Task WatchAsync(HttpContext context, RequestInfo request, ApiResource resource, bool isGone)
    {
        var query = ListQuery.Parse(context.Request.Query, resource, request);
        counters.OnWatch(+1);
        try
        {
            await new WatchStream(store, faults, time, query, RendererOf(context), bookmarkEvery, watchTimeout).RunAsync(context, isGone);
        }
        finally
        {
            counters.OnWatch(-1);
        }
    }

    // Clients list what they take in the order of their liking; kubectl's first is a table.
    private IRenderer RendererOf(HttpContext context)
    {
        foreach (var accepted in context.Request.Headers.Accept.ToString().Split(',', StringSplitOptions.TrimEntries))
        {
            if (accepted.Contains("as=Table", StringComparison.Ordinal) && accepted.Contains("v=v1;", StringComparison.Ordinal))
                return new TableRenderer(context.Request.Query["includeObject"].ToString(), time);
            if (accepted.StartsWith(Answers.Json, StringComparison.Ordinal) && !accepted.Contains("as=", StringComparison.Ordinal))
                break;
        }

        return JsonRenderer.Instance;
    }
}
