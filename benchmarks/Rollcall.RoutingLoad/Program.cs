using Rollcall.Load;
using Rollcall.RoutingLoad;
using Rollcall.RoutingLoad.Suites;

// Rollcall.RoutingLoad ROLLCALL NGINX HAPROXY DATA OUTPUT [--quick] [suite …]: runs the suites (all by default) and writes a Markdown table to OUTPUT.
if (args.Length < 5)
{
    await Console.Error.WriteLineAsync("usage: Rollcall.RoutingLoad ROLLCALL NGINX HAPROXY DATA OUTPUT [--quick] [proxies|policies|gateway-policies …]");
    return 2;
}

var programs = new Programs(args[0], args[1], args[2], args[3]);
var options = args.Contains("--quick", StringComparer.Ordinal) ? RoutingOptions.Quick : RoutingOptions.Full;
string[] suites = [.. args[5..].Where(static argument => !argument.StartsWith('-'))];
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};

var report = new Report(Console.Out, "the other");
if (Wanted("proxies"))
    await ProxySuite.RunAsync(programs, options, report, stop.Token);
if (Wanted("gateway-policies"))
    await GatewayPolicySuite.RunAsync(programs, options, report, stop.Token);
if (Wanted("policies"))
    await ClientPolicySuite.RunAsync(programs, options, report, stop.Token);
await File.WriteAllTextAsync(args[4], report.ToMarkdown(), stop.Token);
return report.AllMet ? 0 : 1;

bool Wanted(string suite) => suites.Length == 0 || suites.Contains(suite, StringComparer.Ordinal);
