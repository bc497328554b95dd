using System.Text;

namespace Rollcall.Cli.Tests;

/// <summary>A file that has no room for another byte.</summary>
internal sealed class FullDisk : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => throw new IOException("No space left on device");
}
