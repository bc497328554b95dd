using Rollcall.Health;
using Rollcall.Http;
using Rollcall.Sources.Dns;
using Rollcall.Watching;

namespace Rollcall.DependencyInjection;

/// <summary>
/// What an application configures of Rollcall, from the section <c>Rollcall</c> of its configuration and in code, which comes second. Durations are written like
/// <c>2s</c>, <c>500ms</c> or <c>00:00:02</c>. All of it is checked at start. <see cref="Services"/> and <see cref="DefaultScheme"/> follow reloads of the configuration,
/// unless what they are reloaded with is wrong, which is logged; the rest is read once.
/// </summary>
public sealed class RollcallOptions : RollcallClientOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Rollcall";

    /// <summary>
    /// Where services are found, by the name that requests use as host: <c>Rollcall:Services:orders = "rollcall:///orders"</c>. Comes before
    /// the section <c>Services</c> that .NET Aspire writes, and that before <see cref="DefaultScheme"/>.
    /// </summary>
    public IDictionary<string, string> Services { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Where any other host of a single label (no dots, not <c>localhost</c>) is looked for: with <c>rollcall</c>, <c>http://orders</c> means
    /// <c>rollcall:///orders</c>. Default: none, so that only configured names are services.
    /// </summary>
    public string? DefaultScheme { get; set; }

    /// <summary>
    /// The node that <c>rollcall:///…</c> targets ask, or several with commas between, in order of preference. Default: the environment variable
    /// <c>ROLLCALL_NODE</c>, else <c>http://127.0.0.1:7655</c>.
    /// </summary>
    public string? Node { get; set; }

    /// <summary>
    /// How long requests avoid an endpoint that could not be reached or went silent. Doubles with every failure in a row up to <see cref="MaxAvoidTime"/>.
    /// Zero turns it off. Default: 1 s.
    /// </summary>
    public TimeSpan AvoidTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest time for which an endpoint is avoided before it is tried again. Default: 30 s.</summary>
    public TimeSpan MaxAvoidTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>When endpoints that do badly are ejected: <c>Rollcall:Health:ConsecutiveFailures</c> and so on.</summary>
    public HealthOptions Health { get; } = new();

    /// <summary>How services are watched: <c>Rollcall:Watch:HoldDownTime</c> and so on.</summary>
    public WatchOptions Watch { get; } = new();

    /// <summary>How <c>dns:///…</c> targets are looked up: <c>Rollcall:Dns:MaxInterval</c> and so on.</summary>
    public DnsSourceOptions Dns { get; } = new();

    /// <summary>What was written in the configuration and could not be read, each with its key.</summary>
    internal List<string> Unreadable { get; } = [];
}
