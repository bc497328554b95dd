namespace Rollcall.Gossip.Messages;

/// <summary>What precedes the application's bytes on a stream; a datagram needs none.</summary>
internal readonly struct UserMessageHeader(int length)
{
    public int Length { get; } = length;
}
