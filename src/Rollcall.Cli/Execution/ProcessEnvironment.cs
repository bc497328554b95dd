using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Rollcall.Cli.Execution;

/// <summary>The real world: this process's streams, terminal, clock, variables and signals.</summary>
internal sealed class ProcessEnvironment : IDisposable
{
    private readonly StopSignals _signals = new();
    private readonly PosixSignalRegistration[] _registrations;

    public ProcessEnvironment(IOutside outside)
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, OnSignal),
        ];
        var isTerminal = !Console.IsOutputRedirected && Variable("TERM") is not "dumb";
        Environment = new CliEnvironment
        {
            In = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false), detectEncodingFromByteOrderMarks: false, bufferSize: 256),

            // Unlike Console.Out these write UTF-8 whatever the locale says, and do not flush character by character.
            Out = new StreamWriter(OpenOutput(), new UTF8Encoding(false)) { AutoFlush = true },
            Error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true },
            IsTerminal = isTerminal,
            UseColours = isTerminal && string.IsNullOrEmpty(Variable("NO_COLOR")),
            HasControllingTerminal = !(Console.IsInputRedirected && Console.IsOutputRedirected && Console.IsErrorRedirected),
            Seed = unchecked((int)TimeProvider.System.GetTimestamp()),
            Variable = Variable,
            Outside = outside,
            Signals = _signals,
        };
    }

    public CliEnvironment Environment { get; }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _signals.Dispose();
    }

    // The framework's own stream for a pipe swallows that nobody reads it, and `rollcall watch orders | head -1` would run for ever. A file stream tells,
    // but keeps a place of its own in what has one, and so would overwrite what others write into the same file.
    private static Stream OpenOutput()
    {
        if (!Console.IsOutputRedirected || OperatingSystem.IsWindows())
            return Console.OpenStandardOutput();
        var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return output.CanSeek ? Console.OpenStandardOutput() : output;
    }

    private static string? Variable(string name) => System.Environment.GetEnvironmentVariable(name);

    // Whoever runs decides how to stop; the default would end the process in the middle of it.
    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        _signals.Raise(context.Signal);
    }
}
