using System.Runtime.InteropServices;
using Rollcall.Api;
using Rollcall.Registration;

namespace Rollcall.Cli.Execution;

/// <summary>
/// One instance, registered for as long as a program or this process runs. The order of the end is what matters: drain while the program still
/// serves, then stop the program, then deregister.
/// </summary>
internal sealed class KeptRegistration(CliEnvironment environment, IReadOnlyList<Uri> nodes)
{
    // The node has answered a moment ago; if it is gone by now, the program runs without waiting for it any longer.
    private static readonly TimeSpan TakeOverLimit = TimeSpan.FromSeconds(2);

    private readonly ProcessLog<ServiceRegistration> _log = new(environment.Error);

    public required Announcement Announcement { get; init; }

    public required string? Owner { get; init; }

    public required TimeSpan DrainTimeout { get; init; }

    /// <summary>Runs to the end; the result is the program's exit code, 0 without a program.</summary>
    /// <param name="program">A program and its arguments; empty when there is none.</param>
    /// <param name="cancellationToken">Ends what comes before the registration; once registered, only signals and the program's end do.</param>
    public async Task<int> RunAsync(IReadOnlyList<string> program, CancellationToken cancellationToken)
    {
        // All that can be refused is refused before anything is registered or run.
        var file = program.Count == 0 ? null : ProgramFile.Find(program[0], environment.Variable("PATH"));
        await RegisterAsync(cancellationToken);

        var options = new RegistrationOptions { Nodes = [.. nodes.Select(static node => node.AbsoluteUri)], Owner = Owner };
        await using var registration = new ServiceRegistration(options, environment.Time, new Random(environment.Seed), _log);
        registration.Start();
        await registration.AnnounceAsync(Announcement, CancellationToken.None);
        await TakeOverAsync(registration);
        try
        {
            using var child = file is null ? null : StartChild(file, program.Skip(1));
            return await KeepAsync(registration, child);
        }
        finally
        {
            if (await registration.WithdrawAsync(CancellationToken.None))
                _log.Say($"{Name} deregistered");
            else
                _log.Say($"{Name} could not be deregistered: no node answered; its lease lapses within {DurationText.Format(Announcement.Ttl)}");
        }
    }

    private string Name => $"{Announcement.Service}/{Announcement.Id}";

    // Asked directly, so that a refusal or an absent node is an error of the command; afterwards both are retried for ever.
    private async Task RegisterAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                using var http = environment.CreateHttp(nodes[i]);
                var client = new NodeClient(http, environment.Time);
                var written = await client.RegisterAsync(Announcement.Service, Announcement.Id, Announcement.ToDocument(), Owner, cancellationToken);
                _log.Say($"{Name} registered with {nodes[i].AbsoluteUri.TrimEnd('/')}, revision {written.Revision}");
                return;
            }
            catch (NodeException error) when (error.IsUnreachable && i < nodes.Count - 1)
            {
                // The next one may answer.
            }
        }
    }

    // What the registration has not itself told a node it would not take back either, and the program may end at once.
    private async Task TakeOverAsync(ServiceRegistration registration)
    {
        using var limit = new CancellationTokenSource(TakeOverLimit, environment.Time);
        await registration.WaitUntilRegisteredAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private ChildProcess StartChild(string file, IEnumerable<string> arguments)
    {
        if (!environment.HasControllingTerminal)
            return ChildProcess.Start(file, arguments, setsid: null);
        var setsid = ProgramFile.TryFind("setsid", environment.Variable("PATH"));
        if (setsid is null)
            _log.Say("Ctrl-C will reach the program at once, before the drain: 'setsid' is not installed. SIGTERM to rollcall drains first");
        return ChildProcess.Start(file, arguments, setsid);
    }

    private async Task<int> KeepAsync(ServiceRegistration registration, ChildProcess? child)
    {
        using var ended = new CancellationTokenSource();
        var signals = environment.Signals;
        var first = signals.NextAsync(ended.Token).AsTask();
        var childExited = child?.Exited ?? Task.Delay(Timeout.InfiniteTimeSpan, environment.Time, ended.Token);
        try
        {
            if (await Task.WhenAny(childExited, first) == childExited)
            {
                var code = await child!.Exited;
                _log.Say($"the program ended with exit code {code}");
                return code;
            }

            var signal = await first;
            var next = signals.NextAsync(ended.Token).AsTask();
            await DrainAsync(registration, signal, Task.WhenAny(childExited, next));
            if (child is null)
                return ExitCode.Ok;

            child.Signal(signal);
            while (await Task.WhenAny(child.Exited, next) == next)
            {
                child.Signal(await next);
                next = signals.NextAsync(ended.Token).AsTask();
            }

            return await child.Exited;
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    private async Task DrainAsync(ServiceRegistration registration, PosixSignal signal, Task cutShort)
    {
        _log.Say($"{signal}: draining {Name} for at most {DurationText.Format(DrainTimeout)}");
        using var enough = new CancellationTokenSource();
        var drain = registration.DrainAsync(DrainTimeout, enough.Token);
        if (await Task.WhenAny(drain, cutShort) != drain)
        {
            await enough.CancelAsync();
            await ((Task)drain).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _log.Say("the drain was cut short");
            return;
        }

        var status = await drain is [var only] ? only : null;
        if (status is null or { IsDrained: true })
            _log.Say($"{Name} drained{(status?.Drain is { } done ? ": " + DrainText.Applied(done) : "")}");
        else if (status.Drain is { Waiting.Count: > 0 } open)
            _log.Say($"{Name} not drained in time: still waiting for {string.Join(", ", open.Waiting.Select(static watcher => watcher.Id))}");
        else
            _log.Say($"{Name} not drained in time: a watcher may still send to it");
    }
}
