using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Loco.Emulator;

/// <summary>How an emulator runs.</summary>
internal sealed record EmulatorOptions
{
    public const string Usage = """
        Usage: Loco.Emulator [OPTION VALUE]…

          --address IP         where both ports are bound (default 127.0.0.1; 127.0.1.2 lets many run on one machine)
          --vnc-port PORT      the picture, by RFB 3.8 without authentication (default 5901)
          --health-port PORT   GET /health, POST /kill (default 8080)
          --boot TIME          until it is ready, such as 3s, 500ms or 1m (default 3s)
          --size WIDTHxHEIGHT  of the picture (default 320x240)
          --frame-rate N       frames drawn in a second, 1 to 60 (default 30)
          --draw-rate N        frames really drawn: less than --frame-rate for a machine that is not well
          --max-viewers N      more are refused (default 16)
          --name NAME          what the picture is called (default $POD_NAME, or emulator)
        """;

    public IPAddress Address { get; init; } = IPAddress.Loopback;

    public int VncPort { get; init; } = 5901;

    public int HealthPort { get; init; } = 8080;

    public TimeSpan Boot { get; init; } = TimeSpan.FromSeconds(3);

    public int Width { get; init; } = 320;

    public int Height { get; init; } = 240;

    /// <summary>What a healthy machine draws in a second.</summary>
    public int FrameRate { get; init; } = 30;

    /// <summary>What this one draws; null for <see cref="FrameRate"/>.</summary>
    public int? DrawRate { get; init; }

    public int MaxViewers { get; init; } = 16;

    public string Name { get; init; } = "emulator";

    /// <summary>Connections that have not said yet what they want; a pool of viewers keeps some of these ready.</summary>
    public int MaxWaiting { get; init; } = 64;

    /// <summary>For how long they may be silent.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a viewer may take nothing of what it has asked for.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(20);

    public static bool TryParse(IReadOnlyList<string> arguments, string? podName, [NotNullWhen(true)] out EmulatorOptions? options, [NotNullWhen(false)] out string? error)
    {
        options = new EmulatorOptions();
        if (!string.IsNullOrEmpty(podName))
            options = options with { Name = podName };
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (i + 1 == arguments.Count || With(options, arguments[i], arguments[i + 1]) is not { } next)
            {
                error = $"{string.Join(' ', arguments.Skip(i).Take(2))} is not understood.";
                options = null;
                return false;
            }

            options = next;
        }

        error = null;
        return true;
    }

    private static EmulatorOptions? With(EmulatorOptions options, string name, string value) => name switch
    {
        "--address" => IPAddress.TryParse(value, out var address) ? options with { Address = address } : null,
        "--vnc-port" => Number(value, 0, 65535) is { } port ? options with { VncPort = port } : null,
        "--health-port" => Number(value, 0, 65535) is { } port ? options with { HealthPort = port } : null,
        "--boot" => Time(value) is { } boot ? options with { Boot = boot } : null,
        "--size" => value.Split('x') is [var width, var height] && Number(width, 64, 1920) is { } w && Number(height, 64, 1200) is { } h ? options with { Width = w, Height = h } : null,
        "--frame-rate" => Number(value, 1, 60) is { } rate ? options with { FrameRate = rate } : null,
        "--draw-rate" => Number(value, 1, 60) is { } rate ? options with { DrawRate = rate } : null,
        "--max-viewers" => Number(value, 1, 1000) is { } viewers ? options with { MaxViewers = viewers } : null,
        "--name" => value.Length is > 0 and <= 256 ? options with { Name = value } : null,
        _ => null,
    };

    private static int? Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;

    private static TimeSpan? Time(string text)
    {
        (string Unit, double Seconds)[] units = [("ms", 0.001), ("s", 1), ("m", 60)];
        foreach (var (unit, seconds) in units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal) && Number(text[..^unit.Length], 0, 1_000_000) is { } count)
                return TimeSpan.FromSeconds(count * seconds);
        }

        return null;
    }
}
