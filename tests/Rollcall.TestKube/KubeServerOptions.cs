using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rollcall.TestKube.Api;
using Rollcall.TestKube.Certificates;
using Rollcall.TestKube.Controllers;

namespace Rollcall.TestKube;

/// <summary>How the double is set up.</summary>
public sealed record KubeServerOptions
{
    /// <summary>The loopback port; 0 for a free one.</summary>
    public int Port { get; init; }

    /// <summary>The clock of bookmarks, timeouts, slow answers and controllers. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Which slices are served. Default: v1 only. <see cref="KubeServer.Slices"/> changes it later.</summary>
    public SliceSupport Slices { get; init; } = SliceSupport.V1;

    /// <summary>How often a watch that asked for bookmarks gets one. Default: a minute, as the API server does.</summary>
    public TimeSpan BookmarkEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>When a watch ends that did not say. Default: 45 min; the API server chooses between 30 and 60.</summary>
    public TimeSpan WatchTimeout { get; init; } = TimeSpan.FromMinutes(45);

    /// <summary>Changes kept for watches from an old revision.</summary>
    public int HistoryLimit { get; init; } = 10_000;

    /// <summary>
    /// Stand-ins for the controllers: pods of stateful sets come and go, services' endpoints follow them. Default: none, so that the cluster holds what the test put
    /// there and nothing else.
    /// </summary>
    public ClusterOptions? Controllers { get; init; }

    /// <summary>What is spoken. Default: HTTP/2 and HTTP/1.1, the client chooses.</summary>
    public HttpProtocols Protocols { get; init; } = HttpProtocols.Http1AndHttp2;

    /// <summary>The server's certificate, from the cluster's authority. Default: one for 127.0.0.1 and localhost.</summary>
    public Func<CertificateAuthority, X509Certificate2> ServerCertificate { get; init; } = static authority => authority.IssueServer("127.0.0.1", "localhost");
}
