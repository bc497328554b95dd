using Polly;
using Rollcall.Balancing;
using Rollcall.Http.Resilience;

namespace Rollcall.Http;

/// <summary>
/// A request that does not just succeed: its first try has failed, or it has limits, hedges or a breaker to mind. Says whether there is another try and where; the strategies
/// of <see cref="TryPipelines"/> run them.
/// </summary>
internal sealed class RequestRun
{
    /// <summary>Tries that found no connection cost the other side nothing, but must end at some time, too.</summary>
    public const int MaxUnsent = 16;

    private readonly Lock _gate = new();
    private readonly RollcallHandler _handler;
    private readonly ClientContext _context;
    private readonly ServiceRoute _route;
    private readonly ServiceResilience _service;
    private readonly HttpRequestMessage _request;
    private readonly Uri _original;
    private readonly bool _mayRepeat;
    private readonly bool _mayHedge;
    private readonly FailedTries _failed = new();
    private readonly DestinationChoice _choice;
    private Destination? _firstDestination;
    private TryResult _firstResult;
    private HttpResponseMessage? _error;
    private Destination? _errorFrom;
    private Exception? _refusal;
    private string? _why;
    private int _spent;
    private int _underWay;
    private int _hedges;
    private bool _isConcluded;

    public RequestRun(
        RollcallHandler handler, ServiceRoute route, ServiceResilience service, Selection<Destination> table, HttpRequestMessage request, in PickContext affinity, bool mayRepeat)
    {
        _handler = handler;
        _context = handler.Context;
        _route = route;
        _service = service;
        _request = request;
        _original = request.RequestUri!;
        _choice = new DestinationChoice(route, table, affinity, RollcallRequest.SessionOf(request), service.Settings.MaxRequestsPerEndpoint);
        _mayRepeat = mayRepeat;
        _mayHedge = service.Settings.HasHedging && mayRepeat && Replay.IsRead(request);
    }

    /// <summary>After how long a second try is begun beside the first.</summary>
    public TimeSpan HedgeAfter => _service.HedgeAfter();

    private string What => $"{_request.Method} {_route}";

    /// <summary>True for an answer that another endpoint may better.</summary>
    public bool IsError(HttpResponseMessage response) => _handler.Options.RetryErrors && _mayRepeat && Attempt.IsError(response);

    /// <summary>Goes on after a first try that has failed.</summary>
    public void Begin(Destination destination, in TryResult result)
    {
        (_firstDestination, _firstResult) = (destination, result);
        _choice.Add(destination);
        Note(destination, result);
    }

    /// <summary>Sends the request.</summary>
    /// <param name="cancellationToken">Ends all of it.</param>
    /// <param name="caller">Whether it was the caller who has ended it; else it was the time that it may take.</param>
    public async Task<HttpResponseMessage> SendAsync(CancellationToken cancellationToken, CancellationToken caller)
    {
        var breaker = _service.Breaker;
        var isProbe = breaker is { IsClosed: false };
        if (isProbe && breaker!.TryProbe() is { } wait)
            throw Broken(wait);
        Attempt? last = null;
        try
        {
            last = await ExecuteAsync(cancellationToken).ConfigureAwait(false);
            return Conclude(last);
        }
        finally
        {
            _request.RequestUri = _original;
            var works = ServiceWorks(last, cancellationToken, caller);
            if (isProbe)
                breaker!.Probed(works);
            else if (works is not null)
                breaker?.Report(works.Value);
        }
    }

    /// <summary>Whether the request is tried once more after a try that has ended, and nothing else is under way.</summary>
    public bool WantsAnother(Attempt attempt)
    {
        if (attempt.Destination is null)
            return false;
        var result = attempt.Result;
        bool wants;
        lock (_gate)
        {
            wants = result.Outcome switch
            {
                TryOutcome.Unreachable => _failed.Unsent < MaxUnsent && !RollcallRequest.IsOnce(_request),
                TryOutcome.Reset or TryOutcome.TimedOut => _mayRepeat && _failed.Sent < _handler.Options.MaxAttempts && TrySpend(),

                // One that has answered would answer the same again.
                TryOutcome.Answered => IsError(result.Response!) && _failed.Sent < _handler.Options.MaxAttempts && _choice.HasUntried && TrySpend(),
                _ => false,
            };
        }

        if (!wants)
            return false;
        attempt.Release();
        _handler.Retrying(_route, _request, attempt);
        return true;
    }

    /// <summary>True for a try that has failed, or found nowhere to go, while another is under way.</summary>
    public bool WaitsForOther(Attempt attempt)
    {
        if (IsGood(attempt) || attempt.Result.Outcome == TryOutcome.Cancelled || Volatile.Read(ref _underWay) == 0)
            return false;
        attempt.Release();
        return true;
    }

