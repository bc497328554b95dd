using Microsoft.AspNetCore.Connections;

namespace Rollcall.TestKube.Faults;

/// <summary>What is to go wrong, now and with the next requests. Thread-safe.</summary>
public sealed class FaultInjector : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<(Fault Fault, int Left)> _faults = [];
    private readonly HashSet<ConnectionContext> _connections = [];
    private WatchEnd _watches = new();
    private TaskCompletionSource? _silence;

    /// <summary>Adds a fault. The first that fits a request meets it.</summary>
    public void Add(Fault fault)
    {
        lock (_gate)
            _faults.Add((fault, fault.Times));
    }

    /// <summary>Takes every fault back and ends the silence.</summary>
    public void Clear()
    {
        lock (_gate)
            _faults.Clear();
        Resume();
    }

    /// <summary>
    /// Nothing is sent any more: no event, no bookmark, no answer; connections stay open and are still taken. Pings of HTTP/2 are answered, as a proxy
    /// before a server that hangs answers them.
    /// </summary>
    public void GoSilent()
    {
        lock (_gate)
            _silence ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Ends <see cref="GoSilent"/>: what was held back is sent.</summary>
    public void Resume()
    {
        TaskCompletionSource? silence;
        lock (_gate)
            (silence, _silence) = (_silence, null);
        silence?.SetResult();
    }

    /// <summary>Breaks every connection that is open now, whatever goes over it. New ones are taken.</summary>
    public void DropConnections()
    {
        ConnectionContext[] connections;
        lock (_gate)
            connections = [.. _connections];
        foreach (var connection in connections)
            connection.Abort(new ConnectionAbortedException("Dropped on command."));
    }

    /// <summary>Resets every watch that is open now: over HTTP/1.1 its connection, over HTTP/2 its stream alone.</summary>
    public void DropWatches() => EndWatches(reset: true);

    /// <summary>Ends every watch that is open now in good order, as the API server does after the time it was asked for.</summary>
    public void CloseWatches() => EndWatches(reset: false);

    /// <summary>How the watches of now will be told to end.</summary>
    internal WatchEnd Watches
    {
        get
        {
            lock (_gate)
                return _watches;
        }
    }

    /// <summary>Done as long as there is no silence.</summary>
    internal Task WhileSilent
    {
        get
        {
            lock (_gate)
                return _silence?.Task ?? Task.CompletedTask;
        }
    }

    internal Fault? Take(string verb, string? resource, string? @namespace)
    {
        lock (_gate)
        {
            for (var i = 0; i < _faults.Count; i++)
            {
                var (fault, left) = _faults[i];
                if ((fault.Verb ?? verb) != verb || (fault.Resource ?? resource) != resource || (fault.Namespace ?? @namespace) != @namespace)
                    continue;
                if (left == 1)
                    _faults.RemoveAt(i);
                else
                    _faults[i] = (fault, left - 1);
                return fault;
            }

            return null;
        }
    }

    public void Dispose() => Watches.Dispose();

    internal void OnOpened(ConnectionContext connection)
    {
        lock (_gate)
            _connections.Add(connection);
    }

    internal void OnClosed(ConnectionContext connection)
    {
        lock (_gate)
            _connections.Remove(connection);
    }

    private void EndWatches(bool reset)
    {
        WatchEnd watches;
        lock (_gate)
            (watches, _watches) = (_watches, new WatchEnd());
        using (watches)
            watches.End(reset);
    }
}
