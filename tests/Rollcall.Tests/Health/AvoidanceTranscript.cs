using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Rollcall.Health;
using Rollcall.Tests.Balancing;

namespace Rollcall.Tests.Health;

/// <summary>
/// Plays a script to an <see cref="AvoidanceTable"/> and writes down what it does. A line each: <c>set a b c!</c> (! is not ready), <c>unreachable a</c>, <c>eject a</c>,
/// <c>try a</c>, <c>bad a</c>, <c>well a</c>, <c>+5s</c>.
/// </summary>
internal sealed class AvoidanceTranscript(HealthOptions? options = null)
{
    private readonly AvoidanceTable _table = new(HealthSettings.Default with { Options = options ?? new HealthOptions() }, new NoChance());
    private readonly StringBuilder _text = new();
    private ImmutableArray<BalancedEndpoint> _endpoints = [];
    private TimeSpan _now;

    public static string Play(string script, HealthOptions? options = null)
    {
        var transcript = new AvoidanceTranscript(options);
        foreach (var line in script.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            transcript.PlayLine(line.Split(" ->")[0].Trim());
        return transcript._text.ToString().Trim();
    }

    private void PlayLine(string line)
    {
        List<HealthEvent> events = [];
        if (line[0] == '+')
        {
            _now += TimeSpan.FromSeconds(double.Parse(line[1..^1], CultureInfo.InvariantCulture));
            _text.Append(line).Append('\n');
            return;
        }

        var words = line.Split(' ');
        if (words[0] == "set")
        {
            _endpoints = EndpointBook.Merge(
                Make.Set(1, [.. words[1..].Select(static word => Make.Endpoint(word.TrimEnd('!'), word.EndsWith('!') ? EndpointState.NotReady : EndpointState.Ready))]),
                _endpoints.IsEmpty, isOld: false, _endpoints, _now.Ticks);
            _table.Follow(_endpoints, events);
        }
        else
        {
            var endpoint = _endpoints.Single(candidate => candidate.Endpoint.Id == words[1]);
            var now = new HealthMoment(_now.Ticks, TimeSpan.TicksPerSecond, DateTimeOffset.UnixEpoch + _now);
            switch (words[0])
            {
                case "unreachable":
                    _table.Unanswered(endpoint, AvoidReason.Unreachable, "", now, events);
                    break;
                case "eject":
                    _table.Eject(endpoint, AvoidReason.Failures, "", null, now, events);
                    break;
                case "try":
                    _text.Append(CultureInfo.InvariantCulture, $"{line} -> {(_table.Try(endpoint, now) ? "yes" : "no")}\n");
                    return;
                case "bad":
                    _table.EjectAgain(endpoint, "", now, events);
                    break;
                case "well":
                    _table.Return(endpoint, now, events);
                    break;
                default:
                    throw new ArgumentException($"There is no '{words[0]}'.", nameof(line));
            }
        }

        _text.Append(line).Append(" ->").Append(events.Count == 0 ? " nothing" : string.Concat(events.Select(Text))).Append('\n');
    }

    private string Text(HealthEvent happened)
    {
        var who = happened.Endpoint?.Endpoint.Id;
        return happened switch
        {
            { Kind: HealthEventKind.Avoided or HealthEventKind.AvoidedAgain, Avoidance: { } avoidance } =>
                string.Create(CultureInfo.InvariantCulture, $" {who} {(avoidance.IsEjection ? "ejected" : "avoided")} for {(TimeSpan.FromTicks(avoidance.Due) - _now).TotalSeconds}s"),
            { Kind: HealthEventKind.Returned } => $" {who} used",
            { Kind: HealthEventKind.Spared } => $" {who} spared",
            { Kind: HealthEventKind.PanicBegan } => " panic",
            _ => " calm",
        };
    }

    private sealed class NoChance : Random
    {
        public override double NextDouble() => 0;
    }
}
