namespace Rollcall.Cli.Gossip;

/// <summary>Does what a node is asked.</summary>
internal interface IControlHandler
{
    /// <summary>Writes the answer; its last line is written by the caller.</summary>
    /// <exception cref="ControlRefusal">It cannot or must not be done.</exception>
    Task AnswerAsync(ControlRequest request, ControlAnswers answers, CancellationToken cancellationToken);

    /// <summary>The answer has been sent, as far as somebody was there to read it.</summary>
    void Answered(ControlRequest request);
}
