using System.Text.Json;
using Rollcall.Kubernetes.Objects;

namespace Rollcall.Kubernetes.Api;

/// <summary>What the API says when it refuses (<c>v1.Status</c>).</summary>
/// <param name="Code">0 when it does not say.</param>
/// <param name="Message">Empty when it does not say.</param>
/// <param name="RetryAfter">How long to leave it alone, as it says there.</param>
internal readonly record struct ApiStatus(int Code, string Message, TimeSpan? RetryAfter)
{
    private const int ShownCharacters = 500;

    /// <summary>When it says nothing that can be read.</summary>
    public static ApiStatus Unsaid { get; } = new(0, "", null);

    /// <summary>Reads the object the reader stands on.</summary>
    public static ApiStatus Read(ref Utf8JsonReader json)
    {
        int? code = null, seconds = null;
        string? message = null;
        json.RequireObject();
        while (json.NextField())
        {
            if (json.Is("code"u8))
                code = json.Number();
            else if (json.Is("message"u8))
                message = json.Text();
            else if (json.Is("details"u8))
                seconds = ReadSeconds(ref json);
            else
                json.SkipField();
        }

        return new ApiStatus(code ?? 0, Shown(message ?? ""), seconds is > 0 ? TimeSpan.FromSeconds(seconds.Value) : null);
    }

    /// <summary>Reads a whole body, which may be anything: a proxy's page of HTML, too.</summary>
    public static ApiStatus Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            var json = new Utf8JsonReader(body);
            return json.Read() ? Read(ref json) : Unsaid;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return Unsaid;
        }
    }

    private static int? ReadSeconds(ref Utf8JsonReader json)
    {
        int? seconds = null;
        if (json.EnterObject())
        {
            while (json.NextField())
            {
                if (json.Is("retryAfterSeconds"u8))
                    seconds = json.Number();
                else
                    json.SkipField();
            }
        }

        return seconds;
    }

    private static string Shown(string message)
    {
        var line = string.Concat(message.Take(ShownCharacters).Select(static c => char.IsControl(c) ? ' ' : c)).Trim();
        return message.Length > ShownCharacters ? line + "…" : line;
    }
}
