using System.Net;
using System.Text;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;

namespace Rollcall.Gossip.Transport;

/// <summary>A running node: its sockets, its loop, what it has asked of others, and what it tells the application.</summary>
internal sealed class NodeHost : ILoopObserver, IAsyncDisposable
{
    private readonly HostContext _context;
    private readonly NodeRecord _self;
    private readonly PacketSocket _packets;
    private readonly StreamAcceptor _acceptor;
    private readonly MembershipView _view;
    private readonly ProtocolReporter _reporter;
    private readonly RefusalLog _refusedStreams;
    private readonly OwnedTasks _loops;
    private readonly OwnedTasks _streams;
    private readonly CancellationTokenSource _leaving = new();
    private readonly TaskCompletionSource _leftSpread = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Takes the sockets; nothing runs yet.</summary>
    public NodeHost(HostContext context)
    {
        _context = context;
        var options = context.Options;
        var (listener, packets, endPoint) = ListenAddress.Bind(options.Bind);
        EndPoint = endPoint;
        _packets = packets;
        try
        {
            Advertised = ListenAddress.Advertise(options.Advertise, endPoint);
            var wire = HostSettings.WireOf(options);
            _self = new(Encoding.UTF8.GetBytes(options.Name), Advertised, HostSettings.MetadataOf(options).Span, ProtocolVersions.Default);
            Core = new(HostSettings.ProtocolOf(options, wire), _self, new Effects(), context.Random, context.Application);
            context.Application.Attach(Core);
            var calls = new OwnCalls();
            _refusedStreams = new(context.Time, context.Logger, "stream");
            _acceptor = new(listener, wire, calls, _refusedStreams, context);
            _view = new(context.Membership, context.Time, keepsGone: options.Serf);
            _reporter = new(context.Metrics, new(context.Time, context.Logger), context.Time, context.Logger) { Self = _self };
            _loops = new(context.Logger, context.Time);
            _streams = new(context.Logger, context.Time);
            Loop = new(Core, wire, packets, this, context.Metrics, context.Time, context.Logger);
            Dialer = new(Loop, wire, calls, Advertised, options.StreamTimeout, context.Metrics, context.Time);
        }
        catch
        {
            listener.Dispose();
            packets.Dispose();
            throw;
        }
    }

    public IPEndPoint EndPoint { get; }

    public NodeAddress Advertised { get; }

    public GossipLoop Loop { get; }

    public StreamDialer Dialer { get; }

    /// <summary>For the loop's callers only.</summary>
    public SwimCore Core { get; }

    public async Task StartAsync()
    {
        _loops.Run("The loop of the protocol", _ => Loop.RunAsync(), Fail);
        await Loop.AskAsync((core, now) =>
        {
            core.Start(now);
            GossipLog.Started(_context.Logger, _context.Options.Name, EndPoint, Advertised);
            return true;
        });
        _loops.Run("The receiver of datagrams", _ => _packets.ReceiveAsync(Loop.Post, _context.Time, _context.Logger), Fail);
        _streams.Run("The acceptor of streams", stopping => _acceptor.AcceptAsync(Loop, _streams, stopping), Fail);
    }

