namespace Rollcall.Tests.Http;

/// <summary>A body that can be read once.</summary>
internal sealed class NotSeekableStream(byte[] bytes) : MemoryStream(bytes)
{
    public override bool CanSeek => false;

    public override long Seek(long offset, SeekOrigin loc) => throw new NotSupportedException();
}
