using System.Globalization;
using Rollcall.Node.Dashboard;

namespace Rollcall.Node.Configuration;

/// <summary>Options that contradict each other or are refused for safety. All violations are reported at once.</summary>
internal static class NodeOptionsValidator
{
    /// <summary>Throws when the options cannot be used.</summary>
    /// <exception cref="ArgumentException">Says what is wrong and which flag allows it.</exception>
    public static void ThrowIfWrong(NodeOptions options)
    {
        var errors = Validate(options).ToArray();
        if (errors.Length > 0)
            throw new ArgumentException(string.Join("\n", errors), nameof(options));
    }

    private static IEnumerable<string> Validate(NodeOptions options)
    {
        if (options.Urls.Count == 0)
            yield return "There is no URL to listen on; name one, such as --urls http://127.0.0.1:7655.";
        foreach (var url in options.Urls)
        {
            if (!ListenAddress.TryParse(url, out var address))
                yield return $"{url} is no URL to listen on; it must look like http://127.0.0.1:7655 (https is for a proxy in front).";
            else if (!address!.IsLocal && !options.AllowAnyone)
                yield return $"{url} can be reached from other machines, and whoever reaches the node may change everything in it. Listen on 127.0.0.1, or allow it with --allow-anyone.";
        }

        if (options.DefaultWait < TimeSpan.Zero || options.DefaultWait > options.MaxWait)
            yield return $"The default wait ({DurationText.Format(options.DefaultWait)}) must not exceed the longest ({DurationText.Format(options.MaxWait)}).";
        if (options.MaxWaitingRequests < 1)
            yield return string.Create(CultureInfo.InvariantCulture, $"At least one request must be allowed to wait, not {options.MaxWaitingRequests}.");
        if (options.Viewer is { } viewer && !ViewerAddress.TryParse(viewer, out _))
            yield return $"{viewer} is no address of a viewer; it must be {ViewerAddress.Rule}.";
        foreach (var violation in options.Callers.Violations())
            yield return violation;
        foreach (var violation in options.Imports.SelectMany(static import => import.Violations()))
            yield return violation;
        foreach (var twice in options.Imports.GroupBy(static import => import.Service, StringComparer.Ordinal).Where(static group => group.Count() > 1))
            yield return $"The service {twice.Key} is imported twice.";
    }
}
