using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Rollcall.Gossip;

namespace Rollcall.Cli.Gossip;

/// <summary>Runs a member of a cluster in this process, with as little around it as there can be: a mesh has one on each machine.</summary>
internal sealed class GossipRun
{
    // The protocol waits for it. Of a disk that takes longer the members hear that the keys are not kept, and they are asked again later; a node that stands still for longer is taken for failed.
    private static readonly TimeSpan KeepLimit = TimeSpan.FromSeconds(1);

    private readonly GossipSettings _settings;
    private readonly CliEnvironment _environment;
    private readonly StandardErrorLog _logs;
    private readonly ILogger<GossipRun> _log;

    private GossipRun(GossipSettings settings, CliEnvironment environment)
    {
        (_settings, _environment) = (settings, environment);
        _logs = new(environment.Error, environment.Time);
        _log = _logs.For<GossipRun>();
    }

    /// <exception cref="CliException">It could not be started; the message says why and what to do.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Task<int> RunAsync(GossipSettings settings, CliEnvironment environment) => new GossipRun(settings, environment).RunAsync();

    private async Task<int> RunAsync()
    {
        var options = Options();
        using var listener = ControlListener.Open(_settings.Control);
        await using var node = new GossipNode(options, logger: _logs.For<GossipNode>(), time: _environment.Time);
        await StartAsync(node, options.Bind);
        using var departure = new Departure(() => node.LeaveAsync(CancellationToken.None));
        using var tags = new OwnTags(node, options.Tags);
        await using var control = new ControlServer(listener, new ControlHandler(node, departure, tags, _environment.Time), _environment.Time, _logs.For<ControlServer>());
        control.Start();
        _environment.Out.WriteLine(Greeting(node, options));

        using var ending = new CancellationTokenSource();
        var join = JoinAsync(node, departure, ending.Token);
        try
        {
            return await KeepAsync(departure);
        }
        finally
        {
            await ending.CancelAsync();
            await join;
        }
    }

    private GossipOptions Options()
    {
        var options = _settings.Preset switch
        {
            "local" => GossipOptions.Local(),
            "wan" => GossipOptions.Wan(),
            _ => GossipOptions.Lan(),
        };
        options.Serf = true;
        options.Name = _settings.Name ?? options.Name;
        options.Bind = _settings.Bind ?? options.Bind;
        options.Advertise = _settings.Advertise;
        options.Label = _settings.Label ?? "";
        options.AllowAnyone = _settings.AllowAnyone;
        foreach (var (key, value) in _settings.Tags)
            options.Tags[key] = value;
        if (_settings.Keyring is { } path)
        {
            var file = new KeyringFile(path);
            options.Keyring = file.Load();
            if (file.IsOpenToOthers)
                GossipRunLog.KeyringOpen(_log, file.Path);

            // By whomever: a command here, or a query of another member.
            options.Keyring.Changed += (keyring, _) => Keep(file, (GossipKeyring)keyring!);
        }
        else if (!options.AllowAnyone && !IPAddress.IsLoopback(options.Bind.Address))
        {
            throw new CliException(
                ExitCode.WrongUsage,
                $"{options.Bind} is reached from other machines, and without a key whoever reaches it can join.",
                "Give a --keyring, or allow it with --allow-anyone.");
        }

        if (new GossipOptionsValidator().Validate(name: null, options) is { Failed: true } wrong)
            throw new CliException(ExitCode.WrongUsage, string.Join('\n', wrong.Failures!.Select(OptionWords.Of)), "See 'rollcall gossip run --help'.");
        return options;
    }

    // What it throws is told to the member that asked for the change.
    private void Keep(KeyringFile file, GossipKeyring keyring)
    {
        bool isWritten;
        try
        {
            isWritten = file.SaveWithin(KeepLimit, keyring);
        }
        catch (IOException error)
        {
            GossipRunLog.KeyringNotSaved(_log, file.Path, error.Message);
            throw;
        }

        if (isWritten)
            GossipRunLog.KeyringSaved(_log, file.Path, keyring.Keys.Count);
    }

    // The system's own words name neither the address nor the flag. A signal that comes while it starts waits: it takes no time, and then the node leaves as at any other time.
    private static async Task StartAsync(GossipNode node, IPEndPoint bind)
    {
        try
        {
            await node.StartAsync(CancellationToken.None);
        }
        catch (SocketException error)
        {
            throw error.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse =>
                    new CliException(ExitCode.Failed, $"{bind} is in use by another process.", "Stop that one, or listen elsewhere with --bind; with port 0 it takes a free one."),
                SocketError.AccessDenied => new CliException(ExitCode.Failed, $"no permission to listen on {bind}.", "Choose a port from 1024 up with --bind."),
                SocketError.AddressNotAvailable => new CliException(ExitCode.Failed, $"{bind.Address} is no address of this machine.", "Name one that is with --bind."),
                SocketError.NetworkDown => new CliException(
                    ExitCode.Failed, "this machine has no address yet that others could reach it by.", "Name the one that they are to use with --advertise, or wait for the network."),
                _ => new CliException(ExitCode.Failed, $"{error.Message.TrimEnd('.')}."),
            };
        }
    }

    private string Greeting(GossipNode node, GossipOptions options)
    {
        var advertised = node.EndPoint!;
        var listening = options.Bind.Port == 0 ? new IPEndPoint(options.Bind.Address, advertised.Port) : options.Bind;
        var elsewhere = listening.Equals(advertised) ? "" : $", others reach it at {advertised}";
        return $"rollcall {ProgramVersion.Current.Number} listens on {listening} as {node.Name}{elsewhere}, control socket {_settings.Control.File}";
    }

    // Until one answers: a machine that starts first waits for those that it was told of.
    private async Task JoinAsync(GossipNode node, Departure departure, CancellationToken cancellationToken)
    {
        if (_settings.Seeds.Count == 0)
            return;
        try
        {
            await departure.JoinAsync(token => node.JoinAsync(_settings.Seeds, token), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The node goes.
        }
        catch (Exception error)
        {
            GossipRunLog.JoinFailed(_log, error);
        }
    }

    // Until a signal, or until it has been asked to leave. The second signal is for whoever does not want to wait.
    private async Task<int> KeepAsync(Departure departure)
    {
        using var ended = new CancellationTokenSource();
        try
        {
            var signal = _environment.Signals.NextAsync(ended.Token).AsTask();
            if (await Task.WhenAny(departure.Over, signal) != departure.Over)
            {
                GossipRunLog.Leaving(_log, await signal);
                var leaving = departure.LeaveAsync();
                if (await Task.WhenAny(leaving, _environment.Signals.NextAsync(ended.Token).AsTask()) != leaving)
                {
                    GossipRunLog.Abandoned(_log);
                    return ExitCode.Interrupted;
                }
            }

            if (await departure.LeaveAsync())
                GossipRunLog.Left(_log);
            return ExitCode.Ok;
        }
        finally
        {
            await ended.CancelAsync();
        }
    }
}
