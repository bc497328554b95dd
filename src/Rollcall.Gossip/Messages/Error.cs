namespace Rollcall.Gossip.Messages;

/// <summary>The reply on a stream whose outer layers could not be read.</summary>
internal readonly ref struct Error(ReadOnlySpan<byte> message)
{
    public ReadOnlySpan<byte> Message { get; } = message;
}
