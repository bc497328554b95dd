using Rollcall.Api;

namespace Rollcall.Registration;

/// <summary>What is known of one announced instance. Owned and changed by <see cref="RegistrationProtocol"/> only.</summary>
internal sealed class Member(Announcement announcement)
{
    private bool _isFirstAttempt;

    public Announcement Announcement { get; set; } = announcement;

    public string Service => Announcement.Service;

    /// <summary>The id its owner knows it by.</summary>
    public string AnnouncedId => Announcement.Id;

    /// <summary>The id the node knows it by: another one when the announced one was taken.</summary>
    public string Id { get; private set; } = announcement.Id;

    /// <summary>A register request was sent; the node may know the instance even if no answer came.</summary>
    public bool Attempted { get; private set; }

    /// <summary>Notes that a register request is about to be sent.</summary>
    public void Attempt() => (_isFirstAttempt, Attempted) = (!Attempted, true);

    /// <summary>The request just attempted was never sent. What one before it has done stays as it is.</summary>
    public void AttemptWasNotSent() => Attempted = !_isFirstAttempt;

    /// <summary>A node has confirmed it at least once.</summary>
    public bool Confirmed { get; set; }

    /// <summary>As far as is known, the node has it now.</summary>
    public bool Registered { get; set; }

    public bool RenewDue { get; set; }

    public TimeSpan RenewEvery { get; set; } = announcement.Ttl / 3;

    /// <summary>Not to be registered before this time: the node refused it.</summary>
    public TimeSpan NotBefore { get; set; }

    public int Refusals { get; set; }

    public EndpointState Status { get; set; } = EndpointState.Ready;

    public string? StatusReason { get; set; }

    /// <summary>The node has yet to be told of <see cref="Status"/>.</summary>
    public bool StatusDue { get; set; }

    public bool DrainWanted { get; set; }

    /// <summary>The node has made it draining.</summary>
    public bool DrainMarked { get; set; }

    /// <summary>Until when to ask whether every watcher has applied the drain.</summary>
    public TimeSpan DrainUntil { get; set; }

    /// <summary>Every watcher has applied the drain, or nobody could have been watching.</summary>
    public bool DrainComplete { get; set; }

    /// <summary>The node's last word on the drain.</summary>
    public DrainDocument? Drain { get; set; }

    public bool Leaving { get; set; }

    public bool DrainSettled(TimeSpan now) => !DrainWanted || DrainComplete || now >= DrainUntil;

    /// <summary>Goes on under another id, which no node has heard of.</summary>
    public void Rename(string id)
    {
        Id = id;
        Attempted = false;
        Confirmed = false;
    }

    /// <summary>Begins again as if never seen by a node, except for what the owner wants of it.</summary>
    public void Forget()
    {
        Registered = false;
        RenewDue = false;
        DrainMarked = false;
        StatusDue = Status != EndpointState.Ready;
    }
}
