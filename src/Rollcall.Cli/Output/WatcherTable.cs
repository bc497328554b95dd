using Rollcall.Api;

namespace Rollcall.Cli.Output;

/// <summary>Watchers as a table; those that have not applied the newest revision stand out.</summary>
internal static class WatcherTable
{
    public static Table Of(IEnumerable<WatcherDocument> watchers, long revision, DateTimeOffset now)
    {
        var table = new Table("WATCHER", "KIND", "APPLIED", "CURRENT", "REMOTE", "AGE", "LAST-SEEN");
        foreach (var watcher in watchers)
        {
            Cell current = watcher.Applied >= revision ? new("yes", Tone.Good) : new("no", Tone.Warning);
            table.Add(watcher.Id, watcher.Kind, watcher.Applied, current, watcher.Remote, AgeText.Format(now - watcher.Since), AgeText.Format(now - watcher.LastSeen));
        }

        return table;
    }
}
