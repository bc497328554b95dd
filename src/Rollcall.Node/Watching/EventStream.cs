using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Rollcall.Node.Rendering;
using Rollcall.Registry;
using Rollcall.Registry.Catalogs;

namespace Rollcall.Node.Watching;

/// <summary>Writes server-sent events (WHATWG HTML, section 9.2) into a response, in pieces that wait for a slow reader.</summary>
internal sealed class EventStream(PipeWriter output, string epoch, ServiceRenderer renderer)
{
    private readonly byte[] _epoch = Encoding.ASCII.GetBytes(epoch);
    private int _pending;

    /// <summary>True while something was written and not yet sent.</summary>
    public bool HasPending => _pending > 0;

    /// <summary>True when so much was written that it should be sent before more is.</summary>
    public bool IsFull => _pending >= Pieces.Bytes;

    /// <summary>Tells the client to forget what it knows; a snapshot follows.</summary>
    public void WriteStartOver() => Write("event: start-over\ndata: {}\n\n"u8);

    /// <summary>Keeps the connection alive through whatever stands in between.</summary>
    public void WriteHeartbeat() => Write(": still here\n\n"u8);

    /// <summary>Writes the state the changes to come build on.</summary>
    /// <param name="revision">The revision after which changes follow.</param>
    /// <param name="services">The services.</param>
    /// <param name="shared">True to use and keep the bytes other readers of these services share.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask WriteSnapshotAsync(long revision, IEnumerable<ServiceSnapshot> services, bool shared, CancellationToken cancellationToken)
    {
        Write("event: snapshot\n"u8);
        WriteId(revision);
        Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"data: {{\"epoch\":\"{epoch}\",\"revision\":{revision},\"services\":[")));
        var first = true;
        foreach (var service in services)
        {
            if (!first)
                Write(","u8);
            first = false;
            if (shared)
                await WriteAsync(renderer.Whole(service), cancellationToken);
            else
                WriteService(service);
            if (IsFull)
                await FlushAsync(cancellationToken);
        }

        Write("]}\n\n"u8);
    }

    /// <summary>Writes one change.</summary>
    public void WriteChange(Change change)
    {
        Write("event: change\n"u8);
        WriteId(change.Revision);
        Write("data: "u8);
        using (var buffer = JsonBuffer.Rent())
        {
            ChangeWriter.Write(buffer.Json, change, withInstance: true);
            Write(buffer.Written.Span);
        }

        Write("\n\n"u8);
    }

    /// <summary>Sends what was written.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        _pending = 0;
        await output.FlushAsync(cancellationToken);
    }

    private void WriteId(long revision)
    {
        Write("id: "u8);
        Write(_epoch);
        Span<byte> digits = stackalloc byte[24];
        digits[0] = (byte)':';
        revision.TryFormat(digits[1..], out var written, provider: CultureInfo.InvariantCulture);
        digits[written + 1] = (byte)'\n';
        Write(digits[..(written + 2)]);
    }

    private void WriteService(ServiceSnapshot service)
    {
        using var buffer = JsonBuffer.Rent();
        renderer.Write(buffer.Json, service, null);
        Write(buffer.Written.Span);
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await Pieces.WriteAsync(output, bytes, cancellationToken);
        _pending += bytes.Length;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        _pending += bytes.Length;
    }
}
