using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Rollcall.Node.Problems;
using Rollcall.Node.Requests;
using Rollcall.Node.Telemetry;
using Rollcall.Node.Watching;

namespace Rollcall.Node.Api;

/// <summary>
/// Where a request enters and leaves: runs the handler of its route, answers with the problem it returns or the one its failure means, and measures.
/// </summary>
internal sealed partial class RequestEdge(RequestMetrics metrics, TimeProvider time, ILogger<RequestEdge> logger)
{
    private readonly RouteMetrics _unmatched = metrics.ForRoute("other", "none");

    /// <summary>The handler with everything around it.</summary>
    public RequestDelegate Wrap(string method, string pattern, RouteHandler handler)
    {
        var route = metrics.ForRoute(method, pattern);
        var writes = method is not ("GET" or "HEAD");
        return context => RunAsync(context, handler, route, writes);
    }

    /// <summary>Answers what no route has matched.</summary>
    public Task AnswerUnmatchedAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        ProblemWriter.Write(context, new Problem(
            ProblemKind.NoSuchRoute, $"There is nothing at {Echo.Quote(context.Request.Path.Value)}; the paths are listed in /openapi/v1.json."));
        _unmatched.Answered(context.Response.StatusCode, time.GetElapsedTime(started));
        return Task.CompletedTask;
    }

    /// <summary>Gives the bare answer of routing to a wrong method its body; <c>Allow</c> is there already.</summary>
    public RequestDelegate AnswerWrongMethod(RequestDelegate next) => context =>
        // Routes of ours say what they are; what routing makes up for a wrong method does not.
        context.GetEndpoint() is { } endpoint && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is null
            ? AnswerWrongMethodAsync(context, next)
            : next(context);

    private async Task AnswerWrongMethodAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response.StatusCode != StatusCodes.Status405MethodNotAllowed || context.Response.HasStarted)
            return;
        ProblemWriter.Write(context, new Problem(
            ProblemKind.MethodNotAllowed,
            $"{Echo.Quote(context.Request.Path.Value)} does not take {Echo.Quote(context.Request.Method)}; it takes {context.Response.Headers.Allow}."));
        _unmatched.Answered(context.Response.StatusCode, TimeSpan.Zero);
    }

    private async Task RunAsync(HttpContext context, RouteHandler handler, RouteMetrics route, bool writes)
    {
        var started = time.GetTimestamp();
        try
        {
            var problem = writes && BrowserOrigin.IsForeign(context.Request) ? CrossSite : await handler(context);
            if (problem is not null)
                ProblemWriter.Write(context, problem);
        }
        catch (Exception error)
        {
            Fail(context, error);
        }

        if (context.Features.Get<WaitedOnPurpose>() is null)
            route.Answered(context.Response.StatusCode, time.GetElapsedTime(started));
    }

    private static readonly Problem CrossSite =
        new(ProblemKind.CrossSite, "The request comes from a web page of another site. Send it from a page of this node or from a program.");

    private void Fail(HttpContext context, Exception error)
    {
        if (ProblemOf(context, error) is not { } problem)
            return;
        if (problem.Kind == ProblemKind.InternalError)
            LogFailed(context.Request.Method, Echo.Quote(context.Request.Path.Value), error);
        if (context.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            context.Abort();
            return;
        }

        context.Response.Clear();
        ProblemWriter.Write(context, problem);
    }

    private static Problem? ProblemOf(HttpContext context, Exception error) => error switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(ProblemKind.BodyTooLarge, $"The body is larger than {RequestBody.MaxBytes / 1024} KiB, the most that is taken."),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => new(ProblemKind.RequestTimeout, "The body did not arrive in time."),
        BadHttpRequestException bad => new(ProblemKind.InvalidRequest, bad.Message),
        // Nobody is left to be told.
        OperationCanceledException or ConnectionResetException or ConnectionAbortedException when context.RequestAborted.IsCancellationRequested => null,
        _ => new(ProblemKind.InternalError, "The node failed to answer; its log says why. Nothing else is affected."),
    };
}
