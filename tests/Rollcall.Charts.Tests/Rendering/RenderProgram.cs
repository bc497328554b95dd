using System.Diagnostics;
using Rollcall.TestKit;

namespace Rollcall.Charts.Tests.Rendering;

/// <summary>deploy/helm/render, built once for all tests. Its libraries are Debian's; nothing is fetched.</summary>
internal static class RenderProgram
{
    private const string Libraries = "/usr/share/gocode";

    // In a fresh clone nothing is compiled yet, the libraries and much of the standard one among it.
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(5);
    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static readonly string[] Packages =
        ["src/github.com/Masterminds/sprig:golang-github-masterminds-sprig-dev", "src/github.com/xeipuuv/gojsonschema:golang-github-xeipuuv-gojsonschema-dev", "src/sigs.k8s.io/yaml:golang-k8s-sigs-yaml-dev"];

    private static string? _built;

    /// <summary>Runs it; what it printed, and what it complained about.</summary>
    public static async Task<(int Code, string Out, string Error)> RunAsync(params IEnumerable<string> arguments) => await RunAsync(new ProcessStartInfo(await BuildAsync(), arguments), Eventually.Limit);

    private static async Task<string> BuildAsync()
    {
        await Gate.WaitAsync();
        try
        {
            return _built ??= await BuildOnceAsync();
        }
        finally
        {
            Gate.Release();
        }
    }

    private static async Task<string> BuildOnceAsync()
    {
        var go = DebianTool.Find("go", "golang-go");
        foreach (var library in Packages.Select(static package => package.Split(':')).Where(static library => !Directory.Exists(Path.Combine(Libraries, library[0]))))
            Missing($"{library[0]} is missing below {Libraries}; ./test.sh gets it (Debian package {library[1]})");
        var tools = Path.Combine(Repository.Root, "artifacts", "tools");
        var program = Path.Combine(tools, "helm-render", "render");
        var build = new ProcessStartInfo(go, ["build", "-o", program, "."]) { WorkingDirectory = Path.Combine(Repository.Root, "deploy", "helm", "render") };
        build.Environment["GO111MODULE"] = "off";
        build.Environment["GOPATH"] = Libraries;
        build.Environment["GOFLAGS"] = "";
        build.Environment["GOCACHE"] = Path.Combine(tools, "go-build");
        var (code, text, error) = await RunAsync(build, BuildLimit);
        Assert.True(code == 0, $"go build: {code}\n{text}{error}");
        return program;
    }

    private static async Task<(int Code, string Out, string Error)> RunAsync(ProcessStartInfo start, TimeSpan limit)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = start.RedirectStandardInput = true;
        start.UseShellExecute = false;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var text = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await Eventually.Within(process.WaitForExitAsync(), limit);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw;
        }

        return (process.ExitCode, await text, await error);
    }

    private static void Missing(string what)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail($"With CI=true this test must run: {what}");
        Assert.Skip(what);
    }
}
