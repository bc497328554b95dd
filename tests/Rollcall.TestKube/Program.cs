using System.Globalization;
using System.Runtime.InteropServices;
using Rollcall.TestKube;
using Rollcall.TestKube.Access;
using Rollcall.TestKube.Certificates;

const string Usage = """
    Usage: rollcall-testkube [--port N] [--dir DIRECTORY]

    Starts a Kubernetes API server double on the loopback, with a service and stateful set "orders" of 3 in the namespace "shop".

      --port N          listen here (default: a free port)
      --dir DIRECTORY   write kubeconfig and the files of a service account here (default: a new temporary directory, removed at the end)
    """;

var port = 0;
string? directory = null;
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--port" && i + 1 < args.Length && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535)
    {
        i++;
    }
    else if (args[i] == "--dir" && i + 1 < args.Length)
    {
        directory = args[++i];
    }
    else
    {
        var asked = args[i] is "--help" or "-h";
        await (asked ? Console.Out : Console.Error).WriteLineAsync(asked ? Usage : $"{args[i]} is not understood.\n{Usage}");
        return asked ? 0 : 2;
    }
}

var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.TrySetResult();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

KubeServer cluster;
try
{
    cluster = await KubeServer.StartAsync(new() { Port = port, Controllers = new() });
}
catch (IOException error)
{
    await Console.Error.WriteLineAsync($"Cannot listen on 127.0.0.1:{port}: {error.Message} Choose another --port, or none for a free one.");
    return 1;
}

await using (cluster)
{
    var isTemporary = directory is null;
    var files = directory is null ? Directory.CreateTempSubdirectory("rollcall-testkube-") : Directory.CreateDirectory(directory);
    try
    {
        Demo.Fill(cluster);
        var kubeconfig = Path.Combine(files.FullName, "kubeconfig");
        var account = Path.Combine(files.FullName, "serviceaccount");
        ClientFiles.WritePrivate(kubeconfig, cluster.Kubeconfig(@namespace: Demo.Namespace));
        var token = cluster.AddServiceAccount(Demo.Namespace, "default", AccessRule.Read(Demo.Namespace, "services", "endpoints", "endpointslices", "pods"));
        cluster.WriteServiceAccount(account, token, Demo.Namespace);
        Console.WriteLine($"""
            Listening on {cluster.Url}
            export KUBECONFIG={kubeconfig}
            kubectl get pods -w
            kubectl scale statefulset orders --replicas 5
            As a pod: KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT={cluster.Port}, files in {account}
            Ctrl-C ends it.
            """);
        await await Task.WhenAny(stop.Task, cluster.ControllersEnded);
    }
    finally
    {
        if (isTemporary)
            files.Delete(recursive: true);
    }
}

return 0;
