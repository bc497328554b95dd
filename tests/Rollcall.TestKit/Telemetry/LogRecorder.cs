using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Rollcall.TestKit.Telemetry;

/// <summary>Keeps what was logged.</summary>
public class LogRecorder : ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    /// <summary>The lines of one level, oldest first.</summary>
    public IEnumerable<string> Of(LogLevel level) => _lines.Where(line => line.Level == level).Select(static line => line.Text);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        _lines.Enqueue((logLevel, formatter(state, exception)));
    }
}

/// <summary>As <see cref="LogRecorder"/>, for whoever wants the logger of a category.</summary>
/// <typeparam name="T">The category.</typeparam>
public sealed class LogRecorder<T> : LogRecorder, ILogger<T>;
