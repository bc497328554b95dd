using System.Runtime.InteropServices;

namespace Demo;

/// <summary>Signals to processes, by their numbers on this system.</summary>
internal static partial class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;

    public static int Stop => OperatingSystem.IsMacOS() ? 17 : 19;

    public static int Continue => OperatingSystem.IsMacOS() ? 19 : 18;

    /// <summary>False when there is no such process.</summary>
    public static bool Send(int process, int signal) => KillProcess(process, signal) == 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int KillProcess(int process, int signal);
}
