using System.Globalization;
using Microsoft.Extensions.Logging;
using Rollcall.Cli.Output;

namespace Rollcall.Cli.Gossip;

/// <summary>Log lines as <c>rollcall serve</c> writes them, without what its logging needs of memory. Thread-safe.</summary>
internal sealed class StandardErrorLog(TextWriter output, TimeProvider time)
{
    // What standard output has said already: where the node listens.
    private const int Listens = 5001;

    private readonly Lock _writing = new();

    public ILogger<T> For<T>() => new Category<T>(this);

    private void Write(LogLevel level, string category, int id, string message, Exception? error)
    {
        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var line = string.Create(CultureInfo.InvariantCulture, $"{now} {Name(level)}: {category}[{id}] {message}{(error is null ? "" : $" {error}")}");
        lock (_writing)
            output.WriteLine(PrintableText.Clean(line.ReplaceLineEndings(" ")));
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };

    private sealed class Category<T>(StandardErrorLog log) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and < LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && eventId.Id != Listens)
                log.Write(logLevel, typeof(T).FullName ?? typeof(T).Name, eventId.Id, formatter(state, exception), exception);
        }
    }
}
