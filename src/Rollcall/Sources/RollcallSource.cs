using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Rollcall.Api;
using Rollcall.Watching;

namespace Rollcall.Sources;

/// <summary>
/// Endpoints from a Rollcall node: <c>rollcall:///orders</c>, <c>rollcall://node:7655/orders</c>, or several nodes <c>rollcall://a:7655,b:7655/orders</c>, of which
/// the next is asked when one fails. With <c>?zone=a</c> and <c>?meta.version=v2</c> only matching instances.
/// </summary>
/// <remarks>
/// Follows by blocking queries. Each names the revision that has been applied, which is what a node waits for when it drains an instance.
/// </remarks>
public sealed class RollcallSource : DiscoverySource
{
    private const int MaxWatcherNameLength = 100;
    private const string MetadataPrefix = "meta.";

    private readonly ImmutableArray<Uri> _nodes;
    private readonly string _watcher;
    private readonly TimeSpan _wait;
    private readonly TimeSpan _answerTimeout;

    /// <summary>A source with these options.</summary>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="random">For jitter and the watcher's name; null for one with a seed of its own.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public RollcallSource(RollcallSourceOptions? options = null, TimeProvider? time = null, Random? random = null)
        : base(time, random)
    {
        options ??= new RollcallSourceOptions();
        if (options.Wait < TimeSpan.FromSeconds(1) || options.Wait > TimeSpan.FromMinutes(5))
            throw new ArgumentException($"{nameof(options.Wait)} is {options.Wait}; it must be 1 s to 5 min.", nameof(options));
        if (options.AnswerTimeout <= TimeSpan.Zero || options.AnswerTimeout > TimeSpan.FromMinutes(5))
            throw new ArgumentException($"{nameof(options.AnswerTimeout)} is {options.AnswerTimeout}; it must be more than 0 and at most 5 min.", nameof(options));
        _watcher = options.WatcherName ?? DefaultWatcherName();
        if (_watcher.Length is 0 or > MaxWatcherNameLength || _watcher.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            throw new ArgumentException($"{nameof(options.WatcherName)} must have 1 to {MaxWatcherNameLength} characters of printable ASCII.", nameof(options));
        _nodes = [.. options.Nodes.Select(static node => NodeUrl.Parse(node.AbsoluteUri))];
        _wait = options.Wait;
        _answerTimeout = options.AnswerTimeout;
    }

    /// <summary>What this process has found out of a target's instances; reported with each query.</summary>
    internal Func<ServiceTarget, IReadOnlyList<FindingDocument>>? Findings { get; init; }

    /// <inheritdoc />
    public override IReadOnlyCollection<string> Schemes { get; } = ["rollcall"];

    /// <inheritdoc />
    public override void Validate(ServiceTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        QueryOf(target);
        if (target.Authority.Length > 0)
            NodesOf(target);
    }

    /// <inheritdoc />
    /// <remarks>By a plain query: who asks once must not be listed as a watcher that a drain waits for.</remarks>
    protected override async Task<SourceAnswer> ReadOnceAsync(ServiceTarget target, CancellationToken cancellationToken)
    {
        var query = QueryOf(target);
        Exception? failure = null;
        foreach (var node in NodesOf(target))
        {
            try
            {
                using var http = NodeClient.CreateHttpClient(node);
                var answer = await new NodeClient(http, Time, _answerTimeout).GetServiceAsync(target.Path, query, cancellationToken);
                return InstanceReader.Read(answer);
            }
            catch (NodeException error) when (error.Is("service-not-found"))
            {
                return ImmutableArray<Endpoint>.Empty;
            }
            catch (NodeException error)
            {
                failure = error;
            }
        }

        throw Failed(failure!);
    }

    /// <inheritdoc />
    protected override async IAsyncEnumerable<SourceAnswer> ReadAsync(
        ServiceTarget target, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var nodes = NodesOf(target);
        var query = QueryOf(target) with { Watcher = WatcherOf(target) };
        var (current, failures) = (0, 0);
        while (true)
        {
            using var http = NodeClient.CreateHttpClient(nodes[current]);
            var polls = new BlockingQuery(new NodeClient(http, Time, _answerTimeout), target.Path, query, _wait, Time, Findings is { } findings ? () => findings(target) : null);
            Exception failure;
            while (true)
            {
                ImmutableArray<Endpoint> endpoints;
                try
                {
                    endpoints = InstanceReader.Read(await polls.NextAsync(cancellationToken));
                }
                catch (Exception error) when (error is NodeException or DiscoveryException)
                {
                    failure = error;
                    break;
                }

                failures = 0;
                yield return endpoints;
            }

            // The next node is asked at once; only when all have failed since the last good answer is the watch in trouble.
            if (++failures == nodes.Length)
                throw Failed(failure);
            current = (current + 1) % nodes.Length;
        }
    }

    private static DiscoveryException Failed(Exception failure) => failure as DiscoveryException ?? new DiscoveryException(failure.Message, failure);

    private static ServiceQuery QueryOf(ServiceTarget target)
    {
        const string example = "Example: rollcall:///orders?zone=a&meta.version=v2.";
        if (!NameRules.IsLabel(target.Path))
            throw new ArgumentException($"The target {target} is malformed: '{target.Path}' is no name of a service (1 to 63 lower-case letters, digits and hyphens). {example}", nameof(target));
        if (target.Fragment.Length > 0)
            throw new ArgumentException($"The target {target} is malformed: it takes no #fragment. {example}", nameof(target));
        string? zone = null;
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in target.Query)
        {
            if (key is "zone" && NameRules.IsLabel(value))
                zone = value;
            else if (key.StartsWith(MetadataPrefix, StringComparison.Ordinal) && key.Length > MetadataPrefix.Length)
                metadata.Add(key[MetadataPrefix.Length..], value);
            else if (key is "ready")
                throw new ArgumentException($"The target {target} is malformed: a watch is told of every endpoint and how it is; choosing the ready ones is the balancer's. Leave 'ready' out.", nameof(target));
            else if (key is "zone")
                throw new ArgumentException($"The target {target} is malformed: '{value}' is no zone (1 to 63 lower-case letters, digits and hyphens). {example}", nameof(target));
            else
                throw new ArgumentException($"The target {target} is malformed: there is no parameter '{key}'; there are zone and meta.KEY. {example}", nameof(target));
        }

        return new ServiceQuery { Zone = zone, Metadata = metadata };
    }

