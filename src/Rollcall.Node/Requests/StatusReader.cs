using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Rollcall.Node.Problems;

namespace Rollcall.Node.Requests;

/// <summary>What an owner says of its readiness.</summary>
/// <param name="Ready">True when it is ready.</param>
/// <param name="Reason">Why.</param>
internal readonly record struct OwnerStatus(bool Ready, string? Reason);

/// <summary>Reads the body of a status change.</summary>
internal static class StatusReader
{
    /// <summary>The longest reason, in characters.</summary>
    public const int MaxReasonLength = 256;

    /// <summary>The status, or why it is refused.</summary>
    public static Problem? Read(ReadOnlySequence<byte> body, out OwnerStatus status)
    {
        status = default;
        try
        {
            var json = new JsonBody(body);
            status = ReadObject(ref json);
            json.End();
            return json.Errors is null ? null : Problem.Invalid(json.Errors);
        }
        catch (JsonException error)
        {
            return JsonBody.Malformed(error);
        }
    }

    private static OwnerStatus ReadObject(ref JsonBody json)
    {
        string? state = null, reason = null;
        bool sawState = false, sawReason = false;
        if (!json.TryEnterObject("body", "an object such as {\"state\":\"ready\"}"))
            return default;
        while (json.NextField())
        {
            if (json.IsNamed("state"u8))
                state = Once(ref json, ref sawState, "state");
            else if (json.IsNamed("reason"u8))
                reason = Once(ref json, ref sawReason, "reason");
            else
                json.Skip();
        }

        if (state is not ("ready" or "not-ready"))
            json.Refuse("state", state is null ? "is required: ready or not-ready" : $"must be ready or not-ready, got {Echo.Quote(state)}");
        if (reason?.Length > MaxReasonLength)
            json.Refuse("reason", string.Create(CultureInfo.InvariantCulture, $"has {reason.Length} characters; at most {MaxReasonLength}"));
        return new OwnerStatus(state == "ready", reason);
    }

    private static string? Once(ref JsonBody json, ref bool seen, string field)
    {
        if (seen)
            json.Refuse(field, "occurs twice");
        seen = true;
        return json.MoveToValue() ? json.ReadText(field) : null;
    }
}