    /// <summary>Begins another try beside those under way: where, counted as under way; null when there is to be none. One that waits for room is not under way.</summary>
    public Destination? BeginHedge()
    {
        lock (_gate)
        {
            if (_underWay == 0 || _hedges >= _service.Settings.MaxHedges || _failed.Sent + _underWay >= _handler.Options.MaxAttempts || !_choice.HasUntried || !TrySpend())
                return null;
            _hedges++;
        }

        if (TryTake(isBeside: true) is { } destination)
        {
            _context.Metrics.Hedged();
            return destination;
        }

        lock (_gate)
        {
            _hedges--;
            _spent++;
        }

        return null;
    }

    /// <summary>Runs a try that <see cref="BeginHedge"/> has begun.</summary>
    public async ValueTask<Outcome<Attempt>> HedgeAsync(Destination destination, CancellationToken cancellationToken) =>
        Outcome.FromResult(await TryAsync(destination, cancellationToken).ConfigureAwait(false));

    private static bool IsFailure(TryOutcome outcome) => outcome is TryOutcome.Unreachable or TryOutcome.Reset or TryOutcome.TimedOut;

    private bool IsGood(Attempt attempt) => attempt.Result.Response is { } response && !IsError(response);

    // Whether the service can do its work, as far as this request tells; null when it does not. An answer that came before the time was over is one all the same.
    private bool? ServiceWorks(Attempt? last, CancellationToken ended, CancellationToken caller)
    {
        if (caller.IsCancellationRequested || _refusal is not null)
            return null;
        if ((last?.Result.Response ?? _error) is { } answer)
            return (int)answer.StatusCode is not (502 or 503 or 504);
        if (ended.IsCancellationRequested)
            return _choice.Tried > 0 ? false : null;
        return last is not null && _choice.Tried > 0 && (last.Destination is null || IsFailure(last.Result.Outcome)) ? false : null;
    }

