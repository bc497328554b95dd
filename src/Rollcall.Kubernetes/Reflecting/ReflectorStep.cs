using System.Net;
using System.Runtime.InteropServices;
using Rollcall.Kubernetes.Api;

namespace Rollcall.Kubernetes.Reflecting;

/// <summary>What the shell of a reflector does next.</summary>
internal enum ReflectorAction
{
    /// <summary>Ask for a page of the list.</summary>
    List,

    /// <summary>Begin a watch.</summary>
    Watch,

    /// <summary>Read the next event of the watch.</summary>
    Read,

    /// <summary>Wait.</summary>
    Wait,
}

/// <summary>What becomes of the objects just received.</summary>
internal enum StoreEffect
{
    /// <summary>Nothing was received.</summary>
    None,

    /// <summary>The page is put aside; what is published stays.</summary>
    Stage,

    /// <summary>The page completes the list, which takes the place of what is published.</summary>
    Publish,

    /// <summary>The event changes what is published.</summary>
    Apply,
}

/// <summary>What followers hear of how it goes.</summary>
internal enum ReflectorNews
{
    /// <summary>As before.</summary>
    None,

    /// <summary>What is published is current.</summary>
    Synced,

    /// <summary>The request failed.</summary>
    Failed,
}

/// <summary>What follows from an input.</summary>
/// <param name="Action">What to do next.</param>
/// <param name="Effect">What to do with what was received, before anything else.</param>
/// <param name="News">What to tell followers, after that.</param>
/// <param name="Version">For a watch: where it begins.</param>
/// <param name="Continue">For a list: the next page.</param>
/// <param name="Unpaged">For a list: all on one page.</param>
/// <param name="Delay">For a wait: how long. For reading: after how long without anything <see cref="ReflectorProtocol.OnWatchLives"/> is to be called; zero for never.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ReflectorStep(
    ReflectorAction Action,
    StoreEffect Effect = StoreEffect.None,
    ReflectorNews News = ReflectorNews.None,
    string? Version = null,
    string? Continue = null,
    bool Unpaged = false,
    TimeSpan Delay = default);

/// <summary>Why a request failed, as far as the protocol cares.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Refusal(HttpStatusCode? Status, TimeSpan? RetryAfter)
{
    public static Refusal Of(ApiException failure) => new(failure.Status, failure.RetryAfter);

    public static Refusal Of(ApiStatus status) => new(status.Code == 0 ? null : (HttpStatusCode)status.Code, status.RetryAfter);
}
