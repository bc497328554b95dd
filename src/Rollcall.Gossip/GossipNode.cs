using System.Diagnostics.Metrics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Serf;
using Rollcall.Gossip.Transport;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip;

/// <summary>
/// A member of a cluster: it knows who else is there, finds out who is not any more, and passes messages on. It speaks the wire protocol of memberlist, so that members
/// may be Serf agents. Thread-safe. Disposing of it without <see cref="LeaveAsync"/> looks to the others like a crash.
/// </summary>
public sealed partial class GossipNode : IAsyncDisposable
{
    private readonly HostContext _context;
    private readonly SerfHost? _serf;
    private readonly Lock _lifecycle = new();
    private NodeHost? _host;
    private bool _isDisposed;

    /// <summary>A node that does nothing yet.</summary>
    /// <param name="options">How it takes part. They are copied: what is changed in them afterwards does not count, but for the <see cref="GossipOptions.Keyring"/>, which is shared.</param>
    /// <param name="state">State of the application that members exchange along with their own.</param>
    /// <param name="logger">Where it says what an operator should know.</param>
    /// <param name="meters">Makes the meter <c>Rollcall.Gossip</c>.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="OptionsValidationException">The options break rules; all of them are named.</exception>
    public GossipNode(GossipOptions options, IGossipState? state = null, ILogger<GossipNode>? logger = null, IMeterFactory? meters = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = options.Copy();
        List<string> errors = [.. GossipOptionsValidator.Errors(options)];
        if (errors.Count > 0)
            throw new OptionsValidationException(nameof(GossipOptions), typeof(GossipOptions), errors);
        ILogger log = logger is null ? NullLogger.Instance : new GuardedLogger(logger);
        var membership = new MembershipHub();
        var vitals = new GossipVitals();
        var metrics = new GossipMetrics(meters, vitals, () => membership.Current, log);
        var messages = new MessageHub(() => metrics.Dropped("message"));
        var random = new Random();
        var plain = new StateAdapter(state, messages, random, time ?? TimeProvider.System, log);
        _serf = options.Serf ? new(Encoding.UTF8.GetBytes(options.Name), plain, messages, new(options.Keyring, options.VerifyIncoming && options.VerifyOutgoing), random) : null;
        _context = new(options, _serf is null ? plain : _serf, metrics, time ?? TimeProvider.System, random, log)
        {
            Membership = membership,
            Messages = messages,
            Vitals = vitals,
        };
    }

    /// <summary>What the node is called.</summary>
    public string Name => _context.Options.Name;

    /// <summary>Where others reach it; null before it is started.</summary>
    public IPEndPoint? EndPoint => _host?.Advertised.ToEndPoint();

    /// <summary>The keys of the cluster, which can be changed at any time.</summary>
    public GossipKeyring Keyring => _context.Options.Keyring;

    /// <summary>All members as they are believed to be now, this one among them: one read of an immutable snapshot.</summary>
    public GossipMembership Membership => _context.Membership.Current;

    /// <summary>How ill this node thinks it is: 0 is well, and at most one less than <see cref="GossipOptions.MaxHealthMultiplier"/>.</summary>
    public int HealthScore => _context.Vitals.HealthScore;

