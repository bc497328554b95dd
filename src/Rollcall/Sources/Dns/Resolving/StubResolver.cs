using System.Net;
using Rollcall.Sources.Dns.Wire;

namespace Rollcall.Sources.Dns.Resolving;

/// <summary>One question to the servers there are, in turn, until one of them knows.</summary>
internal sealed class StubResolver(ServerConversation conversation, TimeSpan timeout)
{
    private uint _asked;

    /// <summary>How long a server may take for one answer.</summary>
    public TimeSpan TimeoutOf(ResolvConf conf) => conf.Timeout ?? timeout;

    /// <summary>An answer that settles the question (NOERROR or NXDOMAIN), or what each server did instead until time was up.</summary>
    public async Task<Exchange> AskAsync(ResolvConf conf, string name, RecordType type, Deadline deadline, CancellationToken cancellationToken)
    {
        var servers = conf.Servers;
        var problems = new string?[servers.Length];
        var first = conf.Rotate ? (int)((Interlocked.Increment(ref _asked) - 1) % (uint)servers.Length) : 0;
        for (var attempt = 0; attempt < conf.Attempts; attempt++)
        {
            for (var i = 0; i < servers.Length; i++)
            {
                var at = (first + i) % servers.Length;
                if (deadline.IsOver)
                    return Exchange.Failed(string.Join("; ", [.. problems.OfType<string>(), $"the {DurationText.Format(deadline.Limit)} that a lookup may take are over"]));
                var (response, problem) = await AskAsync(servers[at], name, type, deadline.AtMost(TimeoutOf(conf)), cancellationToken);
                if (response is not null)
                    return response;
                problems[at] = $"{Name(servers[at])} {problem}";
            }
        }

        return Exchange.Failed(string.Join("; ", problems));
    }

    private async Task<Exchange> AskAsync(IPEndPoint server, string name, RecordType type, TimeSpan limit, CancellationToken cancellationToken)
    {
        var exchange = await conversation.AskAsync(server, name, type, edns: true, limit, cancellationToken);
        // RFC 6891 section 7: from before EDNS there was.
        if (exchange.Response?.Code is ResponseCode.FormatError or ResponseCode.NotImplemented or ResponseCode.BadVersion)
            exchange = await conversation.AskAsync(server, name, type, edns: false, limit, cancellationToken);
        return exchange.Response switch
        {
            { Code: not (ResponseCode.NoError or ResponseCode.NameError) } refusal => Exchange.Failed($"answered {ResponseCodeText.Of(refusal.Code)}"),
            { IsReferral: true } => Exchange.Failed("sends to other servers instead of answering: it neither holds the zone nor asks others (no recursion)"),
            _ => exchange,
        };
    }

    private static string Name(IPEndPoint server) => server.Port == ResolvConf.DefaultPort ? server.Address.ToString() : server.ToString();
}
