using System.Text;
using System.Text.RegularExpressions;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Serf;

/// <summary>
/// Whether a query is for this node. Each filter is a byte for its kind and then names of nodes, or a tag with a regular expression that is to be found in its value; a tag that is not there is empty. All have to let
/// it through. What cannot be read or judged does not, as with agents.
/// </summary>
internal static class QueryFilters
{
    public const int MaxFilters = 64;
    public const int MaxExpressionBytes = 256;

    /// <summary>Counted repetitions, multiplied: <c>(a{1,8}){8}</c> has 64. To be checked for what back-tracks by its nature each is a copy of what it repeats, and a few hundred of them take seconds.</summary>
    public const int MaxRepetitions = 64;

    private const byte NodeKind = 0;
    private const byte TagKind = 1;

    /// <summary>For one expression. An honest one takes a thousandth of it; one that is cut off by a machine that does not run is asked again.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(50);

    // Go's syntax where .NET's means something else by the same text, or nothing.
    private static readonly string[] Foreign = ["[[:", "(?P<", "(?U", @"\C", @"\Q", @"\pN"];

    /// <summary>The filters are an array as it came, or nothing. So many <paramref name="expressions"/> are judged, which counts down, and no more.</summary>
    public static bool Pass(ReadOnlySpan<byte> filters, ReadOnlySpan<byte> node, ReadOnlySpan<byte> meta, ref long expressions)
    {
        if (filters.IsEmpty)
            return true;
        var reader = new MsgPackReader(filters);
        var passes = reader.TryReadArrayHeader(out var count) && count <= MaxFilters;
        for (; passes && count > 0; count--)
        {
            passes = reader.TryReadBytes(out var filter) && !filter.IsEmpty && filter[0] switch
            {
                NodeKind => Names(filter[1..], node),
                TagKind => expressions > 0 && expressions-- > 0 && Matches(filter[1..], meta),
                _ => false,
            };
        }

        return passes;
    }

    private static bool Names(ReadOnlySpan<byte> body, ReadOnlySpan<byte> node)
    {
        var reader = new MsgPackReader(body);
        var isNamed = false;
        var read = reader.TryReadArrayHeader(out var count);
        for (; read && count > 0; count--)
        {
            read = reader.TryReadRaw(out var name);
            isNamed |= name.SequenceEqual(node);
        }

        return read && isNamed;
    }

    private static bool Matches(ReadOnlySpan<byte> body, ReadOnlySpan<byte> meta)
    {
        var reader = new MsgPackReader(body);
        ReadOnlySpan<byte> tag = default, expression = default;
        var read = reader.TryReadMapHeader(out var count);
        for (; read && count > 0; count--)
        {
            read = reader.TryReadRaw(out var key) && key switch
            {
                _ when key.SequenceEqual("Tag"u8) => reader.TryReadRaw(out tag),
                _ when key.SequenceEqual("Expr"u8) => reader.TryReadRaw(out expression),
                _ => reader.TrySkip(),
            };
        }

        return read && expression.Length <= MaxExpressionBytes
            && IsFound(Encoding.UTF8.GetString(expression), SerfTags.Decode(meta).GetValueOrDefault(Encoding.UTF8.GetString(tag), ""));
    }

    // Whoever may ask may choose the expression, and the protocol waits for it. Made without back-tracking it is checked for what Go does not have either, looking around and back, and for its size. It is matched
    // with back-tracking, which heeds the timeout at each step back: without, an expression as short as (.*a.{60})* takes seconds and gigabytes, and the timeout is looked at too late.
    private static bool IsFound(string expression, string value)
    {
        if (Repetitions(expression) > MaxRepetitions || Array.Exists(Foreign, foreign => expression.Contains(foreign, StringComparison.Ordinal)))
            return false;
        try
        {
            _ = new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Timeout);
            return new Regex(expression, RegexOptions.CultureInvariant, Timeout).IsMatch(value);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException or RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static long Repetitions(string expression)
    {
        long product = 1;
        for (var at = expression.IndexOf('{', StringComparison.Ordinal); at >= 0 && product <= MaxRepetitions; at = expression.IndexOf('{', at + 1))
        {
            long largest = 1, number = 0;
            for (var i = at + 1; i < expression.Length && (char.IsAsciiDigit(expression[i]) || expression[i] == ','); i++)
            {
                number = expression[i] == ',' ? 0 : Math.Min(MaxRepetitions + 1, (number * 10) + expression[i] - '0');
                largest = Math.Max(largest, number);
            }

            product *= largest;
        }

        return product;
    }
}