    /// <summary>What takes longer than a turn of the loop. It ends with the node.</summary>
    public Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> body, CancellationToken cancellationToken) => _streams.CallAsync(body, cancellationToken);

    public Task<int> JoinAsync(IReadOnlyCollection<string> seeds, CancellationToken cancellationToken) =>
        JoinAsync(ending => Joiner().JoinAsync(seeds, ending), static joined => joined, cancellationToken);

    /// <summary>One try.</summary>
    public Task<GossipJoinReport> TryJoinAsync(IReadOnlyCollection<string> seeds, CancellationToken cancellationToken) =>
        JoinAsync(ending => Joiner().TryAsync(seeds, ending), static report => report.Joined, cancellationToken);

    /// <summary>What would only seem to be done.</summary>
    public void ThrowIfLeaving()
    {
        if (_leaving.IsCancellationRequested)
            throw GossipFailure.Leaving();
    }

    private Task<T> JoinAsync<T>(Func<CancellationToken, Task<T>> join, Func<T, int> countOf, CancellationToken cancellationToken) => CallAsync(async ending =>
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ending, _leaving.Token);
        try
        {
            var result = await join(either.Token);
            if (countOf(result) > 0)
                await TellAsync(_context.Application.Joined);
            return result;
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested && !ending.IsCancellationRequested)
        {
            throw GossipFailure.Leaving();
        }
    }, cancellationToken);

    /// <summary>Whether all have been told in time.</summary>
    public Task<bool> LeaveAsync(CancellationToken cancellationToken) => CallAsync(LeaveCoreAsync, cancellationToken);

    private async Task<bool> LeaveCoreAsync(CancellationToken cancellationToken)
    {
        await _leaving.CancelAsync();
        await TellAsync(_context.Application.Leave);
        try
        {
            await _leftSpread.Task.WaitAsync(_context.Options.LeaveTimeout, _context.Time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            GossipLog.LeaveTimedOut(_context.Logger, _context.Options.LeaveTimeout.TotalSeconds);
            await Loop.AskAsync(static (core, now) =>
            {
                core.Leave(now); // where it had not come so far
                return true;
            });
            return false;
        }
    }

    private SeedJoiner Joiner() =>
        new(Dialer, Advertised, _context.Options.JoinRetryDelay, _context.Options.MaxJoinRetryDelay, _context.JoinRandom, _context.Time, _context.Logger);

    private Task<bool> TellAsync(Action<long> told) => Loop.AskAsync((_, now) =>
    {
        told(now);
        return true;
    });

    public void StartPing(StreamPing ping) => _streams.Run("A ping over TCP", stopping => Dialer.PingAsync(ping, _self, stopping));

    public void StartExchange(StateExchange exchange) => _streams.Run("An exchange", async stopping =>
    {
        if (await Dialer.ExchangeAsync(exchange.Partner.Address, exchange.Join, stopping) is not { } failure)
            return;
        GossipLog.ExchangeFailed(_context.Logger, exchange.Partner.Address, failure);
        await Loop.AskAsync((core, now) =>
        {
            core.ExchangeFailed(exchange.Partner, failure, now);
            return true;
        });
    });

    public void Happened(in ProtocolEvent change, ReadOnlySpan<byte> payload)
    {
        if (change.Kind == EventKind.LeaveSpread)
            _leftSpread.TrySetResult();
        _view.Take(change);
        // What the system would not send is no fault of a network.
        if (change.Kind == EventKind.DatagramsLost && _packets.FailureTo(change.Record!.Address) is { } failure)
            _reporter.Report(change with { Reason = $"from {EndPoint}: {failure}" });
        else
            _reporter.Report(change);
    }

    public void Refused(NodeAddress from, string reason) => _reporter.Refused(from, reason);

    public void Settled(SwimCore core)
    {
        try
        {
            _context.Application.Settle(_view, _reporter);
        }
        finally
        {
            _view.Settle();
            _reporter.Settle();
            _refusedStreams.Settle();
            _context.Vitals.Take(core);
        }
    }

    // One of the loops without the others would be a node that is believed alive and is not, or the other way round.
    private void Fail(Exception error)
    {
        _packets.Dispose();
        _acceptor.Dispose();
        _streams.Stop(error);
        Loop.Stop(error);
        var failure = GossipFailure.Of(error);
        _context.Membership.End(failure);
        _context.Messages.End(failure);
    }

    public async ValueTask DisposeAsync()
    {
        // Streams first: they ask the loop, and would wait for it in vain.
        await _streams.DisposeAsync();
        _leaving.Dispose();
        _acceptor.Dispose();
        _packets.Dispose();
        Loop.Stop();
        await _loops.DisposeAsync();
        Loop.Dispose();
        _context.Membership.End();
        _context.Messages.End();
        _context.Metrics.Dispose();
    }
}
