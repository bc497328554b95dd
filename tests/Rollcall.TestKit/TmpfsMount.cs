using System.Diagnostics;
using Xunit;

namespace Rollcall.TestKit;

/// <summary>
/// A file system of a megabyte, in memory, really full when it is full. Takes root on Linux; without it the test is skipped, with CI=true it fails.
/// </summary>
public sealed class TmpfsMount : IAsyncDisposable
{
    private readonly string _path;

    private TmpfsMount(string path) => _path = path;

    /// <summary>Mounts one at an empty directory.</summary>
    public static async Task<TmpfsMount> CreateAsync(string path)
    {
        var problem = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess
            ? await RunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", path)
            : "mounting a file system takes root on Linux";
        if (problem is null)
            return new TmpfsMount(path);
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail($"With CI=true this test must run: {problem}");
        Assert.Skip(problem);
        throw new UnreachableException();
    }

    public async ValueTask DisposeAsync()
    {
        if (await RunAsync("umount", _path) is { } problem)
            throw new InvalidOperationException(problem);
    }

    // Null when it went well; else what it said.
    private static async Task<string?> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = await Eventually.Within(process.StandardError.ReadToEndAsync(CancellationToken.None));
        await Eventually.Within(process.WaitForExitAsync(CancellationToken.None));
        return process.ExitCode == 0 ? null : $"{program} failed: {error.Trim()}";
    }
}
