using Rollcall.Gossip.Serf;

namespace Rollcall.Gossip;

public sealed partial class GossipNode
{
    /// <summary>
    /// Says of another member that it left. One that has failed is no longer waited for and shown as left; one that lives objects, and stays. A name that nobody here knows is
    /// told all the same, as others may know it.
    /// </summary>
    /// <param name="member">Its name.</param>
    /// <param name="prune">Whether a member that is gone is also forgotten at once, by all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The node does not speak Serf, or has not been started.</exception>
    /// <exception cref="ArgumentException">The name is empty, too long, or that of this node, which leaves by <see cref="LeaveAsync"/>.</exception>
    public Task ForceLeaveAsync(string member, bool prune = false, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(member);
        if (string.Equals(member, Name, StringComparison.Ordinal))
            throw new ArgumentException("A node leaves by itself, and is not forced to.", nameof(member));
        ThrowIfNoName(member);
        var (host, serf) = (Host(), Serf());
        return TellAsync(host, now => serf.ForceLeave(member, prune, now)).WaitAsync(cancellationToken);
    }

    /// <summary>Asks all members which keys they accept, and with which they send.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What they said; complete where <see cref="GossipKeyReport.IsComplete"/>.</returns>
    /// <exception cref="InvalidOperationException">The node does not speak Serf, has not been started, or does not encrypt everything.</exception>
    public Task<GossipKeyReport> ListKeysAsync(CancellationToken cancellationToken = default) => AskKeysAsync(KeyOperation.List, null, cancellationToken);

    /// <summary>Has all members accept a key; the first step of a rotation. The next is safe only when the report is complete.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait; members may have done it nevertheless.</param>
    /// <returns>What they said.</returns>
    /// <exception cref="InvalidOperationException">The node does not speak Serf, has not been started, or refuses the key itself; then no other is told.</exception>
    public Task<GossipKeyReport> AddKeyAsync(GossipKey key, CancellationToken cancellationToken = default) => AskKeysAsync(KeyOperation.Add, key, cancellationToken);

    /// <summary>Has all members send with a key; the second step of a rotation. A member that lacks the key understands nothing from then on.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait; members may have done it nevertheless.</param>
    /// <returns>What they said.</returns>
    /// <exception cref="InvalidOperationException">The node does not speak Serf, has not been started, or lacks the key itself; then no other is told.</exception>
    public Task<GossipKeyReport> UseKeyAsync(GossipKey key, CancellationToken cancellationToken = default) => AskKeysAsync(KeyOperation.Use, key, cancellationToken);

    /// <summary>Has no member accept a key any more; the last step of a rotation. A member that still sends with it is understood by none from then on.</summary>
    /// <param name="key">The key, which is not the primary of this node.</param>
    /// <param name="cancellationToken">Ends the wait; members may have done it nevertheless.</param>
    /// <returns>What they said.</returns>
    /// <exception cref="InvalidOperationException">The node does not speak Serf, has not been started, or sends with the key itself; then no other is told.</exception>
    public Task<GossipKeyReport> RemoveKeyAsync(GossipKey key, CancellationToken cancellationToken = default) => AskKeysAsync(KeyOperation.Remove, key, cancellationToken);

    private async Task<GossipKeyReport> AskKeysAsync(KeyOperation operation, GossipKey? key, CancellationToken cancellationToken)
    {
        if (operation != KeyOperation.List)
            ArgumentNullException.ThrowIfNull(key);
        var (host, serf) = (Host(), Serf());
        return await host.CallAsync(ending => AskKeysAsync(host, serf, operation, key, ending), cancellationToken);
    }

    private async Task<GossipKeyReport> AskKeysAsync(Transport.NodeHost host, Transport.SerfHost serf, KeyOperation operation, GossipKey? key, CancellationToken cancellationToken)
    {
        var query = await host.Loop.AskAsync((_, now) => serf.AskKeys(operation, key, now));
        try
        {
            if (!await query.WaitAsync(0.5, _context.Time, cancellationToken))
            {
                await TellAsync(host, now => serf.AskAgain(query, now));
                await query.WaitAsync(0.5, _context.Time, cancellationToken); // the report says who stays silent
            }
        }
        catch (OperationCanceledException)
        {
            await TellAsync(host, _ => serf.Drop(query));
            throw;
        }

        return await host.Loop.AskAsync((_, _) => serf.EndKeys(query));
    }

    private static Task<bool> TellAsync(Transport.NodeHost host, Action<long> told) => host.Loop.AskAsync((_, now) =>
    {
        told(now);
        return true;
    });

    private static void ThrowIfNoName(string member)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(member) > Wire.WireLimits.MaxNameBytes)
            throw new ArgumentException($"A name has at most {Wire.WireLimits.MaxNameBytes} bytes.", nameof(member));
    }
}
