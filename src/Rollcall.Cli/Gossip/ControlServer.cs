using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Rollcall.Cli.Gossip;

/// <summary>Answers what a node is asked over its socket. Bounded in every way: whoever asks nonsense, or nothing, or does not read, is cut off, and the node does not notice.</summary>
internal sealed class ControlServer(ControlListener listener, IControlHandler handler, TimeProvider time, ILogger<ControlServer> log) : IAsyncDisposable
{
    public const int MaxRequest = 16 * 1024;
    public const int MaxConnections = 16;
    public static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(10);

    private const string Shape = "a request is one line of JSON, such as {\"command\":\"members\"}";

    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<Task> _connections = [];
    private Task _accepting = Task.CompletedTask;

    public void Start() => _accepting = AcceptAsync();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        listener.Dispose();
        await _accepting;
        await Task.WhenAll(Running());
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptAsync(_stopping.Token);
                Run(socket);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException error)
            {
                // Out of descriptors, say. Asked again at once it would fail again at once.
                ControlLog.AcceptFailed(log, WordsOf(error));
                await Task.Delay(TimeSpan.FromSeconds(1), time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>The framework has one error for the limit of the process, the likelier one, and that of the system, and words for the second alone.</summary>
    internal static string WordsOf(SocketException error) => error.SocketErrorCode == SocketError.TooManyOpenSockets
        ? "Too many open files in the process (ulimit -n) or in the system"
        : error.Message;

    private void Run(Socket socket)
    {
        var isFull = Running().Length >= MaxConnections;
        var connection = ServeAsync(new ControlChannel(socket, time, MaxRequest), isFull);
        lock (_connections)
            _connections.Add(connection);
        _ = connection.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void Forget(Task connection)
    {
        lock (_connections)
            _connections.Remove(connection);
    }

    private Task[] Running()
    {
        lock (_connections)
            return [.. _connections];
    }

    private async Task ServeAsync(ControlChannel channel, bool isFull)
    {
        using var answers = new ControlAnswers(channel, _stopping.Token);
        try
        {
            await Task.Yield();
            if (isFull)
                throw new ControlRefusal(ExitCode.Failed, $"the node is asked by {MaxConnections} others already", "Ask again later, or end a 'monitor'.");
            if (await channel.ReadLineAsync(RequestLimit, _stopping.Token) is not { } line)
                return;
            await AnswerAsync(Read(line.Span), answers);
        }
        catch (ControlRefusal refusal)
        {
            await RefuseAsync(answers, refusal);
        }
        catch (InvalidDataException error)
        {
            await RefuseAsync(answers, NotUnderstood(error.Message));
        }
        catch (Exception error) when (error is OperationCanceledException or TimeoutException or SocketException or ObjectDisposedException)
        {
            // Whoever asked has gone, or the node goes.
        }
        catch (Exception error)
        {
            ControlLog.Failed(log, error);
            await RefuseAsync(answers, new(ExitCode.Failed, $"{error.Message.TrimEnd('.')} ({error.GetType().Name})", "The node's log has more of it."));
        }
    }

    private async Task AnswerAsync(ControlRequest request, ControlAnswers answers)
    {
        try
        {
            await handler.AnswerAsync(request, answers, _stopping.Token);
            await answers.WriteAsync(ControlAnswer.Finished);
            await answers.FlushAsync();
        }
        finally
        {
            handler.Answered(request);
        }
    }

    private static ControlRequest Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ControlText.Line.ControlRequest) ?? throw NotUnderstood(Shape);
        }
        catch (JsonException)
        {
            // Its own words would show what is none of a log's business.
            throw NotUnderstood(Shape);
        }
    }

    private static ControlRefusal NotUnderstood(string why) => new(ExitCode.WrongUsage, $"not understood: {why}");

    private static async Task RefuseAsync(ControlAnswers answers, ControlRefusal refusal)
    {
        try
        {
            await answers.WriteAsync(new() { Error = refusal.Message, Advice = refusal.Advice, ExitCode = refusal.ExitCode });
            await answers.FlushAsync();
        }
        catch (Exception gone) when (gone is OperationCanceledException or TimeoutException or SocketException or ObjectDisposedException)
        {
            // Then nobody waits for it.
        }
    }
}
