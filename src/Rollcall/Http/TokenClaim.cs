using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Rollcall.Http;

/// <summary>
/// A claim of the token that a request shows: a JSON web token (RFC 7519) as a bearer (RFC 6750). Nothing is verified, so that anybody may claim anything: good to choose an
/// endpoint by, and for nothing else.
/// </summary>
internal static class TokenClaim
{
    /// <summary>The longest token that is looked into.</summary>
    public const int MaxTokenLength = 16 * 1024;

    /// <summary>The longest value that is a key.</summary>
    public const int MaxValueLength = 1024;

    private const string Scheme = "Bearer ";

    /// <summary>True for what may be the name of a claim, which may also be a URI.</summary>
    public static bool IsName(ReadOnlySpan<char> name) => name.Length is > 0 and <= 256 && !name.ContainsAnyInRange('\0', ' ');

    /// <summary>The value of a claim that is a text, a number or a truth; null for any other, for none, and for what is no such token.</summary>
    /// <param name="authorization">The value of the header <c>Authorization</c>.</param>
    /// <param name="claim">The claim's name.</param>
    public static string? Find(ReadOnlySpan<char> authorization, string claim)
    {
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        var token = authorization[Scheme.Length..].Trim();
        var start = token.IndexOf('.') + 1;
        var length = token[start..].IndexOf('.');
        if (start == 0 || length <= 0 || token.Length > MaxTokenLength)
            return null;
        var payload = token.Slice(start, length);
        var rented = ArrayPool<byte>.Shared.Rent(Base64Url.GetMaxDecodedLength(length));
        try
        {
            return Base64Url.DecodeFromChars(payload, rented, out _, out var bytes) == OperationStatus.Done ? Find(rented.AsSpan(0, bytes), claim) : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // No JSON, or text in it that is no UTF-8: whoever sends it has no key.
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    // RFC 7519 section 4: of two claims of one name the last one counts.
    private static string? Find(ReadOnlySpan<byte> json, string claim)
    {
        var reader = new Utf8JsonReader(json);
        string? found = null;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIt = reader.ValueTextEquals(claim);
            reader.Read();
            if (isIt)
                found = TextOf(ref reader);
            reader.Skip();
        }

        return found;
    }

    private static string? TextOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.Length > MaxValueLength)
            return null;
        return reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => System.Text.Encoding.UTF8.GetString(reader.ValueSpan),
            _ => null,
        };
    }
}
