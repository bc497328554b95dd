using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests.Gossip;

/// <summary><c>rollcall gossip run</c> inside the test: on a port and with a socket of its own.</summary>
internal sealed partial class RunningGossip : IAsyncDisposable
{
    private readonly CliRun _run;
    private readonly Task<int> _running;

    private RunningGossip(CliRun run, Task<int> running, string socket) => (_run, _running, Socket) = (run, running, socket);

    /// <summary>The control socket.</summary>
    public string Socket { get; }

    public string Address => ListensLine().Match(_run.Out).Groups["address"].Value;

    public string Out => _run.Out;

    public string Log => _run.Error;

    /// <summary>Starts it, and returns when it says that it listens.</summary>
    /// <param name="directory">Where its socket is.</param>
    /// <param name="name">What it is called, and its socket, too.</param>
    /// <param name="more">More options.</param>
    public static Task<RunningGossip> StartAsync(string directory, string name, params string[] more) => StartAsync(new CliRun { Time = TimeProvider.System }, directory, name, more);

    /// <summary>One whose log is on a full disk.</summary>
    public static Task<RunningGossip> StartWithoutLogAsync(string directory, string name, params string[] more) =>
        StartAsync(new CliRun { Time = TimeProvider.System, StandardError = new FullDisk() }, directory, name, more);

    /// <summary>One with a clock: one that stands still makes a node that answers and joins, but begins nothing by itself and is never done with its leave.</summary>
    public static Task<RunningGossip> StartAsync(TimeProvider time, string directory, string name, params string[] more) => StartAsync(new CliRun { Time = time }, directory, name, more);

    /// <summary>What a command says that asks this node.</summary>
    public async Task<(int Code, string Out, string Error)> AskAsync(params string[] words)
    {
        using var run = new CliRun { Time = TimeProvider.System };
        var code = await Eventually.Within(run.RunAsync(["gossip", .. words, "--control", Socket]));
        return (code, run.Out, run.Error);
    }

    /// <summary>Waits until this node's list of members has a text.</summary>
    public Task SeesAsync(string text) => Eventually.True(async () => (await AskAsync("members")).Out.Contains(text, StringComparison.Ordinal));

    /// <summary>Sends bytes to the control socket as they are, and returns all that comes back until its end.</summary>
    public async Task<string> SendRawAsync(ReadOnlyMemory<byte> bytes, bool endsInput = true)
    {
        using var socket = await ConnectAsync();
        try
        {
            await socket.SendAsync(bytes);
            if (endsInput)
                socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Refused before it was all sent; what it said can still be read.
        }

        return await Eventually.Within(ReadAsync(socket));
    }

    public async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket));
        return socket;
    }

    /// <summary>A signal well after those before, so many times at once.</summary>
    public void Signal(int times = 1)
    {
        _run.SignalTime.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < times; i++)
            _run.Signals.Raise(PosixSignal.SIGINT);
    }

    /// <summary>How it ended.</summary>
    public Task<int> ExitAsync() => Eventually.Within(_running);

    /// <summary>Ends it without a word to the others.</summary>
    public async Task AbandonAsync()
    {
        Signal();
        Signal();
        await ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await AbandonAsync();
        _run.Dispose();
    }

    public static async Task<string> ReadAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer) is > 0 and var read)
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
        catch (SocketException)
        {
            // Cut off with something of ours unread.
        }

        return text.ToString();
    }

    private static async Task<RunningGossip> StartAsync(CliRun run, string directory, string name, string[] more)
    {
        var socket = Path.Combine(directory, $"{name}.sock");
        var running = run.RunAsync(["gossip", "run", "--name", name, .. Unless(more, "--bind", "127.0.0.1:0"), .. Unless(more, "--preset", "local"), "--control", socket, .. more]);
        await Eventually.True(() => running.IsCompleted || run.Out.Contains('\n', StringComparison.Ordinal));
        Assert.False(running.IsCompleted, run.Error);
        return new(run, running, socket);
    }

    private static string[] Unless(string[] given, string option, string value) => given.Contains(option, StringComparer.Ordinal) ? [] : [option, value];

    [GeneratedRegex("^rollcall [^ ]+ listens on (?<address>[^ ]+) as ", RegexOptions.None, 5000)]
    private static partial Regex ListensLine();
}
