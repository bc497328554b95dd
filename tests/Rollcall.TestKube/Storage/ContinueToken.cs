using System.Globalization;
using System.Text;
using Rollcall.TestKube.Objects;

namespace Rollcall.TestKube.Storage;

/// <summary>Where a paged list goes on: after which key, at which revision; -1 for whatever is current.</summary>
internal readonly record struct ContinueToken(long ResourceVersion, string After)
{
    public const long Inconsistent = -1;

    public static ContinueToken Parse(string text)
    {
        try
        {
            var plain = Encoding.UTF8.GetString(Convert.FromBase64String(text));
            var space = plain.IndexOf(' ', StringComparison.Ordinal);
            return new(long.Parse(plain[..space], CultureInfo.InvariantCulture), plain[(space + 1)..]);
        }
        catch (Exception error) when (error is FormatException or ArgumentOutOfRangeException or OverflowException)
        {
            throw ApiStatusException.BadRequest("continue key is not valid: illegal base64 data");
        }
    }

    public override string ToString() =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ResourceVersion.ToString(CultureInfo.InvariantCulture)} {After}"));
}
