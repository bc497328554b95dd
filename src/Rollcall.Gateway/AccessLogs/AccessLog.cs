using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Rollcall.Gateway.Configuration;

namespace Rollcall.Gateway.AccessLogs;

/// <summary>
/// Writes requests down, a line each, behind their backs: through a queue of bounded length, and what does not fit is counted and left out. A file is opened anew for each
/// batch, so that whoever moves it away gets no more lines, and the next go to a new one.
/// </summary>
internal sealed class AccessLog : IAsyncDisposable
{
    /// <summary>Requests that may wait to be written.</summary>
    public const int MaxWaiting = 16 * 1024;

    private const int MaxBatch = 1024;

    private static readonly TimeSpan BetweenBatches = TimeSpan.FromMilliseconds(100);

    private readonly Channel<AccessRecord> _records =
        Channel.CreateBounded<AccessRecord>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private readonly CancellationTokenSource _ending = new();
    private readonly ArrayBufferWriter<byte> _batch = new();
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _loop;
    private long _dropped;
    private bool _isBroken;
    private bool _isDefectTold;
    private int _format;

    /// <param name="file">Where to; <c>-</c> is standard error.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Hears when lines cannot be written.</param>
    public AccessLog(string file, TimeProvider time, ILogger logger)
    {
        File = file;
        _time = time;
        _logger = logger;
        using (ExecutionContext.SuppressFlow())
            _loop = Task.Run(RunAsync);
    }

    public string File { get; }

    /// <summary>How the next lines are written.</summary>
    public AccessLogFormat Format
    {
        get => (AccessLogFormat)Volatile.Read(ref _format);
        set => Volatile.Write(ref _format, (int)value);
    }

    /// <summary>Requests that were not written down, because too many waited or because they could not be written.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>False when too many wait, or it has ended.</summary>
    public bool TryWrite(AccessRecord record) => _records.Writer.TryWrite(record);

    public void Write(AccessRecord record)
    {
        if (!TryWrite(record))
            Interlocked.Increment(ref _dropped);
    }

    /// <summary>Writes what waits, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _records.Writer.TryComplete();
        await _ending.CancelAsync();
        await _loop;
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        using var json = new Utf8JsonWriter(_line, AccessLine.Options);
        while (await _records.Reader.WaitToReadAsync())
        {
            var count = Fill(json);
            Flush(count);
            if (count == MaxBatch || _ending.IsCancellationRequested)
                continue;
            try
            {
                await Task.Delay(BetweenBatches, _time, _ending.Token);
            }
            catch (OperationCanceledException)
            {
                // What is left is written without a pause.
            }
        }
    }

    private int Fill(Utf8JsonWriter json)
    {
        _batch.ResetWrittenCount();
        var count = 0;
        while (count < MaxBatch && _records.Reader.TryRead(out var record))
        {
            if (TryFormat(json, record))
                count++;
        }

        return count;
    }

    private bool TryFormat(Utf8JsonWriter json, AccessRecord record)
    {
        _line.ResetWrittenCount();
        json.Reset();
        try
        {
            if (Format == AccessLogFormat.Combined)
            {
                CombinedLine.Write(_line, record);
            }
            else
            {
                AccessLine.Write(json, record);
                json.Flush();
            }
        }
        catch (Exception error)
        {
            // Whatever is wrong with one request, the others are written down.
            Interlocked.Increment(ref _dropped);
            if (!_isDefectTold)
                Log.CannotFormat(_logger, File, error);
            _isDefectTold = true;
            return false;
        }

        _batch.Write(_line.WrittenSpan);
        _batch.Write("\n"u8);
        return true;
    }

    private void Flush(int count)
    {
        if (count == 0)
            return;
        try
        {
            using var stream = File is "-" ? Console.OpenStandardError() : new FileStream(File, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);
            stream.Write(_batch.WrittenSpan);
            if (_isBroken)
                Log.WritesAgain(_logger, File, Dropped);
            _isBroken = false;
        }
        catch (Exception error)
        {
            // Whatever keeps it from being written, requests go on, and the next batch tries again.
            Interlocked.Add(ref _dropped, count);
            if (!_isBroken)
                Log.CannotWrite(_logger, File, error.Message);
            _isBroken = true;
        }
    }
}
