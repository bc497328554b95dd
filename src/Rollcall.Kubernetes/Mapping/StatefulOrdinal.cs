using System.Globalization;

namespace Rollcall.Kubernetes.Mapping;

/// <summary>The instance number that a StatefulSet gives its pods: <c>orders-0</c>, <c>orders-1</c>…</summary>
internal static class StatefulOrdinal
{
    // The random ends of other pods' names have five characters, and may by chance be digits.
    private const int RandomSuffixLength = 5;

    /// <summary>Null when the pod is none of a StatefulSet.</summary>
    /// <param name="pod">Its name.</param>
    /// <param name="hostname">Pods of a StatefulSet are named so inside, too; null when unknown.</param>
    public static string? Of(string pod, string? hostname)
    {
        var dash = pod.LastIndexOf('-');
        var digits = pod[(dash + 1)..];
        if (dash <= 0 || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out _) || (digits.Length > 1 && digits[0] == '0'))
            return null;
        return digits.Length < RandomSuffixLength || hostname == pod ? digits : null;
    }
}