    private async Task<Attempt> ExecuteAsync(CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(TryPipelines.Run, this);
            var pipeline = _context.Pipelines.Of(_mayHedge ? _service.Settings.MaxHedges : 0);
            var outcome = await pipeline.ExecuteOutcomeAsync(
                static async (context, run) => Outcome.FromResult(await run.TryAsync(context.CancellationToken).ConfigureAwait(false)), context, this).ConfigureAwait(false);
            outcome.ThrowIfException();
            return outcome.Result!;
        }
        catch
        {
            lock (_gate)
            {
                _isConcluded = true;
                _error?.Dispose();
            }

            // The first answer is still here when nobody has come for it.
            if (_firstDestination is not null)
                _firstResult.Response?.Dispose();
            throw;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async ValueTask<Attempt> TryAsync(CancellationToken cancellationToken)
    {
        if (_firstDestination is { } first)
        {
            _firstDestination = null;
            return new Attempt(this, first, _firstResult);
        }

        return await TakeAsync(cancellationToken).ConfigureAwait(false) is { } destination
            ? await TryAsync(destination, cancellationToken).ConfigureAwait(false)
            : new Attempt(this, null, default);
    }

    private async ValueTask<Attempt> TryAsync(Destination destination, CancellationToken cancellationToken)
    {
        // Only tries that were not begun beside another are measured: of those that were, the slow ones lose and are never seen to the end.
        var latency = Volatile.Read(ref _underWay) == 1 ? _service.Latency : null;
        var started = _context.Time.GetTimestamp();

        // Tries side by side need a message each; one that came second may still be at it when the caller has his answer, and the message back.
        var message = _mayHedge ? Replay.Copy(_request) : _request;
        message.RequestUri = RollcallHandler.Rewrite(_original, destination.Authority);
        bool mayGiveUp;
        lock (_gate)
            mayGiveUp = _mayRepeat && _failed.Sent + _underWay < _handler.Options.MaxAttempts && _choice.HasBetterThan(destination);
        var result = await _handler.TryAsync(_route, _service, message, destination.Endpoint, mayGiveUp, cancellationToken).ConfigureAwait(false);
        if (latency is not null)
            Learn(latency, result.Outcome, _context.Time.GetElapsedTime(started));
        if (result.Response is { } response)
            response.RequestMessage = _request;
        lock (_gate)
        {
            _underWay--;
            Note(destination, result);
        }

        return new Attempt(this, destination, result);
    }

    // A try that lost, was given up or cancelled would have taken longer than it had run.
    private static void Learn(LatencyQuantile latency, TryOutcome outcome, TimeSpan ran)
    {
        if (outcome == TryOutcome.Answered)
            latency.Add(ran);
        else if (outcome is TryOutcome.TimedOut or TryOutcome.Cancelled)
            latency.AddAtLeast(ran);
    }

    // Of an error that is the last resort and an answer that is better, one is kept.
    private void Note(Destination destination, in TryResult result)
    {
        if (result.Response is { } response)
        {
            if (!IsError(response))
                return;

            // A try that lost may end when its request has long been answered; then nobody wants it.
            if (_isConcluded)
            {
                response.Dispose();
                return;
            }

            _error?.Dispose();
            (_error, _errorFrom) = (response, destination);
        }

        if (result.Outcome == TryOutcome.Unreachable)
            _route.Refresh();

        // Who gave the try up has spent the next one.
        if (result.Outcome == TryOutcome.TimedOut)
            _spent++;
        _failed.Add(destination, result);
        if (result.Outcome == TryOutcome.Answered || IsFailure(result.Outcome))
            RollcallRequest.TraceOf(_request)?.Fail(destination.Endpoint.Endpoint, (int?)result.Response?.StatusCode ?? 0);
    }

    private HttpResponseMessage Conclude(Attempt attempt)
    {
        lock (_gate)
        {
            _isConcluded = true;
            for (; _spent > 0; _spent--)
                _service.Budget.Refund();
        }

        // Of errors the last one is kept, whichever the strategies looked at: the others are disposed of.
        if (attempt.Result.Response is { } response && (_error is null || !IsError(response)))
        {
            _error?.Dispose();
            RollcallHandler.Trace(_request, attempt.Destination!);
            return response;
        }

        // An answer is never turned into an exception, but for the caller's own wish.
        if (_error is { } error && (attempt.Destination is null || attempt.Result.Outcome != TryOutcome.Cancelled))
        {
            RollcallHandler.Trace(_request, _errorFrom!);
            return error;
        }

        _error?.Dispose();
        if (_refusal is not null)
            throw _refusal;
        throw _failed.IsEmpty ? _handler.WithoutEndpoint(_route, _request, _choice.Newest()) : _failed.ToException(What, _why);
    }

    private HttpRequestException Broken(TimeSpan wait)
    {
        _context.Metrics.Refused(Refusal.Breaker);
        return new RefusedException(
            Refusal.Breaker,
            $"{What} was not sent: the circuit breaker of '{_route.Service}' is open, because every request of the last {DurationText.Format(_service.Settings.BreakerWindow)} had "
            + $"no answer, or 502, 503 or 504. One is let through again in {DurationText.Format(wait)}.",
            wait).ToRequestException();
    }

    private HttpRequestException TooMany()
    {
        var settings = _service.Settings;
        _context.Metrics.Refused(Refusal.QueueFull);
        return new RefusedException(
            Refusal.QueueFull,
            $"{What} was not sent: '{_route.Service}' has as many requests in flight as it may (MaxRequests {settings.MaxRequests}, MaxRequestsPerEndpoint "
            + $"{settings.MaxRequestsPerEndpoint}; 0 is any number), and {settings.MaxQueue} wait already (MaxQueue).").ToRequestException();
    }

    private bool TrySpend()
    {
        if (_spent > 0)
        {
            _spent--;
            return true;
        }

        if (_service.Budget.TrySpend())
            return true;
        _context.Metrics.Refused(Refusal.RetryBudget);
        _why = $"No other try: the retry budget of '{_route.Service}' ({_service.Settings.RetryBudget:P0} of its requests) is used up";
        return false;
    }

    private async ValueTask<Destination?> TakeAsync(CancellationToken cancellationToken)
    {
        if (_service.Gate is not { } gate)
            return TryTake();

        // Only a first try waits: one that is not the first has its request's time to mind, and whoever waits must be served by any endpoint.
        if (_choice.Tried > 0 || _choice.Newest().Problem is not null)
            return TryTake();
        try
        {
            var (destination, isRefused) = await gate.TakeAsync(static run => run.TryTake(), this, _context.Time, cancellationToken).ConfigureAwait(false);
            if (isRefused)
                _refusal = TooMany();
            return destination;
        }
        catch (OperationCanceledException error)
        {
            _refusal = error;
            return null;
        }
    }

    // Where to go, counted as under way; null when there is nowhere, or no room.
    private Destination? TryTake(bool isBeside = false)
    {
        var gate = _service.Gate;
        if (gate?.TryEnter(IsUnsentRetry(isBeside)) == false)
            return null;
        lock (_gate)
        {
            if (_choice.Take(turn: _failed.Sent + _failed.Unsent + _underWay, isBeside, _failed.HasUnanswered && _underWay == 0 ? MayRevisit : null, _failed.Lost) is { } destination)
            {
                _underWay++;
                return destination;
            }
        }

        gate?.Withdraw();
        return null;
    }

    // One that had been let in and found nobody to connect to has cost nothing yet: it is not turned away because another took its place meanwhile.
    private bool IsUnsentRetry(bool isBeside)
    {
        lock (_gate)
            return !isBeside && _underWay == 0 && !_failed.IsEmpty && _failed.LastOutcome == TryOutcome.Unreachable;
    }

    // After a lost connection it was decided, and paid for, when another try was; after one that was not sent, not yet.
    private bool MayRevisit() => _failed.LastOutcome is TryOutcome.Reset or TryOutcome.TimedOut || (_mayRepeat && _failed.Sent < _handler.Options.MaxAttempts && TrySpend());
}
