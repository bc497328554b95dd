using Rollcall.Gossip;

namespace Rollcall.Cli.Gossip;

/// <summary>Does what a running node is asked.</summary>
internal sealed class ControlHandler(GossipNode node, Departure departure, OwnTags tags, TimeProvider time) : IControlHandler
{
    /// <summary>How long a join may take: longer than the longest that a preset gives one address.</summary>
    public static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(40);

    public async Task AnswerAsync(ControlRequest request, ControlAnswers answers, CancellationToken cancellationToken)
    {
        switch (request.Command)
        {
            case ControlRequest.Members:
                foreach (var member in node.Membership.Members)
                    await answers.WriteAsync(new() { Member = MemberDocument.Of(member) });
                break;
            case ControlRequest.Join:
                await answers.WriteAsync(await JoinAsync(request.Addresses ?? [], cancellationToken));
                break;
            case ControlRequest.Leave:
                await answers.WriteAsync(new() { Node = node.Name, Late = !await departure.LeaveAsync() });
                break;
            case ControlRequest.Tags:
                await answers.WriteAsync(await ChangeTagsAsync(request, cancellationToken));
                break;
            case ControlRequest.Monitor:
                await ChangeFeed.TellAsync(node, answers, cancellationToken);
                break;
            case ControlRequest.Send:
                await SendAsync(request, cancellationToken);
                break;
            case ControlRequest.ForceLeave:
                await ForceLeaveAsync(request, cancellationToken);
                break;
            case ControlRequest.ListKeys or ControlRequest.AddKey or ControlRequest.UseKey or ControlRequest.RemoveKey:
                await answers.WriteAsync(new() { Keys = await AskKeysAsync(request, cancellationToken) });
                break;
            default:
                throw new ControlRefusal(ExitCode.WrongUsage, $"'{request.Command}' is nothing this node can be asked", "Perhaps it is of another version than this program.");
        }
    }

    public void Answered(ControlRequest request)
    {
        if (request.Command is ControlRequest.Leave)
            departure.End();
    }

    private async Task<ControlAnswer> JoinAsync(IReadOnlyList<string> addresses, CancellationToken cancellationToken)
    {
        if (addresses.Count == 0)
            throw new ControlRefusal(ExitCode.WrongUsage, "there is no address to join by");
        using var limit = new CancellationTokenSource(JoinLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var report = await departure.JoinAsync(token => node.TryJoinAsync(addresses, token), either.Token);
            if (report.Joined == 0 && report.Failures.Count > 0)
                throw NobodyJoined(string.Join("; ", addresses.Where(report.Failures.ContainsKey).Select(address => $"{address}: {report.Failures[address].TrimEnd('.')}")));
            return new() { Joined = report.Joined, Failures = report.Failures, Live = node.Membership.Members.Count(static member => member.IsLive) };
        }
        catch (ArgumentException error)
        {
            throw Wrong(error);
        }
        catch (OperationCanceledException) when (!either.IsCancellationRequested)
        {
            throw new ControlRefusal(ExitCode.Failed, "the node leaves the cluster, and joins nobody any more");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw NobodyJoined("it takes too long");
        }
    }

    private static ControlRefusal NobodyJoined(string why) =>
        new(ExitCode.Failed, $"nobody could be joined; {why}", "Perhaps nobody listens there, or with other keys or another label; the log over there may say more.");

    private async Task<ControlAnswer> ChangeTagsAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var set = request.Set ?? new Dictionary<string, string>(StringComparer.Ordinal);
            return new() { Node = node.Name, Tags = await tags.ChangeAsync(set, request.Delete ?? [], cancellationToken) };
        }
        catch (ArgumentException)
        {
            throw new ControlRefusal(ExitCode.WrongUsage, OptionWords.TagsTooLong);
        }
    }

    private async Task SendAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await node.SendEventAsync(request.Event ?? "", request.Payload, coalesces: false, cancellationToken);
        }
        catch (InvalidOperationException error) when (error is not ObjectDisposedException)
        {
            throw new ControlRefusal(ExitCode.Failed, error.Message.TrimEnd('.'));
        }
        catch (ArgumentException error)
        {
            throw Wrong(error);
        }
    }

    // A member that lives objects, and is taken for leaving by all until it does; nobody wants that.
    private async Task ForceLeaveAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        var member = node.Membership.Members.FirstOrDefault(member => string.Equals(member.Name, request.Member, StringComparison.Ordinal))
            ?? throw new ControlRefusal(ExitCode.NotFound, $"no member is called '{request.Member}'", "See who there is with 'rollcall gossip members'.");
        if (string.Equals(member.Name, node.Name, StringComparison.Ordinal))
            throw new ControlRefusal(ExitCode.WrongUsage, $"{member.Name} is this node", "It leaves by 'rollcall gossip leave', without a name.");
        if (member.IsLive)
            throw new ControlRefusal(ExitCode.Failed, $"{member.Name} is there, and would object", "Let it leave by itself, or stop it and wait until it has failed.");
        await node.ForceLeaveAsync(member.Name, request.Prune, cancellationToken);
    }

    private async Task<KeysDocument> AskKeysAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return KeysDocument.Of(request.Command switch
            {
                ControlRequest.AddKey => await node.AddKeyAsync(KeyOf(request), cancellationToken),
                ControlRequest.UseKey => await node.UseKeyAsync(KeyOf(request), cancellationToken),
                ControlRequest.RemoveKey => await node.RemoveKeyAsync(KeyOf(request), cancellationToken),
                _ => await node.ListKeysAsync(cancellationToken),
            });
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new ControlRefusal(ExitCode.Failed, error.Message.TrimEnd('.'));
        }
    }

    private static GossipKey KeyOf(ControlRequest request) => GossipKey.TryParse(request.Key, out var key)
        ? key
        : throw new ControlRefusal(ExitCode.WrongUsage, "that is no key, which is 16, 24 or 32 bytes in base64");

    private static ControlRefusal Wrong(ArgumentException error) => new(
        ExitCode.WrongUsage,
        (error.ParamName is { } name ? error.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : error.Message).TrimEnd('.'));
}
