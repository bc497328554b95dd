namespace Rollcall.Http;

/// <summary>
/// A response's body that tells its content when it has been read to the end, has broken or is no longer wanted. That of an upgraded connection can be
/// written, too; it is over when the other side has closed it.
/// </summary>
internal sealed class TrackedStream(Stream inner, TrackedContent content) : Stream
{
    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override bool CanTimeout => inner.CanTimeout;

    public override long Length => throw new NotSupportedException("The body of a response has no known length.");

    public override long Position
    {
        get => throw new NotSupportedException("The body of a response has no position.");
        set => throw new NotSupportedException("The body of a response has no position.");
    }

    public override int ReadTimeout
    {
        get => inner.ReadTimeout;
        set => inner.ReadTimeout = value;
    }

    public override int WriteTimeout
    {
        get => inner.WriteTimeout;
        set => inner.WriteTimeout = value;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        try
        {
            var read = inner.Read(buffer);
            EndWhenOver(read, buffer.Length);
            return read;
        }
        catch (Exception error)
        {
            content.Fail(error);
            throw;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var reading = inner.ReadAsync(buffer, cancellationToken);
        if (!reading.IsCompletedSuccessfully)
            return FinishAsync(reading, buffer.Length);
        var read = reading.GetAwaiter().GetResult();
        EndWhenOver(read, buffer.Length);
        return new(read);
    }

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The body of a response cannot be read again.");

    public override void SetLength(long value) => throw new NotSupportedException("The body of a response has no length to set.");

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            inner.Write(buffer);
        }
        catch (IOException error)
        {
            content.Fail(error);
            throw;
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var writing = inner.WriteAsync(buffer, cancellationToken);
        return writing.IsCompletedSuccessfully ? writing : FinishAsync(writing);
    }

    public override async ValueTask DisposeAsync()
    {
        content.End();
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            content.End();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> FinishAsync(ValueTask<int> reading, int wanted)
    {
        try
        {
            var read = await reading.ConfigureAwait(false);
            EndWhenOver(read, wanted);
            return read;
        }
        catch (Exception error)
        {
            content.Fail(error);
            throw;
        }
    }

    // A write that is refused for other reasons, such as a stream that cannot be written, is the caller's mistake.
    private async ValueTask FinishAsync(ValueTask writing)
    {
        try
        {
            await writing.ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            content.Fail(error);
            throw;
        }
    }

    // Asking for nothing is how some wait for data.
    private void EndWhenOver(int read, int wanted)
    {
        if (read == 0 && wanted > 0)
            content.End();
    }
}
