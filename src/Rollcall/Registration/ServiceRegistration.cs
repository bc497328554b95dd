using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Api;

namespace Rollcall.Registration;

/// <summary>
/// Announces instances of services and keeps them announced: renews their leases together, every third of the ttl; registers again
/// when a node has forgotten them; goes to the next node when one cannot be reached; drains and deregisters on the way out.
/// A node that is absent never fails the application: it is told once in the log and tried again. Thread-safe.
/// </summary>
/// <example><code>
/// await using var registration = new ServiceRegistration(new RegistrationOptions());
/// registration.Start();
/// await registration.AnnounceAsync(new Announcement("orders", "orders-1", "10.0.0.5") { Ports = ports });
/// // … work …
/// await registration.DrainAsync();
/// await registration.WithdrawAsync();
/// </code></example>
public sealed partial class ServiceRegistration : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    // Full: a caller that announces faster than requests are answered waits.
    private readonly Channel<Action<RegistrationProtocol, TimeSpan>> _inputs =
        Channel.CreateBounded<Action<RegistrationProtocol, TimeSpan>>(new BoundedChannelOptions(256) { SingleReader = true });

    private readonly List<(Func<RegistrationProtocol, bool> Holds, TaskCompletionSource Told)> _waiters = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly RegistrationProtocol _protocol;
    private readonly NodeConnections _nodes;
    private readonly RegistrationOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _start;
    private Task? _loop;
    private volatile IReadOnlyList<RegistrationStatus> _current = [];

    /// <summary>Makes one; nothing is sent before <see cref="Start"/>.</summary>
    /// <param name="options">Nodes, owner and timeouts.</param>
    /// <param name="time">The clock. Default: the system's.</param>
    /// <param name="random">Source of jitter. Default: seeded by the system.</param>
    /// <param name="logger">Default: none.</param>
    /// <param name="meters">Default: no metrics.</param>
    /// <exception cref="ArgumentException">A node's address is none; the message shows one that is right.</exception>
    public ServiceRegistration(
        RegistrationOptions options,
        TimeProvider? time = null,
        Random? random = null,
        ILogger<ServiceRegistration>? logger = null,
        IMeterFactory? meters = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<ServiceRegistration>.Instance;
        _start = _time.GetTimestamp();
        var urls = options.NodeUrls();
        _nodes = new NodeConnections(urls, string.IsNullOrEmpty(options.Owner) ? null : options.Owner, _time, new RegistrationMetrics(meters));
        _protocol = new RegistrationProtocol(urls.Count, random ?? new Random());
    }

    /// <summary>Where every announced instance stands.</summary>
    public IReadOnlyList<RegistrationStatus> Current => _current;

    /// <summary>Begins to talk to the node. Call once; what was announced before is sent now.</summary>
    public void Start()
    {
        if (_loop is not null)
            throw new InvalidOperationException("The registration has been started already.");
        // The loop outlives the caller: it must not carry the caller's activity and async-locals along.
        using AsyncFlowControl? suppressed = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        _loop = Task.Run(() => RunAsync(_stop.Token));
    }

    /// <summary>Announces an instance, or replaces what was announced under its id. Returns at once; the node is told in the background.</summary>
    /// <exception cref="ArgumentException">The announcement breaks a rule; the message names every one.</exception>
    public async Task AnnounceAsync(Announcement announcement, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(announcement);
        var violations = string.Join(' ', announcement.Violations());
        if (violations.Length > 0)
            throw new ArgumentException(violations, nameof(announcement));
        await _inputs.Writer.WriteAsync((protocol, now) => protocol.Announce(announcement, now), cancellationToken);
    }

    /// <summary>Completes once a node has every announced instance.</summary>
    public Task WaitUntilRegisteredAsync(CancellationToken cancellationToken = default) =>
        InputAndWaitAsync(static (_, _) => { }, static protocol => protocol.Members.All(static member => member.Registered), Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Says whether an announced instance is ready; said again whenever it has to be registered again. Returns at once.</summary>
    /// <param name="service">The service.</param>
    /// <param name="id">The id it was announced under.</param>
    /// <param name="state"><see cref="EndpointState.Ready"/> (which also ends a drain) or <see cref="EndpointState.NotReady"/>.</param>
    /// <param name="reason">Why, for people; at most 256 characters.</param>
    /// <param name="cancellationToken">Ends the wait for room among the inputs.</param>
    /// <exception cref="ArgumentException">The state is another one.</exception>
    public async Task SetStatusAsync(
        string service, string id, EndpointState state, string? reason = null, CancellationToken cancellationToken = default)
    {
        if (state is not (EndpointState.Ready or EndpointState.NotReady))
            throw new ArgumentException($"An owner can say Ready or NotReady, not {state}; to drain, call DrainAsync.", nameof(state));
        await _inputs.Writer.WriteAsync((protocol, _) => protocol.SetStatus(service, id, state, reason), cancellationToken);
    }

    /// <summary>
    /// Asks every caller to send nothing new to the announced instances, and completes when all have stopped or the time is up.
    /// Leases are still renewed. What is returned says who has not stopped.
    /// </summary>
    /// <param name="timeout">Default: <see cref="RegistrationOptions.DrainTimeout"/>.</param>
    /// <param name="cancellationToken">Ends the wait at once; the instances stay draining.</param>
    public async Task<IReadOnlyList<RegistrationStatus>> DrainAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var limit = timeout ?? _options.DrainTimeout;
        var until = Now + limit;
        await InputAndWaitAsync(
            (protocol, now) => protocol.Drain(until, now), protocol => protocol.DrainSettled(Now), limit, cancellationToken);
        return Current;
    }

    /// <summary>Deregisters everything, trying for as long as <see cref="RegistrationOptions.DeregisterTimeout"/>.</summary>
    /// <returns>False when no node could be told; the leases then lapse by themselves.</returns>
    public Task<bool> WithdrawAsync(CancellationToken cancellationToken = default) => InputAndWaitAsync(
        static (protocol, now) => protocol.WithdrawAll(now), static protocol => protocol.Members.Count == 0, _options.DeregisterTimeout, cancellationToken);

    /// <summary>Deregisters one instance, in the background.</summary>
    public async Task WithdrawAsync(string service, string id, CancellationToken cancellationToken = default) =>
        await _inputs.Writer.WriteAsync((protocol, now) => protocol.Withdraw(service, id, now), cancellationToken);

    /// <summary>Stops talking to the node, without a goodbye: the leases lapse by themselves.</summary>
    public async ValueTask DisposeAsync()
    {
        _inputs.Writer.TryComplete();
        await _stop.CancelAsync();
        if (_loop is not null)
            await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _nodes.Dispose();
        _stop.Dispose();
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    private async Task<bool> InputAndWaitAsync(
        Action<RegistrationProtocol, TimeSpan> input, Func<RegistrationProtocol, bool> holds, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (_loop is null)
            return false;
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var deadline = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await _inputs.Writer.WriteAsync(
                (protocol, now) =>
                {
                    input(protocol, now);
                    _waiters.Add((holds, told));
                },
                either.Token);
            await told.Task.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            told.TrySetCanceled(CancellationToken.None);
            return false;
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    private async Task RunAsync(CancellationToken stop)
    {
        Task<bool>? inputReady = null;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                while (_inputs.Reader.TryRead(out var input))
                    input(_protocol, Now);
                var action = _protocol.Next(new Moment(Now, _time.GetUtcNow()));
                Publish();
                if (action is RegistrationAction.Wait wait)
                {
                    if (inputReady is null or { IsCompleted: true })
                        inputReady = _inputs.Reader.WaitToReadAsync(stop).AsTask();
                    await Task.WhenAny(inputReady, Task.Delay(PauseUntil(wait.Until), _time, stop));
                }
                else
                {
                    await PerformAsync(action, stop);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Disposed: the expected end.
        }
        finally
        {
            foreach (var (_, told) in _waiters)
                told.TrySetCanceled(CancellationToken.None);
        }
    }

    // Looked at every second at least: that is how a machine that slept is noticed.
    private TimeSpan PauseUntil(TimeSpan until)
    {
        var pause = until - Now;
        return pause > Tick ? Tick : pause > TimeSpan.Zero ? pause : TimeSpan.Zero;
    }

    private async Task PerformAsync(RegistrationAction action, CancellationToken stop)
    {
        var shortestTtl = _protocol.Members.Count == 0 ? Announcement.DefaultTtl : _protocol.Members.Min(static member => member.Announcement.Ttl);
        try
        {
            await _nodes.PerformAsync(action, _protocol, shortestTtl, () => Now, stop);
        }
        catch (NodeException error)
        {
            _protocol.Failed(action, error, Now);
        }
        catch (Exception error) when (!stop.IsCancellationRequested)
        {
            // A bug must not end the renewals of everything else; it is told and retried at the pace of an outage.
            LogUnexpected(_logger, action.GetType().Name, error);
            _protocol.Failed(action, new NodeException(error.Message, 0, null, error), Now);
        }
    }

    private void Publish()
    {
        _current = [.. _protocol.Members.Select(static member => new RegistrationStatus
        {
            Service = member.Service,
            Id = member.Id,
            IsRegistered = member.Registered,
            IsDraining = member.DrainWanted,
            IsDrained = member is { DrainWanted: true, DrainComplete: true },
            Drain = member.Drain,
        })];
        foreach (var notice in _protocol.TakeNotices())
            Log(notice);
        for (var i = _waiters.Count - 1; i >= 0; i--)
        {
            var (holds, told) = _waiters[i];
            if (holds(_protocol))
                told.TrySetResult();
            if (told.Task.IsCompleted)
                _waiters.RemoveAt(i);
        }
    }
}
