using System.Net;
using Rollcall.Kubernetes.Api;
using Rollcall.Watching;

namespace Rollcall.Kubernetes.Reflecting;

/// <summary>
/// How a collection of the API is followed: list it page by page, watch it from the version of the list, and begin again where the server has forgotten that version
/// ("efficient detection of changes" in the API's concepts). A state machine: it knows no socket, clock, task or logger.
/// </summary>
/// <param name="backoff">Between failed requests.</param>
/// <param name="resync">How often all is listed anew.</param>
/// <param name="random">For jitter.</param>
internal sealed class ReflectorProtocol(Backoff backoff, TimeSpan resync, Random random)
{
    /// <summary>The longest a server's Retry-After is followed.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(2);

    /// <summary>So many refusals in a row for lack of capacity (429) are waited out in silence.</summary>
    public const int SilentThrottles = 2;

    /// <summary>The longest wait a server may ask for and followers not be told.</summary>
    public static readonly TimeSpan MaxSilentWait = TimeSpan.FromSeconds(3);

    // A watch that ends sooner than this without a word is one that its server does not really keep. After such ones, and those that make no sense,
    // another has to live so long, or bring something, before it is believed.
    private static readonly TimeSpan ShortWatch = TimeSpan.FromSeconds(1);

    // One is bad luck: it may have met the server as that was ending.
    private const int BadWatchesToFail = 2;

    private ReflectorStep _afterWait;
    private bool _listing;
    private bool _unpaged;
    private string _version = "";
    private int _failures;
    private int _throttles;
    private int _expirations;
    private int _badWatches;
    private TimeSpan _watchBegan;
    private TimeSpan _nextResync;

    /// <summary>The beginning.</summary>
    public ReflectorStep Begin() => List();

    /// <summary>A page has come.</summary>
    /// <param name="version">The version of the collection.</param>
    /// <param name="next">What asks for the next page; null on the last.</param>
    /// <param name="now">Since the beginning.</param>
    public ReflectorStep OnPage(string version, string? next, TimeSpan now)
    {
        _throttles = 0;
        if (next is not null)
            return new(ReflectorAction.List, StoreEffect.Stage, Continue: next);
        (_failures, _unpaged, _listing, _version) = (0, false, false, version);
        _nextResync = now + (resync * (0.8 + (0.4 * random.NextDouble())));
        // While watches fail, what is published is current at this moment only: saying so would be a flicker. The watch that lives says it.
        return new(ReflectorAction.Watch, StoreEffect.Publish, IsDistrusted ? ReflectorNews.None : ReflectorNews.Synced, _version);
    }

    /// <summary>The server has agreed to the watch.</summary>
    public ReflectorStep OnWatchBegan(TimeSpan now)
    {
        (_failures, _throttles, _watchBegan) = (0, 0, now);
        return IsDistrusted ? new(ReflectorAction.Read, Delay: ShortWatch) : new(ReflectorAction.Read, News: ReflectorNews.Synced);
    }

    /// <summary>The watch has lived for as long as the step that began to read it says, and nothing came.</summary>
    public static ReflectorStep OnWatchLives() => new(ReflectorAction.Read, News: ReflectorNews.Synced);

    /// <summary>An event has come.</summary>
    public ReflectorStep OnEvent(WatchEventKind kind, string version, ApiStatus status, TimeSpan now)
    {
        if (kind == WatchEventKind.Error)
            return status.Code == (int)HttpStatusCode.Gone ? OnFailure(Refusal.Of(status), now) : OnBadWatch(BadWatchesToFail, status.RetryAfter);
        var news = IsDistrusted ? ReflectorNews.Synced : ReflectorNews.None;
        (_expirations, _badWatches) = (0, 0);
        // The version of an object is that of the collection at that moment; bookmarks carry nothing else.
        if (version.Length > 0)
            _version = version;
        return new(ReflectorAction.Read, kind == WatchEventKind.Bookmark ? StoreEffect.None : StoreEffect.Apply, news);
    }

