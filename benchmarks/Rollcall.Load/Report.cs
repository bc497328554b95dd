using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Rollcall.Load;

/// <summary>Collects lines of a Markdown table: what was measured, both sides, the ratio, the target, whether it was met.</summary>
/// <param name="progress">Told each line as it comes.</param>
/// <param name="peer">Whom ours is measured beside.</param>
internal sealed class Report(TextWriter progress, string peer = "etcd")
{
    private readonly List<string> _rows = [];
    private readonly List<string> _notes = [];

    public bool AllMet { get; private set; } = true;

    public void Add(string what, string ours, string theirs, string ratio, string target, bool met)
    {
        AllMet &= met;
        _rows.Add($"| {what} | {ours} | {theirs} | {ratio} | {target} | {(met ? "met" : "**missed**")} |");
        progress.WriteLine($"{what}: {ours} / {theirs} / {ratio} (target {target}: {(met ? "met" : "MISSED")})");
    }

    public void Note(string text)
    {
        _notes.Add(text);
        progress.WriteLine(text);
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            Machine: {Environment.ProcessorCount} cores ({CpuModel()}), {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}.
            Client and server share the machine. Runs alternate between the two sides; figures are medians of the runs.

            | what | Rollcall | {peer} | ratio | target | |
            |---|---|---|---|---|---|

            """);
        foreach (var row in _rows)
            text.Append(row).Append('\n');
        text.Append('\n');
        foreach (var note in _notes)
            text.Append("- ").Append(note).Append('\n');
        return text.ToString();
    }

    private static string CpuModel() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "?"
        : "?";
}
