using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Microsoft.Extensions.Options;
using Rollcall.Gossip.Serf;

namespace Rollcall.Gossip;

/// <summary>Checks the options of a node, naming every violation at once.</summary>
public sealed class GossipOptionsValidator : IValidateOptions<GossipOptions>
{
    private const int MaxNameBytes = 128;
    private const int MaxMetadataBytes = 512;
    private const int MaxLabelBytes = 255;
    private const int MaxMultiplier = 100;
    private const int MaxIndirectChecks = 16; // a probe asks no more
    private const int MaxGossipNodes = 32; // a rumour goes to no more at once
    private const int MinPacketBytes = 900; // a message of the largest metadata and names, and what is around it
    private const int MaxPacketBytes = 65_000;
    private const int MaxStreams = 100_000;
    private static readonly TimeSpan MaxTime = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, GossipOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> errors = [.. Errors(options)];
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    internal static IEnumerable<string> Errors(GossipOptions options) =>
        Identity(options).Concat(Times(options)).Concat(Numbers(options)).Concat(Together(options));

    private static IEnumerable<string> Identity(GossipOptions options)
    {
        if (string.IsNullOrEmpty(options.Name) || Encoding.UTF8.GetByteCount(options.Name) > MaxNameBytes)
            yield return $"{nameof(options.Name)} must have 1 to {MaxNameBytes} bytes.";
        else if (!IsText(options.Name))
            yield return $"{nameof(options.Name)} is no text: it has one half of a character that takes two.";
        if (options.Bind is null)
            yield return $"{nameof(options.Bind)} must not be null.";
        else if (options.Bind.Address.IsIPv4MappedToIPv6)
            yield return $"{nameof(options.Bind)} is {options.Bind}, an IPv4 address in the form of IPv6; it must be {options.Bind.Address.MapToIPv4()}.";
        else if (!System.Net.IPAddress.IsLoopback(options.Bind.Address) && !options.AllowAnyone && options.Keyring is { Keys.Count: > 0 } && !options.VerifyIncoming)
            yield return $"{nameof(options.Bind)} is {options.Bind}, and without {nameof(options.VerifyIncoming)} whoever reaches it can join, key or not: set {nameof(options.AllowAnyone)} as well.";
        else if (!System.Net.IPAddress.IsLoopback(options.Bind.Address) && options.Keyring is { Keys.Count: 0 } && !options.AllowAnyone)
            yield return $"{nameof(options.Bind)} is {options.Bind}, and without a key whoever reaches it can join: give a {nameof(options.Keyring)}, or set {nameof(options.AllowAnyone)}.";
        if (options.Advertise is { } advertise && (advertise.Address.Equals(System.Net.IPAddress.Any) || advertise.Address.Equals(System.Net.IPAddress.IPv6Any)))
            yield return $"{nameof(options.Advertise)} is {advertise}, which is no address that others can reach.";
        if (options.Metadata.Length > MaxMetadataBytes)
            yield return $"{nameof(options.Metadata)} has {options.Metadata.Length} bytes; at most {MaxMetadataBytes} are allowed.";
        if (options.Tags is null)
            yield return $"{nameof(options.Tags)} must not be null.";
        else if (options.Tags.Count > 0 && !options.Serf)
            yield return $"{nameof(options.Tags)} are for nodes with {nameof(options.Serf)}; others have {nameof(options.Metadata)}.";
        else if (options.Tags.FirstOrDefault(static tag => tag.Value is null).Key is { } missing)
            yield return $"{nameof(options.Tags)} has no value for {missing}; it may be empty, but not null.";
        else if (SerfTags.Encode(options.Tags.AsReadOnly()) is null)
            yield return $"{nameof(options.Tags)} take more than {MaxMetadataBytes} bytes as they are sent, with up to 6 around each.";
        if (options.Serf && options.Metadata.Length > 0)
            yield return $"{nameof(options.Metadata)} must be empty with {nameof(options.Serf)}; there are {nameof(options.Tags)}.";
        if (options.Keyring is null)
            yield return $"{nameof(options.Keyring)} must not be null; an empty one encrypts nothing.";
        if (options.Label is null || Encoding.UTF8.GetByteCount(options.Label) > MaxLabelBytes)
            yield return $"{nameof(options.Label)} must have at most {MaxLabelBytes} bytes.";
    }

