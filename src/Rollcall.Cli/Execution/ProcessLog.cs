using Microsoft.Extensions.Logging;
using Rollcall.Cli.Output;

namespace Rollcall.Cli.Execution;

/// <summary>Log lines of something that runs beside a program of the user: on standard error, short, and told from the program's own by their beginning.</summary>
internal sealed class ProcessLog<T>(TextWriter output) : ILogger<T>
{
    public void Say(string message) => output.WriteLine($"rollcall: {PrintableText.Clean(message)}");

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    // What is worth telling below a warning is said by the command itself.
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            Say(formatter(state, exception));
    }
}
