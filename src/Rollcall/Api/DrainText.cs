using System.Globalization;

namespace Rollcall.Api;

/// <summary>A drain in words, for logs and terminals.</summary>
internal static class DrainText
{
    /// <summary>Who has applied a drain that is complete, and who was only told.</summary>
    public static string Applied(DrainDocument drain)
    {
        var told = drain.Told == 0 ? "" : $"{(drain.Told == 1 ? "1 event stream was" : Count(drain.Told, "event stream") + " were")} told, which proves nothing";
        if (drain.Watchers > 0)
            return $"{Count(drain.Watchers, "watcher")} applied it{(told.Length > 0 ? "; " + told : "")}";
        return told.Length > 0 ? told : "nobody watches it";
    }

    /// <summary>How many have not applied a drain that is not complete.</summary>
    public static string NotApplied(DrainDocument drain)
    {
        if (drain.Waiting.Count == 0)
            return "who watches was not known yet";
        var asked = drain.Watchers + drain.Waiting.Count(static watcher => watcher.Kind == "stream");
        return $"{drain.Waiting.Count} of {Count(asked, "watcher")} had not applied it";
    }

    /// <summary>How long it took.</summary>
    public static string In(DrainDocument drain) => drain.Elapsed == "0s" ? "at once" : "in " + drain.Elapsed;

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
