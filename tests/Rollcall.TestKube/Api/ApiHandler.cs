using System.Text;
using Microsoft.AspNetCore.Http;
using Rollcall.TestKube.Access;
using Rollcall.TestKube.Faults;
using Rollcall.TestKube.Objects;

namespace Rollcall.TestKube.Api;

/// <summary>Every request's way: counted, made to fail where told to, who asks, what it is about, may they, the answer.</summary>
internal sealed class ApiHandler(AccessControl access, FaultInjector faults, ServerCounters counters, ServedApis served, Reads reads, Writes writes, TimeProvider time)
{
    private readonly Discovery _discovery = new(served);

    public async Task HandleAsync(HttpContext context)
    {
        var request = RequestInfo.Parse(context.Request);
        counters.Add(new(
            request.Verb,
            request.Resource,
            request.Namespace,
            context.Request.Path + context.Request.QueryString,
            context.Request.Protocol,
            context.Request.Headers.UserAgent.ToString()));
        try
        {
            context.Response.Headers.CacheControl = "no-cache, private";
            var fault = faults.Take(request.Verb, request.Resource, request.Namespace);
            if (request.Verb != "watch")
                await faults.WhileSilent.WaitAsync(context.RequestAborted);
            if (fault is null || !await FailAsync(context, fault, request))
                await AnswerAsync(context, request, isGone: fault?.Kind == FaultKind.Gone);
        }
        catch (ApiStatusException status) when (!context.Response.HasStarted)
        {
            await Answers.StatusAsync(context, status);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone.
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            // What the double did not foresee of an object shows where the test looks.
            await Answers.StatusAsync(context, ApiStatusException.InternalError($"{error.GetType().Name}: {error.Message}"));
        }
    }

    private async Task AnswerAsync(HttpContext context, RequestInfo request, bool isGone)
    {
        var user = access.Authenticate(context.Request.Headers.Authorization, context.Connection.ClientCertificate) ?? throw ApiStatusException.Unauthorized();
        if (request.Resource is null)
        {
            await AnswerPathAsync(context, request, user);
            return;
        }

        if (served.Find(request) is not { } resource)
        {
            Authorize(user, request, null, request.Name);
            await Answers.NoSuchPathAsync(context);
            return;
        }

        // A list or watch of one name is authorized by that name.
        var selected = request.Verb is "list" or "watch" ? FieldSelector.Parse(context.Request.Query["fieldSelector"], resource).Name : null;
        Authorize(user, request, resource, request.Name ?? selected);
        switch (request.Verb)
        {
            case "get" when request.Subresource is null:
                await reads.GetAsync(context, request, resource);
                break;
            case "list":
                await reads.ListAsync(context, request, resource, isGone);
                break;
            case "watch":
                await reads.WatchAsync(context, request, resource, isGone);
                break;
            default:
                await writes.AnswerAsync(context, request, resource);
                break;
        }
    }

    private async Task AnswerPathAsync(HttpContext context, RequestInfo request, KubeUser user)
    {
        if (!AccessControl.AllowsPath(user, request.Path))
            throw ApiStatusException.ForbiddenPath(user.Name, request.Verb, request.Path);
        if (request.Path is "/healthz" or "/livez" or "/readyz")
            await Answers.BytesAsync(context, "ok"u8.ToArray(), contentType: "text/plain; charset=utf-8");
        else if (request.Path == "/openapi/v2")
            await Answers.BytesAsync(context, ReadOnlyMemory<byte>.Empty, contentType: "application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
        else if (_discovery.Find(request) is { } json)
            await Answers.JsonAsync(context, json);
        else
            await Answers.NoSuchPathAsync(context);
    }

    private void Authorize(KubeUser user, RequestInfo request, ApiResource? resource, string? name)
    {
        var what = request.ResourceInRules!;
        if (access.Allows(user, request.Verb, request.Group!, what, request.Namespace, name))
            return;
        var group = resource ?? new ApiResource(request.Group!, request.Version!, request.Resource!, "", true);
        var where = request.Namespace is { } inside ? $"in the namespace \"{inside}\"" : "at the cluster scope";
        throw ApiStatusException.Forbidden(
            group,
            name,
            $"User \"{user.Name}\" cannot {request.Verb} resource \"{what}\" in API group \"{request.Group}\" {where}");
    }

    // False when the request is to be answered after all.
    private async Task<bool> FailAsync(HttpContext context, Fault fault, RequestInfo request)
    {
        switch (fault.Kind)
        {
            case FaultKind.Slow:
                await (fault.Until?.WaitAsync(context.RequestAborted) ?? Task.Delay(fault.Delay, time, context.RequestAborted));
                return false;
            case FaultKind.TooManyRequests:
                await Answers.TooManyRequestsAsync(context, fault.RetryAfter);
                return true;
            case FaultKind.ErrorEvent when request.Verb == "watch":
                await Answers.BytesAsync(context, Encoding.UTF8.GetBytes($"{{\"type\":\"ERROR\",\"object\":{ApiStatusException.InternalError("etcdserver: request timed out").ToJson().ToJsonString()}}}\n"));
                return true;
            case FaultKind.EndsAtOnce:
                await Answers.BytesAsync(context, ReadOnlyMemory<byte>.Empty);
                return true;
            case FaultKind.InternalError or FaultKind.ErrorEvent:
                throw ApiStatusException.InternalError("etcdserver: request timed out");
            case FaultKind.Unauthorized:
                throw ApiStatusException.Unauthorized();
            case FaultKind.GoneStatus:
            case FaultKind.Gone when request.Verb != "watch":
                throw ApiStatusException.TooOld(1, 2);
            case FaultKind.Garbage:
                await Answers.BytesAsync(context, "<html><body>This is not the server you are looking for.</body></html>\n"u8.ToArray());
                return true;
            case FaultKind.EndlessBody:
                await SendWithoutEndAsync(context);
                return true;
            case FaultKind.Reset:
                context.Abort();
                return true;
            default:
                return false;
        }
    }

    private static async Task SendWithoutEndAsync(HttpContext context)
    {
        var filler = Encoding.ASCII.GetBytes(new string('x', 64 * 1024));
        context.Response.ContentType = Answers.Json;
        await context.Response.Body.WriteAsync("{\"kind\":\""u8.ToArray(), context.RequestAborted);
        while (!context.RequestAborted.IsCancellationRequested)
            await context.Response.Body.WriteAsync(filler, context.RequestAborted);
    }
}