    /// <summary>Begins to listen. From now on others may join this node.</summary>
    /// <param name="cancellationToken">Ends the wait; where it is cancelled already nothing is begun.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be listened at, or is any and none is there to advertise; the message names it. The node may be started again.</exception>
    /// <exception cref="InvalidOperationException">The node has been started.</exception>
    /// <exception cref="ObjectDisposedException">The node has been disposed of.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        NodeHost host;
        lock (_lifecycle)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_host is not null)
                throw new InvalidOperationException("The node has been started.");
            _host = host = new(_context);
        }

        await host.StartAsync().WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Joins a cluster by the addresses of any members: each is asked for its state and given this node's. While none answers, or none has this
    /// node for a member as its name belongs to another, they are all tried again, with growing pauses, until cancelled.
    /// </summary>
    /// <param name="seeds">Such as <c>10.0.0.7</c>, <c>10.0.0.7:7946</c>, <c>[2001:db8::7]:7946</c> or <c>gossip.example:7946</c>, of which all addresses are tried. This node may be among them.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    /// <returns>How many have answered; 0 only where all seeds are this node itself.</returns>
    /// <exception cref="ArgumentException">A seed is no address.</exception>
    /// <exception cref="InvalidOperationException">The node has not been started, leaves, before or meanwhile, or has ended by a failure of its own.</exception>
    /// <exception cref="ObjectDisposedException">The node has been disposed of, before or meanwhile.</exception>
    public async Task<int> JoinAsync(IEnumerable<string> seeds, CancellationToken cancellationToken = default)
    {
        return await Host().JoinAsync(Checked(seeds), cancellationToken);
    }

    /// <summary>Joins a cluster as <see cref="JoinAsync"/> does, but tries each address once and says why those that did not answer, or did not take this node for a member, did not.</summary>
    /// <param name="seeds">As there.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    /// <exception cref="ArgumentException">A seed is no address.</exception>
    /// <exception cref="InvalidOperationException">The node has not been started, leaves, before or meanwhile, or has ended by a failure of its own.</exception>
    /// <exception cref="ObjectDisposedException">The node has been disposed of, before or meanwhile.</exception>
    public async Task<GossipJoinReport> TryJoinAsync(IEnumerable<string> seeds, CancellationToken cancellationToken = default) =>
        await Host().TryJoinAsync(Checked(seeds), cancellationToken);

    /// <summary>
    /// Tells the others that this node goes, and returns when they know, as far as that can be told, or after <see cref="GossipOptions.LeaveTimeout"/>. It still answers,
    /// and may send to a single member, until it is disposed of; it joins nobody and tells all nothing any more.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it was told in time.</returns>
    /// <exception cref="InvalidOperationException">The node has not been started, or has ended by a failure of its own.</exception>
    /// <exception cref="ObjectDisposedException">The node has been disposed of, before or meanwhile.</exception>
    public Task<bool> LeaveAsync(CancellationToken cancellationToken = default) => Host().LeaveAsync(cancellationToken);

    /// <summary>
    /// The membership as it is, then each change. A reader that does not keep up, and has some hundreds of changes before it, gets the whole membership again in place of what it has missed. Ends with the
    /// node: without a word where it is disposed of, by <see cref="InvalidOperationException"/> where it has failed.
    /// </summary>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<GossipEvent> WatchAsync(CancellationToken cancellationToken = default) => _context.Membership.WatchAsync(cancellationToken);

    /// <summary>
    /// Messages of other members from when the enumeration begins. Each enumeration gets all of them. One that does not keep up misses the newest: it holds up to 1,024, and 32 MiB of them. Ends with the
    /// node, as <see cref="WatchAsync"/> does.
    /// </summary>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<GossipMessage> ReadMessagesAsync(CancellationToken cancellationToken = default) => _context.Messages.Read(cancellationToken);

    /// <summary>Sends a message to one member.</summary>
    /// <param name="member">Its name.</param>
    /// <param name="payload">At most about 1,300 bytes for a datagram, 20 MiB for TCP.</param>
    /// <param name="delivery">How it goes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False where there is no such live member, or where it did not take a reliable message.</returns>
    /// <exception cref="ArgumentException">The message is too long.</exception>
    /// <exception cref="InvalidOperationException">The node has not been started, or has ended by a failure of its own.</exception>
    /// <exception cref="ObjectDisposedException">The node has been disposed of, before or meanwhile.</exception>
    public async Task<bool> SendAsync(string member, ReadOnlyMemory<byte> payload, GossipDelivery delivery = GossipDelivery.BestEffort, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(member);
        if (!Enum.IsDefined(delivery))
            throw new ArgumentOutOfRangeException(nameof(delivery), delivery, "There is no such delivery.");
        var host = Host();
        var max = delivery == GossipDelivery.Reliable ? WireLimits.MaxStreamBytes - 1024 : host.Core.MaxUserMessageLength;
        ThrowIfTooLong(payload, max - MessageEnvelope.DirectOverhead);
        var message = _context.Application.Wrap(payload);
        var name = MemberName.Bytes(member);
        var target = await host.Loop.AskAsync((core, now) =>
        {
            if (!core.TryFind(name, out var found) || found.State is MemberState.Dead or MemberState.Left)
                return null;
            if (delivery == GossipDelivery.BestEffort)
                core.Send(found.Record.Address, message.Span, found.Record.Versions.ProtocolMax >= 5, now);
            return found.Record;
        }).WaitAsync(cancellationToken);
        if (target is null || delivery == GossipDelivery.BestEffort)
            return target is not null;
        return await host.CallAsync(ending => host.Dialer.SendAsync(target.Address, message, ending), cancellationToken) is null;
    }

    /// <summary>
    /// Queues a message for all members, which pass it on to each other. Each other member of this kind gets it once, in no particular order with others; a plain node of
    /// memberlist may get it more often and with ten bytes in front. With <see cref="GossipOptions.Serf"/> it is an event called <c>rollcall</c>. At most 4,096 messages wait; where there are more those that have
    /// been sent most often are dropped without a word.
    /// </summary>
    /// <param name="payload">At most about 1,300 bytes; 504 with <see cref="GossipOptions.Serf"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The message is too long.</exception>
    /// <exception cref="InvalidOperationException">The node has not been started, leaves, or has ended by a failure of its own.</exception>
    /// <exception cref="ObjectDisposedException">The node has been disposed of, before or meanwhile.</exception>
    public Task BroadcastAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
    {
        var host = Host();
        host.ThrowIfLeaving();
        ThrowIfTooLong(payload, host.Core.MaxUserMessageLength - _context.Application.BroadcastOverhead);
        return host.Loop.AskAsync((_, now) =>
        {
            _context.Application.Broadcast(payload.Span, now);
            return true;
        }).WaitAsync(cancellationToken);
    }

    /// <summary>Sends an event of Serf to all members, agents and this node among them.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="payload">At most 512 bytes with the name.</param>
    /// <param name="coalesces">Whether agents may tell only the last of several of this name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The node has not been started, does not speak Serf, leaves, or has ended by a failure of its own.</exception>
    /// <exception cref="ObjectDisposedException">The node has been disposed of, before or meanwhile.</exception>
    /// <exception cref="ArgumentException">It is too long.</exception>
    public async Task SendEventAsync(string name, ReadOnlyMemory<byte> payload, bool coalesces = false, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var (host, serf) = (Host(), Serf());
        host.ThrowIfLeaving();
        if (!await host.Loop.AskAsync((_, now) => serf.Send(name, payload.Span, coalesces, now)).WaitAsync(cancellationToken))
            throw new ArgumentException("An event has at most 512 bytes, its name among them.", nameof(payload));
    }

    /// <summary>Changes the tags of this node. Does nothing once it leaves.</summary>
    /// <param name="tags">At most 512 bytes in all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The node has not been started, does not speak Serf, or has ended by a failure of its own.</exception>
    /// <exception cref="ObjectDisposedException">The node has been disposed of, before or meanwhile.</exception>
    /// <exception cref="ArgumentException">They are too long.</exception>
    public Task UpdateTagsAsync(IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tags);
        if (tags.FirstOrDefault(static tag => tag.Value is null).Key is { } missing)
            throw new ArgumentException($"The tag {missing} has no value; it may be empty, but not null.", nameof(tags));
        Serf();
        return UpdateAsync(SerfTags.Encode(tags) ?? throw new ArgumentException("Tags take at most 512 bytes in all.", nameof(tags)), cancellationToken);
    }

    /// <summary>Changes what is told to all of this node. Does nothing once it leaves.</summary>
    /// <param name="metadata">At most 512 bytes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The node has not been started, speaks Serf and so has tags, or has ended by a failure of its own.</exception>
    /// <exception cref="ObjectDisposedException">The node has been disposed of, before or meanwhile.</exception>
    /// <exception cref="ArgumentException">It is too long.</exception>
    public Task UpdateMetadataAsync(ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken = default)
    {
        if (_serf is not null)
            throw new InvalidOperationException("A node with Serf has tags.");
        ThrowIfTooLong(metadata, WireLimits.MaxMetaBytes);
        return UpdateAsync(metadata, cancellationToken);
    }

    /// <summary>Stops at once. To the others this is a crash, unless the node has left before.</summary>
    public async ValueTask DisposeAsync()
    {
        NodeHost? host;
        lock (_lifecycle)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            host = _host;
        }

        if (host is not null)
        {
            await host.DisposeAsync();
            return;
        }

        // Watches and readers may be there before a node is started.
        _context.Membership.End();
        _context.Messages.End();
        _context.Metrics.Dispose();
    }

    private Task<bool> UpdateAsync(ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken)
    {
        var host = Host();
        return host.Loop.AskAsync((core, now) =>
        {
            core.Update(host.Advertised, metadata.Span, now);
            return true;
        }).WaitAsync(cancellationToken);
    }

    private static string[] Checked(IEnumerable<string> seeds)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        string[] all = [.. seeds];
        foreach (var seed in all)
        {
            if (seed is null || SeedJoiner.Parse(seed) is null)
                throw new ArgumentException($"\"{seed}\" is no address of a member.", nameof(seeds));
        }

        return all;
    }

    private SerfHost Serf() => _serf ?? throw new InvalidOperationException("The node does not speak Serf.");

    private static void ThrowIfTooLong(ReadOnlyMemory<byte> bytes, int max, [CallerArgumentExpression(nameof(bytes))] string name = "")
    {
        if (bytes.Length > max)
            throw new ArgumentException($"There are {bytes.Length} bytes; at most {max} are allowed.", name);
    }

    private NodeHost Host()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _host ?? throw new InvalidOperationException("The node has not been started.");
    }
}
