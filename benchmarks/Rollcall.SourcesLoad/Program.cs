using Rollcall.Load;
using Rollcall.SourcesLoad.Kubernetes;

// Rollcall.SourcesLoad OUTPUT [--quick]: measures sources beside what people would use instead and writes a Markdown table to OUTPUT.
// It starts itself again as the application that is measured: Rollcall.SourcesLoad follow KUBECONFIG TARGET …
if (args is ["follow", var kubeconfig, .. var targets])
    return await Follower.RunAsync(kubeconfig, targets);
if (args.Length < 1)
{
    await Console.Error.WriteLineAsync("usage: Rollcall.SourcesLoad OUTPUT [--quick]");
    return 2;
}

var report = new Report(Console.Out, peer: "kubectl");
await new KubernetesSuite(report, quick: args.Contains("--quick", StringComparer.Ordinal)).RunAsync();
await File.WriteAllTextAsync(args[0], report.ToMarkdown());
return report.AllMet ? 0 : 1;
