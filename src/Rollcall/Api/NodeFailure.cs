using System.Net.Sockets;
using System.Text.Json;

namespace Rollcall.Api;

/// <summary>Turns what went wrong between a client and a node into words for a person.</summary>
internal static class NodeFailure
{
    // The same words reach people through the command line and through an application's log.
    private const string Naming = $"--node on a command line, Rollcall:Node in an application, or {ApiNames.NodeVariable}";

    private const string WhatToDo =
        $"Is a node running there? Start one with `rollcall serve`, or name another ({Naming}).";

    /// <summary>No answer came back.</summary>
    public static NodeException Unreachable(Uri node, string action, HttpRequestException error)
    {
        var advice = error.HttpRequestError switch
        {
            HttpRequestError.SecureConnectionError => "Check its certificate, or use http:// if it has none.",
            HttpRequestError.ConfigurationLimitExceeded => "Ask for less, for example with a filter.",
            _ => WhatToDo,
        };
        return new NodeException($"Could not {action}: {Reason(error)} ({Name(node)}). {advice}", 0, null, error);
    }

    /// <summary>The node took too long to answer; <paramref name="limit"/> is null when it was the connection that took too long.</summary>
    public static NodeException TimedOut(Uri node, string action, TimeSpan? limit, Exception error) =>
        new($"Could not {action}: {(limit is { } l ? $"no answer within {DurationText.Format(l)}" : "no connection in time")} ({Name(node)}). {WhatToDo}", 0, null, error);

    /// <summary>The node answered with an error.</summary>
    public static NodeException Refused(Uri node, string action, HttpResponseMessage response, ReadOnlySpan<byte> body)
    {
        var status = (int)response.StatusCode;
        var problem = ReadProblem(response, body);
        var retryAfter = response.Headers.RetryAfter?.Delta;
        if (problem is null)
        {
            return new NodeException(
                $"Could not {action}: {Name(node)} answered {status} {response.ReasonPhrase} in a form no Rollcall node uses. " +
                $"Check the address, or name another ({Naming}).", status, null) { RetryAfter = retryAfter };
        }

        var detail = problem.Detail ?? problem.Title ?? $"status {status}";
        // A single field is mostly the detail already.
        var fields = string.Concat((problem.Errors ?? SmallMap<string>.Empty)
            .Where(field => !detail.Contains(field.Value, StringComparison.Ordinal))
            .Select(static field => $" {field.Key}: {Sentence(field.Value)}"));
        return new NodeException($"Could not {action}: {Sentence(detail)}{fields}", status, problem) { RetryAfter = retryAfter };
    }

    /// <summary>The node answered with success, but not with what was asked for.</summary>
    public static NodeException NotUnderstood(Uri node, string action, int status, Exception? error) => new(
        $"Could not {action}: {Name(node)} answered {status} in a form no Rollcall node uses. " +
        $"Check the address, or name another ({Naming}).", status, null, error);

    private static ProblemDocument? ReadProblem(HttpResponseMessage response, ReadOnlySpan<byte> body)
    {
        if (response.Content.Headers.ContentType?.MediaType is not ("application/problem+json" or "application/json"))
            return null;
        try
        {
            return JsonSerializer.Deserialize(body, ApiJson.Default.ProblemDocument) is { Type: not null } problem ? problem : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Reason(HttpRequestException error)
    {
        for (Exception? inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is SocketException socket)
            {
                return socket.SocketErrorCode switch
                {
                    SocketError.ConnectionRefused => "connection refused",
                    SocketError.ConnectionReset => "the connection was reset",
                    SocketError.HostNotFound or SocketError.NoData => "the host name is not known",
                    SocketError.TimedOut => "the connection timed out",
                    SocketError.NetworkUnreachable or SocketError.HostUnreachable => "there is no route to the host",
                    _ => socket.Message,
                };
            }
        }

        return error.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => "the host name is not known",
            HttpRequestError.ResponseEnded => "the connection was closed before the answer was complete",
            HttpRequestError.SecureConnectionError => "no secure connection could be made",
            HttpRequestError.ConfigurationLimitExceeded => "the answer is larger than this client accepts",
            _ => error.Message.TrimEnd('.'),
        };
    }

    private static string Name(Uri node) => node.AbsoluteUri.TrimEnd('/');

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";
}
