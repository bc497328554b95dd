using Rollcall.Load;
using Rollcall.Load.Servers;
using Rollcall.Load.Suites;

// rollcall-load ROLLCALL DATA OUTPUT [--quick] [suite …]: runs the suites (all by default) and writes a Markdown table to OUTPUT.
if (args.Length < 3)
{
    await Console.Error.WriteLineAsync("usage: Rollcall.Load ROLLCALL DATA OUTPUT [--quick] [registrations|listing|watch|scale …]");
    return 2;
}

var (program, data, output) = (args[0], args[1], args[2]);
var options = args.Contains("--quick", StringComparer.Ordinal) ? LoadOptions.Quick : LoadOptions.Full;
string[] suites = [.. args[3..].Where(static argument => !argument.StartsWith('-'))];
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};

var report = new Report(Console.Out);
if (Wanted("registrations") || Wanted("listing") || Wanted("watch"))
{
    await using var ours = new RollcallServer(program, Path.Combine(data, "rollcall"));
    await using var theirs = new EtcdServer(Path.Combine(data, "etcd"));
    await ours.StartAsync(stop.Token);
    await theirs.StartAsync(stop.Token);
    if (Wanted("listing"))
        await ListingSuite.RunAsync(ours, theirs, options, report, stop.Token);
    if (Wanted("watch"))
        await WatchSuite.RunAsync(ours, theirs, options, report, stop.Token);
    if (Wanted("registrations"))
        await RegistrationSuite.RunAsync(ours, theirs, options, report, stop.Token);
}

if (Wanted("scale"))
{
    await using var large = new RollcallServer(program, Path.Combine(data, "large"));
    await large.StartAsync(stop.Token);
    await ScaleSuite.RunAsync(large, options, report, stop.Token);
}

await File.WriteAllTextAsync(output, report.ToMarkdown(), stop.Token);
return report.AllMet ? 0 : 1;

bool Wanted(string suite) => suites.Length == 0 || suites.Contains(suite, StringComparer.Ordinal);