    // Others would be told of another name than this node has.
    private static bool IsText(string name) => Utf8.FromUtf16(name, new byte[3 * name.Length], out _, out _, replaceInvalidSequences: false) == OperationStatus.Done;

    private static IEnumerable<string> Times(GossipOptions options)
    {
        (string Name, TimeSpan Value)[] needed =
        [
            (nameof(options.ProbeInterval), options.ProbeInterval),
            (nameof(options.ProbeTimeout), options.ProbeTimeout),
            (nameof(options.GossipInterval), options.GossipInterval),
            (nameof(options.GossipToTheDeadTime), options.GossipToTheDeadTime),
            (nameof(options.StreamTimeout), options.StreamTimeout),
            (nameof(options.LeaveTimeout), options.LeaveTimeout),
            (nameof(options.JoinRetryDelay), options.JoinRetryDelay),
            (nameof(options.MaxJoinRetryDelay), options.MaxJoinRetryDelay),
        ];
        foreach (var (name, value) in needed)
        {
            if (value < TimeSpan.FromMilliseconds(1) || value > MaxTime)
                yield return $"{name} is {value}; it must be 1 ms to 1 day.";
        }

        (string Name, TimeSpan Value)[] optional =
        [
            (nameof(options.ExchangeInterval), options.ExchangeInterval),
            (nameof(options.ReconnectInterval), options.ReconnectInterval),
            (nameof(options.DeadNodeReclaimTime), options.DeadNodeReclaimTime),
        ];
        foreach (var (name, value) in optional)
        {
            if (value < TimeSpan.Zero || value > MaxTime)
                yield return $"{name} is {value}; it must be 0, which turns it off, to 1 day.";
        }
    }

    private static IEnumerable<string> Numbers(GossipOptions options)
    {
        (string Name, int Value, int Least, int Most)[] numbers =
        [
            (nameof(options.IndirectChecks), options.IndirectChecks, 0, MaxIndirectChecks),
            (nameof(options.RetransmitMultiplier), options.RetransmitMultiplier, 1, MaxMultiplier),
            (nameof(options.SuspicionMultiplier), options.SuspicionMultiplier, 1, MaxMultiplier),
            (nameof(options.SuspicionMaxMultiplier), options.SuspicionMaxMultiplier, 1, MaxMultiplier),
            (nameof(options.MaxHealthMultiplier), options.MaxHealthMultiplier, 1, MaxMultiplier),
            (nameof(options.GossipNodes), options.GossipNodes, 1, MaxGossipNodes),
            (nameof(options.MaxStreams), options.MaxStreams, 2, MaxStreams),
            (nameof(options.MaxPacketBytes), options.MaxPacketBytes, MinPacketBytes, MaxPacketBytes),
        ];
        foreach (var (name, value, least, most) in numbers)
        {
            if (value < least || value > most)
                yield return $"{name} is {value}; it must be {least} to {most}.";
        }
    }

    private static IEnumerable<string> Together(GossipOptions options)
    {
        if (options.ProbeTimeout >= options.ProbeInterval)
            yield return $"{nameof(options.ProbeTimeout)} is {options.ProbeTimeout}; it must be less than {nameof(options.ProbeInterval)}, {options.ProbeInterval}, or others are never asked.";
        if (options.MaxJoinRetryDelay < options.JoinRetryDelay)
            yield return $"{nameof(options.MaxJoinRetryDelay)} is {options.MaxJoinRetryDelay}; it must not be less than {nameof(options.JoinRetryDelay)}, {options.JoinRetryDelay}.";
    }
}
