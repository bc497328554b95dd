using System.Diagnostics;
using System.Globalization;
using Rollcall.Load.Servers;

namespace Rollcall.Load;

/// <summary>One run of wrk against one server.</summary>
/// <param name="RequestsPerSecond">Answered requests per second.</param>
/// <param name="P50">Median latency.</param>
/// <param name="P99">99th percentile latency.</param>
/// <param name="Errors">Requests that failed or were refused.</param>
internal sealed record WrkRun(double RequestsPerSecond, TimeSpan P50, TimeSpan P99, long Errors);

/// <summary>Runs wrk with one of the scripts beside this program.</summary>
internal static class Wrk
{
    // Every run counts from elsewhere, so that no record equals the one it replaces.
    private static int _base;

    public static async Task<WrkRun> RunAsync(Server server, string script, int connections, TimeSpan duration, CancellationToken cancellationToken)
    {
        var scripts = Path.Combine(AppContext.BaseDirectory, "scripts");
        var info = new ProcessStartInfo("wrk") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment["LOAD_SCRIPTS"] = scripts;
        info.Environment["LOAD_BASE"] = (_base += 100_000).ToString(CultureInfo.InvariantCulture);
        foreach (var argument in new[]
        {
            "-t1", $"-c{connections}", $"-d{duration.TotalSeconds:0}s", "--timeout", "10s", "-s", Path.Combine(scripts, script), server.Url.ToString(),
        })
            info.ArgumentList.Add(argument);
        using var process = Process.Start(info) ?? throw new InvalidOperationException("wrk did not start.");
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        var line = output.Split('\n').FirstOrDefault(static line => line.StartsWith("RESULT ", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"wrk gave no result:\n{output}\n{error}");
        var numbers = line.Split(' ')[1..].Select(static text => long.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return new WrkRun(
            numbers[0] / (numbers[1] / 1e6),
            TimeSpan.FromMicroseconds(numbers[2]),
            TimeSpan.FromMicroseconds(numbers[3]),
            numbers[5]);
    }
}
