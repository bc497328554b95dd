using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Rollcall.Cli.Gossip;

/// <summary>Asks the node behind a control socket.</summary>
internal sealed class ControlClient(ControlPath place, TimeProvider time)
{
    // A member with the longest tags there can be is some kilobytes.
    private const int MaxAnswer = 64 * 1024;

    /// <summary>How long a node may take for a line of what it knows at once.</summary>
    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    /// <summary>The answer, but for the line that says it is complete.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="limit">For each line.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CliException">Nobody answers, or the node refuses.</exception>
    public async IAsyncEnumerable<ControlAnswer> AskAsync(ControlRequest request, TimeSpan limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var channel = new ControlChannel(await ConnectAsync(request.Key is not null, cancellationToken), time, MaxAnswer);
        await SendAsync(channel, request, cancellationToken);
        while (true)
        {
            var answer = await ReadAsync(channel, limit, cancellationToken);
            if (answer.Error is { } error)
                throw new CliException(answer.ExitCode is > ExitCode.Ok and < ExitCode.Unreachable ? answer.ExitCode : ExitCode.Failed, error + ".", answer.Advice);
            if (answer.Done)
                yield break;
            yield return answer;
        }
    }

    /// <summary>The one line of an answer that has no more.</summary>
    public async Task<ControlAnswer> AskOnceAsync(ControlRequest request, TimeSpan limit, CancellationToken cancellationToken)
    {
        var last = ControlAnswer.Finished;
        await foreach (var answer in AskAsync(request, limit, cancellationToken))
            last = answer;
        return last;
    }

    private async Task<Socket> ConnectAsync(bool hasKey, CancellationToken cancellationToken)
    {
        place.CheckDirectory(ExitCode.Unreachable);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            using var timeout = new CancellationTokenSource(AnswerLimit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(place.File), either.Token);
            place.CheckPeer(socket, hasKey);
            return socket;
        }
        catch (Exception error)
        {
            socket.Dispose();
            throw error switch
            {
                SocketException { SocketErrorCode: SocketError.AccessDenied } => new CliException(
                    ExitCode.Unreachable, $"no permission to ask the gossip node at {place.File}.", "Only the user who started the node may; name the socket of another one with --control."),
                SocketException { SocketErrorCode: SocketError.ConnectionRefused } => Absent(ControlPath.IsSocket(place.File) ? "its socket is there, but nobody listens" : "what is there is no socket"),
                SocketException or ArgumentException => Absent(null),
                OperationCanceledException when !cancellationToken.IsCancellationRequested => Silent(),
                _ => error,
            };
        }
    }

    private async Task SendAsync(ControlChannel channel, ControlRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await channel.WriteLineAsync(JsonSerializer.SerializeToUtf8Bytes(request, ControlText.Line.ControlRequest), AnswerLimit, cancellationToken);
            await channel.FlushAsync(AnswerLimit, cancellationToken);
        }
        catch (SocketException)
        {
            // It may have refused before it had heard the question: what it says is read, or that it says nothing.
        }
        catch (TimeoutException)
        {
            throw Silent();
        }
    }

    private async Task<ControlAnswer> ReadAsync(ControlChannel channel, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            return await channel.ReadLineAsync(limit, cancellationToken) is { } line
                ? JsonSerializer.Deserialize(line.Span, ControlText.Line.ControlAnswer) ?? throw Strange()
                : throw CutOff();
        }
        catch (TimeoutException)
        {
            throw Silent();
        }
        catch (SocketException)
        {
            throw CutOff();
        }
        catch (Exception error) when (error is JsonException or InvalidDataException)
        {
            throw Strange();
        }
    }

    private CliException Absent(string? reason) => new(
        ExitCode.Unreachable,
        $"no gossip node answers at {place.File}{(reason is null ? "" : $": {reason}")}.",
        "Start one with 'rollcall gossip run', or name its socket with --control.");

    private CliException Silent() => new(ExitCode.Unreachable, $"the gossip node at {place.File} does not answer in time.", "It is stopped, or has too much to do; its log may say more.");

    private CliException CutOff() => new(ExitCode.Unreachable, $"the gossip node at {place.File} has ended.");

    private CliException Strange() => new(ExitCode.Unreachable, $"what answers at {place.File} is no gossip node, or one of another version.", "Name the node's socket with --control.");
}
