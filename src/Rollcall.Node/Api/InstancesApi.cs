using Microsoft.AspNetCore.Http;
using Rollcall.Api;
using Rollcall.Node.OpenApi;
using Rollcall.Node.Problems;
using Rollcall.Node.Rendering;
using Rollcall.Node.Requests;
using Rollcall.Node.Watching;
using Rollcall.Registry;

namespace Rollcall.Node.Api;

/// <summary>Writes to one instance: register, deregister, status, drain.</summary>
internal sealed class InstancesApi(NodeParts parts)
{
    // Writes are not tied to the connection: what the journal has begun to write must be finished and answered, whoever still listens.
    private static readonly CancellationToken Untied = CancellationToken.None;

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        const string instance = "/api/services/{service}/instances/{id}";
        var owner = new ParameterDescription(ApiNames.OwnerHeader, "The secret that owns the instance.", IsHeader: true);
        routes.Map("PUT", instance, PutAsync, new("Registers or replaces an instance.")
        {
            Parameters = [owner],
            Body = typeof(RegistrationDocument),
            Answer = typeof(WriteDocument),
            Successes = [200, 201],
            Problems = [400, 403, 409, 413, 503, 507],
        });
        routes.Map("DELETE", instance, DeleteAsync, new("Removes an instance.")
        {
            Parameters = [owner],
            Answer = typeof(WriteDocument),
            Problems = [400, 403, 404, 503, 507],
        });
        routes.Map("PUT", instance + "/status", PutStatusAsync, new("Says whether an instance is ready; renews its lease.")
        {
            Parameters = [owner],
            Body = typeof(StatusDocument),
            Answer = typeof(WriteDocument),
            Problems = [400, 403, 404, 413, 503, 507],
        });
        routes.Map("POST", instance + "/drain", DrainAsync, new("Drains an instance and waits until every watcher has applied that.")
        {
            Parameters =
            [
                owner,
                new("timeout", "The longest it waits: 0s to 10m, default 30s."),
                new("force", "Why it is to be drained even if too few instances stay ready; kept with the instance."),
            ],
            Answer = typeof(DrainDocument),
            Problems = [400, 403, 404, 409, 503, 507],
        });
        routes.Map("GET", instance + "/drain", PreviewDrain, new("What a drain would leave.")
        {
            Answer = typeof(DrainPreviewDocument),
            Problems = [400, 404],
        });
    }

    private async ValueTask<Problem?> PutAsync(HttpContext context)
    {
        if (ReadKey(context, out var key, out var owner) is { } wrong)
            return wrong;
        var body = await RequestBody.ReadAsync(context);
        var refused = RegistrationReader.Read(body, key, out var registration);
        context.Request.BodyReader.AdvanceTo(body.End);
        if (refused is not null)
            return refused;
        var result = await parts.Registry.RegisterAsync(registration!, owner, Untied);
        if (Answer.ProblemOf(result) is { } problem)
            return problem;
        context.Response.StatusCode = result.Outcome == WriteOutcome.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        using var buffer = JsonBuffer.Rent();
        WriteWriter.Write(buffer.Json, key, result.Revision, registration!.Ttl);
        buffer.Answer(context.Response);
        return null;
    }

    private async ValueTask<Problem?> DeleteAsync(HttpContext context) =>
        ReadKey(context, out var key, out var owner)
        ?? AnswerWrite(context, key, await parts.Registry.DeregisterAsync(key, owner, Untied));

    private async ValueTask<Problem?> PutStatusAsync(HttpContext context)
    {
        if (ReadKey(context, out var key, out var owner) is { } wrong)
            return wrong;
        var body = await RequestBody.ReadAsync(context);
        var refused = StatusReader.Read(body, out var status);
        context.Request.BodyReader.AdvanceTo(body.End);
        return refused ?? AnswerWrite(context, key, await parts.Registry.SetStatusAsync(key, status.Ready, status.Reason, owner, Untied));
    }

    private async ValueTask<Problem?> DrainAsync(HttpContext context)
    {
        if (ReadKey(context, out var key, out var owner) is { } wrong)
            return wrong;
        if (Query.ReadDrain(context.Request.QueryString.Value, out var timeout, out var force) is { } refused)
            return refused;
        if (parts.Waiting.TryEnter(parts.WatchMetrics) is { } busy)
            return busy;
        try
        {
            context.Features.Set(WaitedOnPurpose.Mark);
            var result = await parts.Registry.DrainAsync(key, owner, force, timeout, context.RequestAborted);
            if (Answer.ProblemOf(result.Write) is { } problem)
                return problem;
            using var buffer = JsonBuffer.Rent();
            WriteWriter.Write(buffer.Json, key, result);
            buffer.Answer(context.Response);
            return null;
        }
        finally
        {
            parts.Waiting.Leave();
        }
    }

    private ValueTask<Problem?> PreviewDrain(HttpContext context)
    {
        if (ReadKey(context, out var key, out _) is { } wrong)
            return new(wrong);
        var service = parts.Registry.Catalog.GetService(key.Service);
        if (DrainPreview.Of(service, key, parts.Registry.Watchers.GetWatchers(key.Service), parts.Options.Registry.DrainMinReady) is not { } preview)
            return new(new Problem(ProblemKind.InstanceNotFound, $"There is no instance '{key}'."));
        Answer.WithDocument(context, preview, ApiJson.Default.DrainPreviewDocument);
        return default;
    }

    private static Problem? AnswerWrite(HttpContext context, InstanceKey key, WriteResult result)
    {
        if (Answer.ProblemOf(result) is { } problem)
            return problem;
        using var buffer = JsonBuffer.Rent();
        WriteWriter.Write(buffer.Json, key, result.Revision);
        buffer.Answer(context.Response);
        return null;
    }

    private static Problem? ReadKey(HttpContext context, out InstanceKey key, out string? owner)
    {
        key = new InstanceKey((string)context.Request.RouteValues["service"]!, (string)context.Request.RouteValues["id"]!);
        owner = null;
        return NameMessages.Check(key.Service, key.Id) ?? OwnerHeader.Read(context, out owner);
    }
}
