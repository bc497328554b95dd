using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Rollcall.Registry.Watchers;

namespace Rollcall.Node.Watching;

/// <summary>
/// The blocking queries last answered over one connection. Between two queries a watcher is expected back; when its connection ends instead, it
/// is gone, and a drain need not wait out its grace. Thread-safe.
/// </summary>
internal sealed class PollsOfConnection
{
    // A proxy may carry many watchers over one connection; those beyond wait out their grace.
    private const int MaxPolls = 256;

    private readonly Dictionary<(string Service, string Watcher), WatcherHandle> _last = [];
    private bool _closed;

    /// <summary>Notes that a query was answered: the handle is ended, and lost when the connection is.</summary>
    public static void Answered(HttpContext context, string service, string watcher, WatcherHandle handle)
    {
        handle.Dispose();
        if (Of(context) is { } polls)
            polls.Note((service, watcher), handle);
    }

    private static PollsOfConnection? Of(HttpContext context)
    {
        if (context.Features.Get<IConnectionItemsFeature>() is not { } connection || context.Features.Get<IConnectionLifetimeFeature>() is not { } lifetime)
            return null;
        if (connection.Items.TryGetValue(typeof(PollsOfConnection), out var found))
            return (PollsOfConnection)found!;
        // Requests of one connection come one after another, so nobody else makes one now.
        var made = new PollsOfConnection();
        connection.Items[typeof(PollsOfConnection)] = made;
        lifetime.ConnectionClosed.UnsafeRegister(static polls => ((PollsOfConnection)polls!).Close(), made);
        return made;
    }

    private void Note((string Service, string Watcher) key, WatcherHandle handle)
    {
        lock (_last)
        {
            if (!_closed)
            {
                if (_last.Count < MaxPolls || _last.ContainsKey(key))
                    _last[key] = handle;
                return;
            }
        }

        handle.Lost();
    }

    private void Close()
    {
        WatcherHandle[] lost;
        lock (_last)
        {
            _closed = true;
            lost = [.. _last.Values];
            _last.Clear();
        }

        foreach (var handle in lost)
            handle.Lost();
    }
}