    private ImmutableArray<Uri> NodesOf(ServiceTarget target)
    {
        if (target.Authority.Length == 0)
            return _nodes.IsEmpty ? [.. NodeUrl.AllFromEnvironment()] : _nodes;
        var nodes = ImmutableArray.CreateBuilder<Uri>();
        foreach (var text in target.Authority.Split(','))
        {
            if (!NodeUrl.TryParse(text, out var node, out var error))
                throw new ArgumentException($"The target {target} is malformed: {error} Example: rollcall://10.0.0.5:7655,10.0.0.6:7655/orders.", nameof(target));
            nodes.Add(node);
        }

        return nodes.ToImmutable();
    }

    // Watches of one service with different filters apply its revisions each at their own time, so each needs a name of its own.
    private string WatcherOf(ServiceTarget target)
    {
        if (target.Query.Count == 0)
            return _watcher;
        var hash = 2166136261u; // FNV-1a: the same in every run, unlike string.GetHashCode
        foreach (var c in target.ToString())
            hash = (hash ^ c) * 16777619u;
        return string.Create(CultureInfo.InvariantCulture, $"{_watcher}?{hash:x8}");
    }

    private string DefaultWatcherName()
    {
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.MachineName}-{AppDomain.CurrentDomain.FriendlyName}-{Environment.ProcessId}-{(uint)(NextJitter() * uint.MaxValue):x8}");
        name = string.Concat(name.Select(static c => c is > ' ' and <= '~' ? c : '_'));
        return name.Length <= MaxWatcherNameLength ? name : name[^MaxWatcherNameLength..];
    }
}
