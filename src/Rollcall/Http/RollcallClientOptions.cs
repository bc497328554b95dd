using Rollcall.Balancing;

namespace Rollcall.Http;

/// <summary>How an <see cref="HttpClient"/> sends requests to services.</summary>
public class RollcallClientOptions : BalancingOptions
{
    /// <summary>
    /// How long an endpoint that answers nobody may leave a request without the head of a response, before an idempotent request is tried on another.
    /// An endpoint that answers others meanwhile is slow, not frozen, and gets five times as long. The last try is not limited but by
    /// <see cref="HttpClient.Timeout"/>. Longer is kinder to slow services that have little traffic, shorter notices a frozen process
    /// sooner. Default: 2 s.
    /// </summary>
    public TimeSpan PerTryTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How often a request may be sent, the first time included; 1 never sends again. Tries that found no connection were not sent and do not count, up to
    /// 16 of them. Default: 3; at most 10.
    /// </summary>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>
    /// How long a connection may take to be made, encryption included. Applied to a primary handler that is a <see cref="SocketsHttpHandler"/>
    /// without a <see cref="SocketsHttpHandler.ConnectTimeout"/> of its own. Default: 2 s.
    /// </summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);
}
