using System.Globalization;
using System.Runtime.InteropServices;
using Demo;
using Spectre.Console;

const string Usage = """
    Usage: ./demo.sh [--keep] [--rate N]

      --keep     leave everything running at the end and say where and how to stop it
      --rate N   requests a second (default 300)
    """;

var keep = false;
var rate = 300;
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--keep")
    {
        keep = true;
    }
    else if (args[i] == "--rate" && i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out rate) && rate is >= 10 and <= 5000)
    {
        i++;
    }
    else
    {
        var asked = args[i] is "--help" or "-h";
        await (asked ? Console.Out : Console.Error).WriteLineAsync(asked ? Usage : $"{args[i]} is not understood.\n{Usage}");
        return asked ? 0 : 2;
    }
}

using var interrupted = new CancellationTokenSource();
void Interrupt(PosixSignalContext context)
{
    context.Cancel = true;
    interrupted.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Interrupt);

var time = TimeProvider.System;
IScreen screen = AnsiConsole.Profile.Capabilities.Ansi && !Console.IsOutputRedirected
    ? new LiveScreen(AnsiConsole.Console, time)
    : new PlainScreen(Console.Out, time);
return await new Performance(screen, time, Console.Out, Console.Error) { Keep = keep, Rate = rate }.RunAsync(interrupted.Token);
