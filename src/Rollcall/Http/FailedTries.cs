using System.Globalization;
using System.Net;
using System.Runtime.ExceptionServices;
using Rollcall.Balancing;

namespace Rollcall.Http;

/// <summary>What one request has been through so far: where it was tried in vain, and how each try ended. Not thread-safe.</summary>
internal sealed class FailedTries
{
    private readonly List<Entry> _tries = [];

    /// <summary>Tries that may have reached an endpoint.</summary>
    public int Sent { get; private set; }

    /// <summary>Tries that found no connection.</summary>
    public int Unsent => _tries.Count - Sent;

    /// <summary>Whether one of them was sent and had no answer.</summary>
    public bool HasUnanswered { get; private set; }

    /// <summary>Where there was nobody to connect to; null when there was everywhere.</summary>
    public TriedEndpoints? Lost { get; private set; }

    /// <summary>How the last one ended; meaningful only when there was one.</summary>
    public TryOutcome LastOutcome => _tries[^1].Outcome;

    public bool IsEmpty => _tries.Count == 0;

    public void Add(Destination destination, in TryResult result)
    {
        _tries.Add(new(destination, result.Outcome, result.Error, result.Response?.StatusCode));
        if (result.Outcome != TryOutcome.Unreachable)
            Sent++;
        else
            (Lost ??= new TriedEndpoints()).Add(destination.Endpoint);
        HasUnanswered |= result.Outcome is TryOutcome.Reset or TryOutcome.TimedOut;
    }

    /// <summary>All of it in one error; the only one, or the caller's own cancellation, as it was thrown.</summary>
    /// <param name="what">What was tried.</param>
    /// <param name="why">Why there was no other try; null when that needs no words.</param>
    public Exception ToException(string what, string? why)
    {
        var last = _tries.FindLast(static item => item.Error is not null);
        if (_tries.Count == 1 || LastOutcome == TryOutcome.Cancelled)
            last.Error!.Throw();
        var each = string.Join("; ", _tries.Select(static item => $"{item.Destination} {item.Text}"));
        var error = last.Error!.SourceException;
        return new HttpRequestException(
            (error as HttpRequestException)?.HttpRequestError ?? HttpRequestError.Unknown,
            $"{what} failed on each of {_tries.Count} tries. {each}{(why is null ? "" : $". {why}")}",
            error);
    }

    private readonly record struct Entry(Destination Destination, TryOutcome Outcome, ExceptionDispatchInfo? Error, HttpStatusCode? Status)
    {
        public string Text => Outcome switch
        {
            TryOutcome.Answered => string.Create(CultureInfo.InvariantCulture, $"answered {(int?)Status}"),
            TryOutcome.TimedOut => "did not answer in time",
            TryOutcome.Unreachable => $"could not be reached: {Error?.SourceException.GetBaseException().Message}",
            TryOutcome.Reset => $"lost the connection: {Error?.SourceException.GetBaseException().Message}",
            _ => $"failed: {Error?.SourceException.Message}",
        };
    }
}
