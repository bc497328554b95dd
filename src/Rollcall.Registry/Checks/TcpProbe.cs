using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rollcall.Registry.Checks;

/// <summary>Passes when a <c>host:port</c> accepts a connection, which is closed at once. Thread-safe.</summary>
public sealed class TcpProbe : ICheckProbe
{
    private readonly TimeProvider _time;

    /// <summary>Makes one.</summary>
    /// <param name="time">Measures the timeout.</param>
    public TcpProbe(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
    }

    /// <inheritdoc />
    public async ValueTask<CheckResult> ProbeAsync(CheckDefinition check, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(check);
        if (!TryParse(check.Target, out var host, out var port))
            return Failed($"\"{check.Target}\" is not host:port");

        using var limit = new CancellationTokenSource(check.Timeout, _time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // Of both families at once: a name may have addresses of either.
            using var socket = IPAddress.TryParse(host, out var address)
                ? new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
                : new Socket(SocketType.Stream, ProtocolType.Tcp);
            if (address is null)
                await socket.ConnectAsync(host, port, ended.Token);
            else
                await socket.ConnectAsync(address, port, ended.Token);
            return new CheckResult(Passed: true, "connected");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Failed($"no answer within {DurationText.Format(check.Timeout)}");
        }
        catch (SocketException error)
        {
            return Failed(Explain(error, host));
        }
    }

    private static CheckResult Failed(string detail) => new(Passed: false, detail);

    private static bool TryParse(string target, out string host, out int port)
    {
        var colon = target.LastIndexOf(':');
        host = colon > 0 ? target[..colon] : "";
        if (host.StartsWith('[') && host.EndsWith(']'))
            host = host[1..^1];
        return int.TryParse(target.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && host.Length > 0 && port is > 0 and <= IPEndPoint.MaxPort;
    }

    private static string Explain(SocketException error, string host) => error.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.TimedOut => "no answer",
        SocketError.HostNotFound or SocketError.NoData => $"the name {host} does not resolve",
        SocketError.TryAgain => $"the name {host} could not be resolved just now",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown => "no route to it",
        _ => $"{error.Message} ({error.SocketErrorCode})",
    };
}
