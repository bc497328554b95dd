using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rollcall.TestKube.Access;
using Rollcall.TestKube.Api;
using Rollcall.TestKube.Certificates;
using Rollcall.TestKube.Controllers;
using Rollcall.TestKube.Faults;
using Rollcall.TestKube.Objects;
using Rollcall.TestKube.Storage;

namespace Rollcall.TestKube;

/// <summary>
/// A Kubernetes API server in this process: the real protocol over TLS on the loopback. What a test puts in is what clients list and watch; faults come on command.
/// </summary>
/// <example>
/// <code>
/// await using var cluster = await KubeServer.StartAsync();
/// cluster.Put(Manifest.Service("shop", "orders", ("http", 8080)));
/// cluster.Put(Manifest.Slice("shop", "orders", "orders-1", [("http", 8080)], Manifest.SliceEndpoint("10.0.0.1")));
/// string kubeconfig = cluster.Kubeconfig();
/// cluster.Faults.GoSilent();
/// </code>
/// </example>
public sealed class KubeServer : IAsyncDisposable
{
    // What a client waits for is open for ever; nothing here is worth waiting for at the end.
    private static readonly TimeSpan StopWithin = TimeSpan.FromMilliseconds(100);

    private readonly ServedApis _served;
    private readonly KubeServerOptions _options;
    private readonly Deletion _deletion;
    private readonly TaskCompletionSource _never = new();
    private WebApplication? _app;
    private Cluster? _cluster;
    private int _port;

    private KubeServer(KubeServerOptions options)
    {
        _options = options;
        _port = options.Port;
        _served = new ServedApis { Slices = options.Slices };
        Authority = new CertificateAuthority(options.Time);
        Store = new ObjectStore(options.Time, options.HistoryLimit);
        AdminToken = Access.IssueToken(KubeUser.Admin);
        _deletion = new Deletion(Store, options.Time, hasKubelet: options.Controllers is not null);
    }

    /// <summary><c>https://127.0.0.1:PORT</c>.</summary>
    public Uri Url => new($"https://127.0.0.1:{_port}");

    public int Port => _port;

    /// <summary>What the cluster holds.</summary>
    public ObjectStore Store { get; }

    /// <summary>Who may do what.</summary>
    public AccessControl Access { get; } = new();

    /// <summary>What is to go wrong.</summary>
    public FaultInjector Faults { get; } = new();

    /// <summary>What has been asked, and what is open.</summary>
    public ServerCounters Counters { get; } = new();

    /// <summary>Who signs the cluster's certificates.</summary>
    public CertificateAuthority Authority { get; }

    /// <summary>May do everything.</summary>
    public string AdminToken { get; }

    /// <summary>Ends only when the stand-ins for the controllers do, which is a mistake of theirs or the end of the double.</summary>
    public Task ControllersEnded => _cluster?.Running ?? _never.Task;

    /// <summary>Which endpoint slices are served, from the next request on; what was watched goes on.</summary>
    public SliceSupport Slices
    {
        get => _served.Slices;
        set => _served.Slices = value;
    }

    public static async Task<KubeServer> StartAsync(KubeServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        var server = new KubeServer(options ?? new());
        foreach (var name in (string[])["default", "kube-system"])
            server.Put(Manifest.Namespace(name));
        await server.ListenAsync(cancellationToken);
        if (server._options.Controllers is { } controllers)
            server._cluster = new Cluster(server.Store, controllers, server._options.Time);
        return server;
    }

    /// <summary>Stops listening and breaks every connection; what the cluster holds stays. <see cref="ListenAsync"/> brings it back on the same port.</summary>
    public async Task GoDownAsync()
    {
        if (Interlocked.Exchange(ref _app, null) is not { } app)
            return;
        Faults.DropWatches();
        Faults.DropConnections();
        Faults.Resume();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }

