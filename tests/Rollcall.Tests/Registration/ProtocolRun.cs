using Rollcall.Api;
using Rollcall.Registration;

namespace Rollcall.Tests.Registration;

/// <summary>Drives the protocol by hand: the clock stands until a wait is reached, answers are given one by one.</summary>
internal sealed class ProtocolRun(int nodes = 1, int seed = 1)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public RegistrationProtocol Protocol { get; } = new(nodes, new Random(seed));

    public TimeSpan Now { get; private set; }

    /// <summary>How far the wall clock has run ahead: the machine slept.</summary>
    public TimeSpan Slept { get; set; }

    public List<RegistrationNotice> Notices { get; } = [];

    public static Announcement Announcement(string id = "o-1", bool rename = false, TimeSpan? ttl = null) => new("orders", id, "10.0.0.5")
    {
        Ports = new SmallMap<int>([new("http", 8080)]),
        RenameOnConflict = rename,
        Ttl = ttl ?? TimeSpan.FromSeconds(10),
    };

    public static NodeException Unreachable() => new("connection refused", 0, null);

    public static NodeException Refused() =>
        new("connection refused", 0, null, new HttpRequestException(HttpRequestError.ConnectionError, "connection refused"));

    public static NodeException Problem(int status, string type) =>
        new(type, status, new ProblemDocument { Type = ApiNames.ProblemPrefix + type, Status = status });

    public RegistrationAction Next()
    {
        var action = Protocol.Next(new Moment(Now, Start + Now + Slept));
        Notices.AddRange(Protocol.TakeNotices());
        return action;
    }

    public T Next<T>()
        where T : RegistrationAction => Assert.IsType<T>(Next());

    public void Advance(TimeSpan by) => Now += by;

    /// <summary>Lets the time pass that the protocol asks for; how long it was.</summary>
    public TimeSpan PassWait()
    {
        var until = Next<RegistrationAction.Wait>().Until;
        Assert.True(until > Now && until < TimeSpan.MaxValue, $"at {Now}: waits until {until}");
        var waited = until - Now;
        Now = until;
        return waited;
    }

    public void Register()
    {
        var action = Next<RegistrationAction.Register>();
        Accept(action);
    }

    public void Accept(RegistrationAction.Register action)
    {
        Protocol.Attempting(action);
        var lease = new LeaseDocument { Ttl = action.Document.Ttl!, RenewEvery = "3.333s" };
        Protocol.Registered(action, new WriteDocument { Service = action.Service, Id = action.Id, Revision = 1, Lease = lease }, Now);
    }

    public RegistrationAction.Renew Renew(string result = "renewed")
    {
        var action = Next<RegistrationAction.Renew>();
        Protocol.Renewed(action, new RenewResponseDocument { Results = [.. action.Leases.Select(lease => new RenewResultDocument(lease.Service!, lease.Id!, result))] }, Now);
        return action;
    }

    public RegistrationAction.Drain AnswerDrain(bool complete, TimeSpan? took = null)
    {
        var action = Next<RegistrationAction.Drain>();
        Advance(took ?? (complete ? TimeSpan.Zero : action.For));
        var document = new DrainDocument
        {
            Service = action.Service, Id = action.Id, Revision = 2, Complete = complete, Elapsed = "1ms", Watchers = 1, Waiting = [],
        };
        Protocol.Drained(action, document, Now);
        return action;
    }

    public RegistrationAction Fail(NodeException error)
    {
        var action = Next();
        if (action is RegistrationAction.Register register)
            Protocol.Attempting(register);
        Protocol.Failed(action, error, Now);
        return action;
    }
}
