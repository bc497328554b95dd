using System.Runtime.ExceptionServices;
using Rollcall.Balancing;

namespace Rollcall.Http;

/// <summary>What one request has been through so far: where it was tried in vain, and how each try ended.</summary>
internal sealed class FailedTries
{
    /// <summary>Tries that found no connection cost the other side nothing, but must end at some time, too.</summary>
    public const int MaxUnsent = 16;

    private readonly List<(Destination Destination, TryOutcome Outcome, ExceptionDispatchInfo Error)> _tries = [];

    /// <summary>Where it was tried.</summary>
    public TriedEndpoints Endpoints { get; } = new();

    /// <summary>Tries that may have reached an endpoint.</summary>
    public int Sent { get; private set; }

    public TryOutcome LastOutcome => _tries[^1].Outcome;

    public void Add(Destination destination, in TryResult result)
    {
        Endpoints.Add(destination.Endpoint);
        _tries.Add((destination, result.Outcome, result.Error!));
        if (result.Outcome != TryOutcome.Unreachable)
            Sent++;
    }

    /// <summary>Whether the request may be tried again after what became of it last.</summary>
    /// <param name="mayRepeat">Whether it may be carried out twice.</param>
    /// <param name="maxAttempts">How often it may be sent.</param>
    public bool AllowAnother(bool mayRepeat, int maxAttempts) => LastOutcome switch
    {
        TryOutcome.Unreachable => _tries.Count - Sent < MaxUnsent,
        TryOutcome.Reset or TryOutcome.TimedOut => mayRepeat && Sent < maxAttempts,
        _ => false,
    };

    /// <summary>All of it in one error; the only one, or the caller's own cancellation, as it was thrown.</summary>
    public Exception ToException(string what)
    {
        if (_tries.Count == 1 || LastOutcome == TryOutcome.Cancelled)
            _tries[^1].Error.Throw();
        var last = _tries[^1].Error.SourceException;
        var each = string.Join("; ", _tries.Select(static item => $"{item.Destination} {Text(item.Outcome, item.Error.SourceException)}"));
        return new HttpRequestException(
            (last as HttpRequestException)?.HttpRequestError ?? HttpRequestError.Unknown,
            $"{what} failed on each of {_tries.Count} tries. {each}",
            last);
    }

    private static string Text(TryOutcome outcome, Exception error) => outcome switch
    {
        TryOutcome.TimedOut => "did not answer in time",
        TryOutcome.Unreachable => $"could not be reached: {error.GetBaseException().Message}",
        TryOutcome.Reset => $"lost the connection: {error.GetBaseException().Message}",
        _ => $"failed: {error.Message}",
    };
}
