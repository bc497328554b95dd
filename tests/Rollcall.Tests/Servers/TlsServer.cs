using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Rollcall.TestKit;

namespace Rollcall.Tests.Servers;

/// <summary>A TLS server of the loopback that answers every request with the subject of the certificate its client showed.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly SslServerAuthenticationOptions _tls;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public TlsServer(X509Certificate2 certificate, X509Certificate2? clientAuthority = null)
    {
        _tls = new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            ClientCertificateRequired = clientAuthority is not null,
            RemoteCertificateValidationCallback = (_, shown, _, _) => clientAuthority is null || IsSignedBy(clientAuthority, shown),
        };
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _serving = Task.Run(ServeAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await Eventually.Within(_serving);
        _stop.Dispose();
    }

    private static bool IsSignedBy(X509Certificate2 authority, X509Certificate? shown) =>
        shown is not null && string.Equals(shown.Issuer, authority.Subject, StringComparison.Ordinal);

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptAsync(_stop.Token);
                await using var stream = new SslStream(new NetworkStream(client));
                await stream.AuthenticateAsServerAsync(_tls, _stop.Token);
                var request = new byte[4096];
                if (await stream.ReadAsync(request, _stop.Token) == 0)
                    continue;
                var answer = stream.RemoteCertificate?.Subject ?? "nobody";
                await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {answer.Length}\r\n\r\n{answer}"), _stop.Token);
                await stream.ShutdownAsync();
            }
            catch (Exception error) when (error is OperationCanceledException or IOException or SocketException or System.Security.Authentication.AuthenticationException or ObjectDisposedException)
            {
                // A client that refused us, or the end.
            }
        }
    }
}
