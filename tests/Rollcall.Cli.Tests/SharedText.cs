using System.Text;

namespace Rollcall.Cli.Tests;

/// <summary>Text that one thread writes while another looks.</summary>
internal sealed class SharedText : TextWriter
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();

    public SharedText() => CoreNewLine = ['\n'];

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        lock (_gate)
            _text.Append(value);
    }

    public override void Write(char[] buffer, int index, int count)
    {
        lock (_gate)
            _text.Append(buffer, index, count);
    }

    public override void Write(string? value)
    {
        lock (_gate)
            _text.Append(value);
    }

    // One piece: a reader never sees half a line.
    public override void WriteLine(string? value)
    {
        lock (_gate)
            _text.Append(value).Append('\n');
    }

    public override string ToString()
    {
        lock (_gate)
            return _text.ToString();
    }
}