    /// <summary>
    /// The watch has ended: by the server's own plan, by a broken connection, or because it was silent for too long. None of that is a failure yet; the next request shows.
    /// But a watch that ends at once or makes no sense brings nothing however often it is begun: the second in a row is a failure.
    /// </summary>
    /// <param name="unreadable">What came made no sense.</param>
    /// <param name="now">Since the beginning.</param>
    public ReflectorStep OnWatchEnd(bool unreadable, TimeSpan now)
    {
        if (unreadable || now - _watchBegan < ShortWatch)
            return OnBadWatch(1, retryAfter: null);
        _badWatches = 0;
        return now >= _nextResync ? List() : Watch();
    }

    /// <summary>A request was refused or got no answer, or the watch said that it cannot go on.</summary>
    public ReflectorStep OnFailure(Refusal refusal, TimeSpan now)
    {
        switch (refusal.Status)
        {
            case HttpStatusCode.Gone when _listing:
                // The server forgot the list half way. When that happens again the pages take longer than it remembers: then all on one.
                return Again(++_expirations > 1);
            case HttpStatusCode.Gone:
                return Again(unpaged: false, delay: ++_expirations > 1);
            case HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable when refusal.RetryAfter is { } retryAfter:
                // A server that is busy for a moment is no outage; one that cannot serve, or not for long, is.
                var isBusy = refusal.Status == HttpStatusCode.TooManyRequests && retryAfter <= MaxSilentWait && ++_throttles <= SilentThrottles;
                return Wait(Jittered(retryAfter), Retry(), isBusy ? ReflectorNews.None : ReflectorNews.Failed);
            default:
                _failures = Math.Min(_failures + 1, 1000);
                var retry = MeansWrongVersion(refusal.Status) ? List() : Retry();
                return Wait(Longer(backoff.Delay(_failures, random), refusal.RetryAfter), retry, ReflectorNews.Failed);
        }
    }

    /// <summary>The wait is over.</summary>
    public ReflectorStep OnWaited()
    {
        _listing = _afterWait.Action == ReflectorAction.List;
        return _afterWait;
    }

    // The last watches brought nothing, and followers know.
    private bool IsDistrusted => _badWatches >= BadWatchesToFail;

    private ReflectorStep OnBadWatch(int atLeast, TimeSpan? retryAfter)
    {
        _badWatches = Math.Min(Math.Max(_badWatches + 1, atLeast), 1000);
        return IsDistrusted ? Wait(Longer(backoff.Delay(_badWatches - 1, random), retryAfter), List(), ReflectorNews.Failed) : Watch();
    }

    // A list that was interrupted begins at its first page: tokens for further ones are not made to be kept.
    private ReflectorStep Retry() => _listing ? List() : Watch();

    private ReflectorStep Again(bool unpaged, bool delay = false)
    {
        _unpaged |= unpaged;
        var list = List();
        return delay || _expirations > 2 ? Wait(backoff.Delay(_expirations, random), list, ReflectorNews.None) : list;
    }

    private ReflectorStep List()
    {
        _listing = true;
        return new(ReflectorAction.List, Unpaged: _unpaged);
    }

    private ReflectorStep Watch()
    {
        _listing = false;
        return new(ReflectorAction.Watch, Version: _version);
    }

    private ReflectorStep Wait(TimeSpan delay, in ReflectorStep then, ReflectorNews news)
    {
        _afterWait = then;
        return new(ReflectorAction.Wait, News: news, Delay: delay);
    }

    // Those who were told the same number must not come back in step.
    private TimeSpan Jittered(TimeSpan retryAfter) => Shorter(retryAfter, MaxRetryAfter) * (1 + (0.25 * random.NextDouble()));

    private static TimeSpan Longer(TimeSpan delay, TimeSpan? retryAfter) => retryAfter > delay ? Shorter(retryAfter.Value, MaxRetryAfter) : delay;

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    // 400 and 422 of a watch: the version is one this server cannot have given, as after its store was restored.
    private static bool MeansWrongVersion(HttpStatusCode? status) => status is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity;
}
