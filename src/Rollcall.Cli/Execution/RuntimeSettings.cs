using System.Runtime.InteropServices;

namespace Rollcall.Cli.Execution;

/// <summary>
/// What a member of a cluster runs as, which is there once for each machine and does little: the small program that was published beside this one, and settings of the runtime to match. With those for a
/// node that serves thousands it takes several times the processor time. The runtime reads them before a program begins, and so this program becomes the small one, in the same process; without a small
/// one it becomes itself once more.
/// </summary>
internal static partial class RuntimeSettings
{
    private static readonly string Small = Path.Combine("member", "rollcall-member");

    /// <summary>Set by the build where the program is compiled ahead; else all of it would stay as it was compiled quickly.</summary>
    public const string CompiledAhead = "Rollcall.CompiledAhead";

    private static readonly (string Name, string Value)[] ForMembers =
    [
        // What is compiled ahead, or quickly when it is first used, stays as it is. Compiling it better, in the background, costs more than a few packets a second ever give back.
        ("DOTNET_TC_CallCounting", "0"),
        // A thread with nothing to do sleeps at once. It would look around for more for a while first, which at few packets a second is most of what it does.
        ("DOTNET_ThreadPool_UnfairSemaphoreSpinLimit", "0"),
        // Hexadecimal: 2 MB, then the heap is collected. By default only when it fills the processor's cache, which can be 32 MB or more.
        ("DOTNET_GCgen0size", "200000"),
        // So small a heap needs no thread that collects it beside the others.
        ("DOTNET_gcConcurrent", "0"),
    ];

    /// <summary>Does not return where the program begins anew; returns where it need not, or cannot.</summary>
    public static void Apply(string[] arguments)
    {
        if (!AreNeeded(arguments, Environment.GetEnvironmentVariable) || Environment.ProcessPath is not { } program)
            return;
        foreach (var (name, value) in ForMembers)
            SetVariable(name, value, 0);
        // Where that fails it returns: published for another machine, or not to be executed here.
        if (FindSmall(AppContext.BaseDirectory) is { } small)
            Execute(small, [small, .. arguments, null]);
        // Of `dotnet rollcall.dll …` the program is dotnet, and the file its first argument.
        string[] before = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, Environment.GetCommandLineArgs()[0]] : [program];
        Execute(program, [.. before, .. arguments, null]);
    }

    /// <summary>Not where somebody has chosen for themselves, which is also how the second of the two beginnings is told.</summary>
    public static bool AreNeeded(string[] arguments, Func<string, string?> variable) =>
        arguments is ["gossip", "run", ..]
        && !OperatingSystem.IsWindows()
        && AppContext.TryGetSwitch(CompiledAhead, out var isCompiledAhead) && isCompiledAhead
        && variable(ForMembers[0].Name) is null;

    /// <summary>The small program that was published beside the one in <paramref name="directory"/>, if one was.</summary>
    public static string? FindSmall(string directory) => Path.Combine(directory, Small) is var path && File.Exists(path) ? path : null;

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetVariable(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Execute(string path, string?[] arguments);
}
