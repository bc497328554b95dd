using System.Runtime.InteropServices;
using Demo;
using Loco.Demo;

const string Usage = """
    Usage: ./demo.sh loco [--keep]

    The cluster of emulators on one machine, without a cluster: a Kubernetes API server double, a process for each pod, a node that finds them by endpoint slices.
    Scales 1 → 3 → 9 → 1 and prints how long after each change the node shows it.

      --keep     leave everything running at the end and say where, until Ctrl-C
    """;

var keep = args is ["--keep"];
if (args.Length > 0 && !keep)
{
    var asked = args is ["--help"] or ["-h"];
    await (asked ? Console.Out : Console.Error).WriteLineAsync(asked ? Usage : $"{string.Join(' ', args)} is not understood.\n{Usage}");
    return asked ? 0 : 2;
}

using var interrupted = new CancellationTokenSource();
void Interrupt(PosixSignalContext context)
{
    context.Cancel = true;
    interrupted.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Interrupt);

using var processes = new Processes(TimeProvider.System);
try
{
    await using var stage = await Stage.OpenAsync(processes, TimeProvider.System, interrupted.Token);
    var isGood = await new Play(stage, Console.Out, TimeProvider.System).RunAsync(interrupted.Token);
    if (keep)
    {
        Console.WriteLine($"\nThe dashboard: {stage.Node.Url}   the API: {stage.Node.Url}/api/instances/live   pictures: {stage.ViewerUrl}/instances");
        Console.WriteLine($"export KUBECONFIG={stage.Kubeconfig}   kubectl scale -n {LocoCluster.Namespace} statefulset {LocoCluster.Service} --replicas 5   Ctrl-C ends it.");
        await Task.Delay(Timeout.InfiniteTimeSpan, interrupted.Token);
    }

    return isGood ? 0 : 1;
}
catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
{
    return 130;
}
catch (DemoException error)
{
    await Console.Error.WriteLineAsync($"The demo failed: {error.Message}");
    return 1;
}
finally
{
    await processes.EndAsync();
}
