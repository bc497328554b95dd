using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Rollcall.Consul.Health;
using Rollcall.Servers;
using Rollcall.Watching;

namespace Rollcall.Consul;

/// <summary>
/// The instances of a Consul service: <c>consul:///orders</c>, <c>consul://10.0.0.5:8500/orders?dc=eu&amp;tag=v2</c>.
/// </summary>
/// <remarks>
/// <para>By blocking queries of <c>/v1/health/service</c>. Every instance is told: one with a critical check or in maintenance is not ready, one with a warning is ready with its
/// warning weight. <c>passing=true</c> makes those with a warning not ready, too; it hides nothing.</para>
/// <para>Parameters: <c>dc</c>, <c>tag</c> (several with commas: all of them), <c>near</c> (the instances of the nearest node come first, the others take over when none of these
/// is ready), <c>address</c> (a tagged address such as <c>lan</c> or <c>wan</c>), <c>ns</c>, <c>partition</c>, <c>filter</c>, <c>passing</c>.</para>
/// </remarks>
public sealed class ConsulSource : DiscoverySource
{
    // No server is obeyed for longer when it asks to be left alone.
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(5);

    // Between one agent and the next: not all clients together, and never in a tight loop where each answers once and then fails.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    private readonly ConsulSettings _settings;
    private readonly RetryAfter _pauses;

    /// <summary>A source with these options.</summary>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="random">For jitter; null for one with a seed of its own.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names every one.</exception>
    public ConsulSource(ConsulSourceOptions? options = null, TimeProvider? time = null, Random? random = null)
        : base(time, random)
    {
        options ??= new ConsulSourceOptions();
        if (options.Errors().ToArray() is { Length: > 0 } errors)
            throw new ArgumentException(string.Join(' ', errors), nameof(options));
        _settings = new ConsulSettings(options, Environment.GetEnvironmentVariable);
        _pauses = new RetryAfter(Time, LongestRetryAfter, NextJitter);
    }

    /// <inheritdoc />
    public override IReadOnlyCollection<string> Schemes { get; } = ["consul"];

    /// <inheritdoc />
    public override void Validate(ServiceTarget target) => ConsulTarget.Of(target, _settings);

    /// <inheritdoc />
    protected override async Task<SourceAnswer> ReadOnceAsync(ServiceTarget target, CancellationToken cancellationToken)
    {
        var place = ConsulTarget.Of(target, _settings);
        var agents = AgentsOf(place);
        var first = AnyOf(agents);
        DiscoveryException? failure = null;
        for (var i = 0; i < agents.Length; i++)
        {
            try
            {
                using var query = new HealthQuery(agents[(first + i) % agents.Length], place, _settings, _pauses, Time);
                return await query.NextAsync(NextJitter(), cancellationToken);
            }
            catch (DiscoveryException error)
            {
                failure = error;
            }
        }

        throw failure!;
    }

    /// <inheritdoc />
    protected override async IAsyncEnumerable<SourceAnswer> ReadAsync(ServiceTarget target, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var place = ConsulTarget.Of(target, _settings);
        var agents = AgentsOf(place);
        var (current, failures) = (AnyOf(agents), 0);
        while (true)
        {
            using var query = new HealthQuery(agents[current], place, _settings, _pauses, Time);
            DiscoveryException failure;
            while (true)
            {
                SourceAnswer answer;
                try
                {
                    answer = await query.NextAsync(NextJitter(), cancellationToken);
                }
                catch (DiscoveryException error)
                {
                    failure = error;
                    break;
                }

                failures = 0;
                yield return answer;
            }

            // The next agent is asked before anybody hears of it; only when all have failed since the last good answer is the watch in trouble.
            if (++failures >= agents.Length)
                throw failure;
            current = (current + 1) % agents.Length;
            await Task.Delay(LongestPause * NextJitter(), Time, cancellationToken);
        }
    }

    // Not the first for all: the watches of many clients are spread over the agents.
    private int AnyOf(ImmutableArray<Uri> agents) => (int)(NextJitter() * agents.Length);

    private ImmutableArray<Uri> AgentsOf(ConsulTarget place) => place.Agents.IsEmpty ? _settings.Agents : place.Agents;
}
