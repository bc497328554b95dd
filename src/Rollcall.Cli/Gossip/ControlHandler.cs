using Rollcall.Gossip;

namespace Rollcall.Cli.Gossip;

/// <summary>Does what a running node is asked.</summary>
internal sealed class ControlHandler(GossipNode node, Departure departure) : IControlHandler
{
    public Task AnswerAsync(ControlRequest request, ControlAnswers answers, CancellationToken cancellationToken) => request.Command switch
    {
        ControlRequest.Members => TellMembersAsync(answers),
        ControlRequest.Leave => LeaveAsync(answers),
        _ => throw new ControlRefusal($"'{request.Command}' is nothing this node can be asked; is it of another version?"),
    };

    public void Answered(ControlRequest request)
    {
        if (request.Command is ControlRequest.Leave)
            departure.End();
    }

    private async Task TellMembersAsync(ControlAnswers answers)
    {
        foreach (var member in node.Membership.Members)
            await answers.WriteAsync(new() { Member = MemberDocument.Of(member) });
    }

    private async Task LeaveAsync(ControlAnswers answers)
    {
        var inTime = await departure.LeaveAsync();
        await answers.WriteAsync(new() { Node = node.Name, InTime = inTime });
    }
}
