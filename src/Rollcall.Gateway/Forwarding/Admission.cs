using System.Globalization;
using Microsoft.AspNetCore.Http;
using Rollcall.Gateway.AccessLogs;
using Rollcall.Gateway.Limiting;
using Rollcall.Gateway.Requests;

namespace Rollcall.Gateway.Forwarding;

/// <summary>Whether a request may go on: limits of rate and of how many are under way.</summary>
internal static class Admission
{
    private static readonly TimeSpan TryAgainSoon = TimeSpan.FromSeconds(1);

    /// <summary>After what time a request that is one too many of its rate may come again; null when it is not.</summary>
    public static TimeSpan? WaitOf(HttpContext context, RouteState state)
    {
        foreach (var limit in state.Limits)
        {
            // Those who do not say who they are share one bucket.
            var client = 0UL;
            if (limit.Config.By is { } by)
                RequestKey.TryGet(by, context, out client);
            if (limit.Take(client) is { } wait)
                return wait;
        }

        return null;
    }

    public static Task RefuseRateAsync(HttpContext context, RunningRoute route, TimeSpan wait)
    {
        route.State.CountLimited();
        Note(context, route);
        var seconds = RetryAfter(context, wait);
        return Failures.WriteAsync(
            context, StatusCodes.Status429TooManyRequests, "rate-limited", "Too many requests", $"Route '{route.Name}' takes no more requests of this kind now; try again in {seconds} s.");
    }

    public static Task RefuseConcurrencyAsync(HttpContext context, RunningRoute route)
    {
        route.State.CountShed();
        Note(context, route);
        var seconds = RetryAfter(context, TryAgainSoon);
        return Failures.WriteAsync(
            context, StatusCodes.Status503ServiceUnavailable, "overloaded", "Too many requests are under way", $"Route '{route.Name}' has all the requests under way that it may have; try again in {seconds} s.");
    }

    /// <summary>Waits for its turn where that is allowed. Pair a true one with <see cref="OverloadGate.Leave"/>; a false one is answered.</summary>
    public static async ValueTask<bool> EnterAsync(HttpContext context, OverloadGate gate, RunningRoute route)
    {
        try
        {
            if (await gate.EnterAsync(context.RequestAborted))
                return true;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            NoteLeft(context, route);
            return false;
        }

        Note(context, route);
        var seconds = RetryAfter(context, TryAgainSoon);
        await Failures.WriteAsync(
            context, StatusCodes.Status503ServiceUnavailable, "overloaded", "Too many requests are under way", $"The gateway has all the requests under way that it may have; try again in {seconds} s.");
        return false;
    }

    /// <summary>Says in the answer, in whole seconds, when to come again; a second at least.</summary>
    public static string RetryAfter(HttpContext context, TimeSpan wait)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.RetryAfter = seconds;
        return seconds;
    }

    private static void NoteLeft(HttpContext context, RunningRoute route)
    {
        context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        Note(context, route);
        if (context.Features.Get<AccessRecord>() is { } record)
            record.IsCancelled = true;
    }

    private static void Note(HttpContext context, RunningRoute route)
    {
        if (context.Features.Get<AccessRecord>() is { } record)
            record.Route = route.Name;
    }
}
