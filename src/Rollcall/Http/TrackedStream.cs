namespace Rollcall.Http;

/// <summary>A response's body that tells its content when it has been read to the end, has broken or is no longer wanted.</summary>
internal sealed class TrackedStream(Stream inner, TrackedContent content) : Stream
{
    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

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

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = 0;
        try
        {
            return read = inner.Read(buffer);
        }
        finally
        {
            EndWhenOver(read, buffer.Length);
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

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The body of a response cannot be read again.");

    public override void SetLength(long value) => throw new NotSupportedException("The body of a response cannot be written.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The body of a response cannot be written.");

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
        var read = 0;
        try
        {
            return read = await reading.ConfigureAwait(false);
        }
        finally
        {
            EndWhenOver(read, wanted);
        }
    }

    // A failed read counts as nothing read. Asking for nothing is how some wait for data.
    private void EndWhenOver(int read, int wanted)
    {
        if (read == 0 && wanted > 0)
            content.End();
    }
}
