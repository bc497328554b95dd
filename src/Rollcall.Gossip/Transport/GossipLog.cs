using Microsoft.Extensions.Logging;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Transport;

internal static partial class GossipLog
{
    [LoggerMessage(5001, LogLevel.Information, "{Node} listens at {Address}; others reach it at {Advertised}")]
    public static partial void Started(ILogger logger, string node, object address, NodeAddress advertised);

    [LoggerMessage(5002, LogLevel.Information, "{Member} at {Address} has joined")]
    public static partial void Joined(ILogger logger, string member, NodeAddress address);

    [LoggerMessage(5003, LogLevel.Information, "{Member} has left")]
    public static partial void Left(ILogger logger, string member);

    [LoggerMessage(5004, LogLevel.Warning, "{Member} at {Address} has failed: it did not answer, and did not object to being suspected")]
    public static partial void Failed(ILogger logger, string member, NodeAddress address);

    [LoggerMessage(5005, LogLevel.Information, "{Member} at {Address} is suspected by {Accuser}")]
    public static partial void Suspected(ILogger logger, string member, NodeAddress address, string accuser);

    [LoggerMessage(5006, LogLevel.Information, "{Member} was suspected and is well")]
    public static partial void Cleared(ILogger logger, string member);

    [LoggerMessage(5007, LogLevel.Warning, "This node was taken for dead or suspected ({Accuser}) and has objected. Where that happens often it is slow, or its datagrams do not get through")]
    public static partial void Refuted(ILogger logger, string accuser);

    [LoggerMessage(5008, LogLevel.Warning, "{Member} at {Address} is claimed by {OtherAddress} as well; the first keeps the name")]
    public static partial void Conflict(ILogger logger, string member, NodeAddress address, NodeAddress otherAddress);

    [LoggerMessage(5009, LogLevel.Warning, "{Member} at {Address} answers over TCP and not over UDP; datagrams do not get through. Let UDP through to that port both ways, or, where only long ones are lost, set smaller packets")]
    public static partial void DatagramsLost(ILogger logger, string member, NodeAddress address);

    [LoggerMessage(5033, LogLevel.Warning, "{Member} at {Address} answers over UDP, and an exchange of states with it over TCP has failed: {Reason}. Let TCP through to that port as well: it mends what rumours miss, and newcomers join by it")]
    public static partial void StreamsLost(ILogger logger, string member, NodeAddress address, string reason);

    [LoggerMessage(5010, LogLevel.Warning, "This node did not run for {Seconds:0.0} s; what it suspects of others is put off by that")]
    public static partial void Paused(ILogger logger, double seconds);

    [LoggerMessage(5011, LogLevel.Warning, "Nobody at all answers this node; it doubts itself first")]
    public static partial void Doubted(ILogger logger);

    [LoggerMessage(5012, LogLevel.Warning, "A {What} from {From} was refused: {Reason}")]
    public static partial void Refused(ILogger logger, string what, NodeAddress from, string reason);

    [LoggerMessage(5013, LogLevel.Debug, "A ping for another name came from {From}")]
    public static partial void Misdirected(ILogger logger, NodeAddress from);

    [LoggerMessage(5014, LogLevel.Warning, "{Member} accuses so many that object that it is not believed for now")]
    public static partial void AccuserDoubted(ILogger logger, string member);

    [LoggerMessage(5015, LogLevel.Information, "{Member} goes and comes again and again; it gets more time")]
    public static partial void Flapping(ILogger logger, string member);

    [LoggerMessage(5016, LogLevel.Information, "An agent asked who {Member} is; it has been told what is known here")]
    public static partial void ConflictAnswered(ILogger logger, string member);

    [LoggerMessage(5017, LogLevel.Information, "{Member} had this node change its keys: {Operation}")]
    public static partial void KeysChanged(ILogger logger, string member, string operation);

    [LoggerMessage(5018, LogLevel.Warning, "{Member} asked about keys ({Operation}). {Words}")]
    public static partial void KeysNotDone(ILogger logger, string member, string operation, string words);

    [LoggerMessage(5020, LogLevel.Information, "Joined by {Seed}")]
    public static partial void JoinedBy(ILogger logger, string seed);

    [LoggerMessage(5021, LogLevel.Information, "{Seed} could not be joined: {Reason}")]
    public static partial void SeedFailed(ILogger logger, string seed, string reason);

    [LoggerMessage(5022, LogLevel.Warning, "None of {Seeds} seeds could be joined (try {Tries}); they are tried again in {Seconds:0.0} s")]
    public static partial void JoinRetried(ILogger logger, int seeds, int tries, double seconds);

    [LoggerMessage(5023, LogLevel.Debug, "An exchange with {Address} failed: {Reason}")]
    public static partial void ExchangeFailed(ILogger logger, NodeAddress address, string reason);

    [LoggerMessage(5024, LogLevel.Debug, "A stream from {Address} came to nothing: {Reason}")]
    public static partial void StreamEnded(ILogger logger, NodeAddress address, string reason);

    [LoggerMessage(5025, LogLevel.Warning, "Streams cannot be accepted; that is tried again. {Error}")]
    public static partial void AcceptFailed(ILogger logger, string error);

    [LoggerMessage(5026, LogLevel.Warning, "Datagrams cannot be received; that is tried again. {Error}")]
    public static partial void ReceiveFailed(ILogger logger, string error);

    [LoggerMessage(5027, LogLevel.Error, "{What} has ended by a failure")]
    public static partial void TaskFailed(ILogger logger, Exception error, string what);

    [LoggerMessage(5028, LogLevel.Error, "An input of the protocol failed; it is passed over")]
    public static partial void InputFailed(ILogger logger, Exception error);

    [LoggerMessage(5029, LogLevel.Error, "The application's state could not be written or merged")]
    public static partial void StateFailed(ILogger logger, Exception error);

    [LoggerMessage(5040, LogLevel.Error, "The application's state is too long for an exchange, which has room for about {Room} bytes of it; members exchange their own without it")]
    public static partial void StateTooLong(ILogger logger, int room);

    [LoggerMessage(5041, LogLevel.Warning, "{Member} at {Address} answers over TCP, and datagrams cannot be sent to it {Reason}")]
    public static partial void DatagramsNotSent(ILogger logger, string member, NodeAddress address, string reason);

    [LoggerMessage(5042, LogLevel.Warning, "The name {Member} belongs to {OtherAddress} already, as {Asked} says; this node is no member there until it has another name, or that one is gone")]
    public static partial void NameLost(ILogger logger, string member, NodeAddress otherAddress, NodeAddress asked);

    [LoggerMessage(5030, LogLevel.Warning, "Not all were told within {Seconds:0.0} s that this node leaves; some will take it for failed")]
    public static partial void LeaveTimedOut(ILogger logger, double seconds);

    [LoggerMessage(5031, LogLevel.Warning, "A listener of the metrics has failed; it is not told of again")]
    public static partial void ListenerFailed(ILogger logger, Exception error);

    public static void More(ILogger logger, LogLevel level, long count, double seconds, string what) =>
        More(logger, level, count, count == 1 ? "time" : "times", seconds, what);

    [LoggerMessage(EventId = 5032, Message = "{Count} more {Times} within {Seconds:0} s: {What}")]
    private static partial void More(ILogger logger, LogLevel level, long count, string times, double seconds, string what);
}