    /// <summary>Listens, on the same port as before.</summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        var app = Build();
        await app.StartAsync(cancellationToken);
        _port = new Uri(app.Urls.Single()).Port;
        _app = app;
    }

    /// <summary>Creates or replaces an object, with its namespace where that is missing. <c>apiVersion</c> and <c>kind</c> say what it is.</summary>
    public StoredObject Put(JsonObject json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var resource = ApiResource.Find(json["apiVersion"]?.GetValue<string>(), json["kind"]?.GetValue<string>());
        if (json["metadata"]?["namespace"]?.GetValue<string>() is { } name && Store.Find(ApiResource.Namespaces, "", name) is null)
            Store.Put(ApiResource.Namespaces, Manifest.Namespace(name));
        return Store.Put(resource, json);
    }

    /// <summary>Replaces an object by what <paramref name="change"/> makes of it.</summary>
    public StoredObject Change(ApiResource resource, string @namespace, string name, Action<JsonObject> change) => Store.Change(resource, @namespace, name, change);

    /// <summary>Takes an object away at once.</summary>
    public void Delete(ApiResource resource, string @namespace, string name) => Store.Delete(resource, @namespace, name);

    /// <summary>Ends a pod in good order: it terminates for its grace period, as kubectl deletes it.</summary>
    public void EndPod(string @namespace, string name) => _deletion.Begin(Store.Get(ApiResource.Pods, @namespace, name), null);

    /// <summary>Takes a pod into rotation or out of it, as its readiness probe does.</summary>
    public void SetReady(string @namespace, string pod, bool isReady) => Store.Change(ApiResource.Pods, @namespace, pod, json => Kubelet.SetReady(json, isReady));

    /// <summary>A new token of a service account that may do what the rules say, and nothing else.</summary>
    public string AddServiceAccount(string @namespace, string name, params AccessRule[] rules)
    {
        var user = KubeUser.ServiceAccount(@namespace, name);
        Access.Allow(user, rules);
        return Access.IssueToken(user);
    }

    /// <summary>The text of a kubeconfig: the administrator's, or that of whoever holds <paramref name="token"/>.</summary>
    public string Kubeconfig(string? token = null, string @namespace = "default") =>
        ClientFiles.Kubeconfig(Url, Authority.CertificatePem, token is null ? KubeUser.Admin.Name : "user", token ?? AdminToken, @namespace);

    /// <summary>The text of a kubeconfig of the administrator that proves itself by a client certificate.</summary>
    public string KubeconfigWithCertificate(string @namespace = "default")
    {
        using var certificate = Authority.IssueClient(KubeUser.Admin.Name, KubeUser.Masters);
        return ClientFiles.Kubeconfig(Url, Authority.CertificatePem, KubeUser.Admin.Name, certificate, @namespace);
    }

    /// <summary>Writes token, CA and namespace as a pod has them. Beside them a client needs <c>KUBERNETES_SERVICE_HOST=127.0.0.1</c> and <c>KUBERNETES_SERVICE_PORT</c>.</summary>
    public void WriteServiceAccount(string directory, string token, string @namespace) =>
        ClientFiles.WriteServiceAccount(directory, Authority.CertificatePem, token, @namespace);

    public async ValueTask DisposeAsync()
    {
        await GoDownAsync();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        Faults.Dispose();
        Authority.Dispose();
    }

    private WebApplication Build()
    {
        var certificate = _options.ServerCertificate(Authority);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Clients that do not read, and watches without an event, are what is tested here.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestBodySize = 3 * 1024 * 1024; // the API server's own
            kestrel.Limits.Http2.MaxStreamsPerConnection = 250;
            kestrel.Listen(IPAddress.Loopback, _port, listen =>
            {
                listen.Protocols = _options.Protocols;
                listen.Use(next => connection => CountAsync(next, connection));
                listen.UseHttps(tls =>
                {
                    tls.ServerCertificate = certificate;
                    tls.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                    tls.ClientCertificateValidation = (client, _, _) => Authority.HasIssued(client);
                });
            });
        });
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = StopWithin);
        var app = builder.Build();
        var handler = new ApiHandler(
            Access,
            Faults,
            Counters,
            _served,
            new Reads(Store, Faults, Counters, _options.Time, _options.BookmarkEvery, _options.WatchTimeout),
            new Writes(Store, _deletion),
            _options.Time);
        app.Run(handler.HandleAsync);
        return app;
    }

    private async Task CountAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        Counters.OnConnection(+1);
        Faults.OnOpened(connection);
        try
        {
            await next(connection);
        }
        finally
        {
            Faults.OnClosed(connection);
            Counters.OnConnection(-1);
        }
    }
}
