using Rollcall.Sources.Dns;
using Rollcall.TestKit;
using Rollcall.TestKit.Dns;

namespace Rollcall.Tests.Sources.Dns;

/// <summary>A source, its clock, and the name servers it asks: one or several of ours, this machine's files left out.</summary>
internal sealed class DnsWorld : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public DnsWorld(int servers = 1)
    {
        Servers = [.. Enumerable.Range(0, servers).Select(_ => new FakeDnsServer(Time))];
        HostsPath = _directory.PathOf("hosts");
        ResolvConfPath = _directory.PathOf("resolv.conf");
    }

    public VirtualTime Time { get; } = new();

    public FakeDnsServer[] Servers { get; }

    public FakeDnsServer Server => Servers[0];

    public string HostsPath { get; }

    public string ResolvConfPath { get; }

    public DnsSource Source(Action<DnsSourceOptions>? configure = null)
    {
        var options = new DnsSourceOptions { HostsPath = HostsPath, ResolvConfPath = ResolvConfPath };
        foreach (var server in Servers)
            options.Servers.Add(server.EndPoint);
        configure?.Invoke(options);
        return new DnsSource(options, Time, new Random(1));
    }

    /// <summary>The endpoints of a target now, in order, each as <c>id host name=port weight/priority</c>.</summary>
    public async Task<string[]> DiscoverAsync(string target, DnsSource? source = null) => Texts(await SetAsync(target, source));

    public async Task<EndpointSet> SetAsync(string target, DnsSource? source = null) =>
        await CompletesAsync((source ?? Source()).DiscoverAsync(ServiceTarget.Parse(target), CancellationToken.None).AsTask());

    /// <summary>Why a target cannot be discovered now.</summary>
    public async Task<string> FailureAsync(string target, DnsSource? source = null) =>
        (await Assert.ThrowsAsync<DiscoveryException>(() => SetAsync(target, source))).Message;

    public async Task<T> CompletesAsync<T>(Task<T> task)
    {
        await Time.AdvanceUntilAsync(() => task.IsCompleted, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(2));
        return await task;
    }

    public static string[] Texts(EndpointSet set) =>
        [.. set.Endpoints.Select(static endpoint => $"{endpoint.Id} {endpoint.Host} {string.Join(',', endpoint.Ports.Select(static port => $"{port.Key}={port.Value}"))} {endpoint.Weight}/{endpoint.Priority}")];

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Servers)
            await server.DisposeAsync();
        _directory.Dispose();
    }
}
