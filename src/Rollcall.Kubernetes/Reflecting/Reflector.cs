using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Rollcall.Kubernetes.Api;
using Rollcall.Kubernetes.Objects;
using Rollcall.Servers;
using Rollcall.Watching;

namespace Rollcall.Kubernetes.Reflecting;

/// <summary>What every reflector of a cluster shares.</summary>
internal sealed record ReflectorContext(
    ApiClient Client, string Cluster, KubernetesSourceOptions Options, TimeProvider Time, Func<Random> CreateRandom, ILogger Logger, ReflectorMetrics Metrics);

/// <summary>
/// Follows one kind of object in one namespace, for everyone: the shell around <see cref="ReflectorProtocol"/>. Its loop is the only writer of <see cref="Store"/>.
/// </summary>
internal sealed partial class Reflector<T> : IAsyncDisposable
    where T : KubernetesObject
{
    // The server ends a watch after this long, and a little more each time, so that not all come back at once.
    private static readonly TimeSpan WatchLength = TimeSpan.FromMinutes(5);

    private readonly ReflectorContext _context;
    private readonly ResourceKind<T> _kind;
    private readonly string _namespace;
    private readonly Random _random;
    private readonly StringCache _strings = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly long _started;
    private Task _loop = Task.CompletedTask;
    private ReflectorProtocol _protocol;
    private ListProgress _progress = new();
    private ApiException? _failure;
    private bool _hasFailed;
    private long _listBegan;

    public Reflector(ReflectorContext context, ResourceKind<T> kind, string @namespace)
    {
        _context = context;
        _kind = kind;
        _namespace = @namespace;
        _random = context.CreateRandom();
        _protocol = CreateProtocol();
        _started = context.Time.GetTimestamp();
    }

    public ObjectStore<T> Store { get; } = new();

    public void Start()
    {
        // The loop outlives the target that happened to be first and must not carry its context (trace, identity) along.
        using AsyncFlowControl? suppressed = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        _loop = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        for (var defects = 1; ; defects = Math.Min(defects + 1, 1000))
        {
            try
            {
                await FollowAsync(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return; // the regular end
            }
            catch (Exception error)
            {
                // Nobody else would begin again: targets come back to this very reflector.
                LogDefect(_context.Logger, error, _kind.Plural, _namespace, _context.Cluster);
                Store.SetFailed(error);
                _hasFailed = true;
                _protocol = CreateProtocol();
            }

            var pause = Task.Delay(Backoff.Default.Delay(defects, _random), _context.Time, _stop.Token);
            await pause.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (pause.IsCanceled)
                return;
        }
    }

    private async Task FollowAsync(CancellationToken stop)
    {
        var step = _protocol.Begin();
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            step = step.Action switch
            {
                ReflectorAction.List => await ListAsync(step, stop),
                ReflectorAction.Watch => await WatchAsync(step.Version!, stop),
                _ => await WaitAsync(step.Delay, stop),
            };
        }
    }

    private async Task<ReflectorStep> ListAsync(ReflectorStep step, CancellationToken stop)
    {
        if (step.Continue is null)
        {
            Store.Unstage();
            _progress = new ListProgress();
            _listBegan = _context.Time.GetTimestamp();
        }

        var limit = step.Unpaged ? "" : string.Create(CultureInfo.InvariantCulture, $"limit={_context.Options.PageSize}");
        var next = step.Continue is null ? "" : $"&continue={Uri.EscapeDataString(step.Continue)}";
        try
        {
            var request = Request("list", $"{limit}{next}");
            var page = await _context.Client.ListAsync(request, _kind.Read, _strings, stop);
            _progress.Add(request, page.Items.Length, page.Bytes, page.Continue);
            _context.Metrics.Asked(_kind.Plural, "list", "ok");
            Store.Stage(page.Items);
            return Take(_protocol.OnPage(page.Version, page.Continue, Now()), default);
        }
        catch (ApiException failure)
        {
            return OnFailure("list", failure);
        }
    }

    private async Task<ReflectorStep> WatchAsync(string version, CancellationToken stop)
    {
        var seconds = (int)(WatchLength.TotalSeconds * (1 + _random.NextDouble()));
        var query = string.Create(CultureInfo.InvariantCulture, $"watch=1&allowWatchBookmarks=true&timeoutSeconds={seconds}&resourceVersion={Uri.EscapeDataString(version)}");
        WatchStream<T> watch;
        try
        {
            watch = await _context.Client.WatchAsync(Request("watch", query), _kind.Read, _strings, stop);
        }
        catch (ApiException failure)
        {
            return OnFailure("watch", failure);
        }

        using (watch)
        {
            _context.Metrics.Asked(_kind.Plural, "watch", "ok");
            _context.Metrics.WatchBegan(_kind.Plural);
            try
            {
                return await ReadAsync(watch, stop);
            }
            finally
            {
                _context.Metrics.WatchEnded(_kind.Plural);
            }
        }
    }

    private async Task<ReflectorStep> ReadAsync(WatchStream<T> watch, CancellationToken stop)
    {
        var step = Take(_protocol.OnWatchBegan(Now()), default);
        var unreadable = false;
        string reason;
        try
        {
            while (await NextAsync(watch, step.Delay, stop) is { } item)
            {
                _context.Metrics.Event(_kind.Plural);
                if (item.Kind == WatchEventKind.Error)
                    _failure = Ended($"was ended: {item.Status.Message} ({item.Status.Code}).", (HttpStatusCode)item.Status.Code);
                step = Take(_protocol.OnEvent(item.Kind, item.Version, item.Status, Now()), item);
                if (step.Action != ReflectorAction.Read)
                    return step;
            }

            reason = "by the server";
            _failure = Ended("ends as soon as it has begun. Is there a proxy before the API server that does not let watches through?");
        }
        catch (TimeoutException silent)
        {
            _context.Metrics.Asked(_kind.Plural, "watch", "expired");
            reason = silent.Message;
            _failure = Ended($"is silent: {silent.Message}");
        }
        catch (ApiException broken)
        {
            // A connection that breaks says nothing of the watch.
            unreadable = broken.InnerException is not { } cause || cause is AnswerTooLargeException || !ServerFailure.IsTransport(cause);
            reason = broken.Message;
            _failure = broken;
        }

        LogWatchEnded(_context.Logger, _kind.Plural, _namespace, _context.Cluster, reason);
        return Take(_protocol.OnWatchEnd(unreadable, Now()), default);
    }

    // The next event. Tells that the watch lives when there is none within a time, if any.
    private async ValueTask<WatchEvent<T>?> NextAsync(WatchStream<T> watch, TimeSpan lives, CancellationToken stop)
    {
        var next = watch.NextAsync(_context.Options.IdleTimeout, stop);
        if (lives <= TimeSpan.Zero || next.IsCompleted)
            return await next;
        var coming = next.AsTask();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (await Task.WhenAny(coming, Task.Delay(lives, _context.Time, enough.Token)) != coming)
            Take(ReflectorProtocol.OnWatchLives(), default);
        await enough.CancelAsync();
        return await coming;
    }

    private async Task<ReflectorStep> WaitAsync(TimeSpan delay, CancellationToken stop)
    {
        await Task.Delay(delay, _context.Time, stop);
        return _protocol.OnWaited();
    }

    private ReflectorStep OnFailure(string verb, ApiException failure)
    {
        _failure = failure;
        _context.Metrics.Asked(_kind.Plural, verb, failure.Status switch
        {
            HttpStatusCode.Gone => "expired",
            HttpStatusCode.TooManyRequests => "throttled",
            null => "failed",
            _ => "refused",
        });
        return Take(_protocol.OnFailure(Refusal.Of(failure), Now()), default);
    }

    private ReflectorStep Take(in ReflectorStep step, in WatchEvent<T> item)
    {
        if (step.Effect == StoreEffect.Publish)
        {
            Store.PublishStaged();
            _context.Metrics.Listed(_kind.Plural, _context.Time.GetElapsedTime(_listBegan));
            LogListed(_context.Logger, _kind.Plural, _namespace, _context.Cluster, Store.Count, step.Version!);
        }
        else if (step.Effect == StoreEffect.Apply)
        {
            if (item.Kind == WatchEventKind.Deleted)
                Store.Remove(item.Object!);
            else
                Store.Set(item.Object!);
        }

        Tell(step.News);
        return step;
    }

    private void Tell(ReflectorNews news)
    {
        if (news == ReflectorNews.Synced)
        {
            Store.SetSynced();
            if (_hasFailed)
                LogRecovered(_context.Logger, _kind.Plural, _namespace, _context.Cluster);
            _hasFailed = false;
        }
        else if (news == ReflectorNews.Failed)
        {
            Store.SetFailed(_failure!);
            if (!_hasFailed)
                LogFailed(_context.Logger, _kind.Plural, _namespace, _context.Cluster, _failure!.Message);
            _hasFailed = true;
        }
    }

    private ReflectorProtocol CreateProtocol() => new(Backoff.Default, _context.Options.ResyncInterval, _random);

    private ApiException Ended(string how, HttpStatusCode? status = null) =>
        new($"The watch of {_kind.Plural} in the namespace {_namespace} at {_context.Cluster} {how}", status);

    private ApiRequest Request(string verb, string query) =>
        new(verb, _kind.Group, _kind.Plural, _namespace, $"{_kind.PathIn(_namespace)}{(query.Length == 0 ? "" : $"?{query}")}");

    private TimeSpan Now() => _context.Time.GetElapsedTime(_started);
}
