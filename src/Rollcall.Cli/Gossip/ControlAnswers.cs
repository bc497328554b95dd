using System.Text.Json;

namespace Rollcall.Cli.Gossip;

/// <summary>Where an answer is written to, line by line.</summary>
internal sealed class ControlAnswers(ControlChannel channel, CancellationToken stopping) : IDisposable
{
    public Task WriteAsync(ControlAnswer answer) =>
        channel.WriteLineAsync(JsonSerializer.SerializeToUtf8Bytes(answer, ControlText.Line.ControlAnswer), ControlServer.WriteLimit, stopping);

    /// <summary>Sends what has been written so far.</summary>
    public Task FlushAsync() => channel.FlushAsync(ControlServer.WriteLimit, stopping);

    /// <summary>Returns when whoever asked does not listen any more, or says something else.</summary>
    public Task ReaderGoneAsync(CancellationToken cancellationToken) => channel.EndAsync(cancellationToken);

    public void Dispose() => channel.Dispose();
}
