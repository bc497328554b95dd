using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Rollcall.Etcd.Members;
using Rollcall.Servers;
using Rollcall.Watching;

namespace Rollcall.Etcd;

/// <summary>
/// Endpoints that are registered in etcd: <c>etcd:///orders</c>, <c>etcd://a:2379,b:2379/orders</c>, with <c>?prefix=/services/</c> before the name. Each key
/// <c>orders/ID</c> is an endpoint.
/// </summary>
/// <remarks>
/// <para>Reads what Go programs write with <c>etcd/client/v3/naming/endpoints</c> (<c>{"Op":0,"Addr":"10.0.0.1:8080","Metadata":…}</c>), Rollcall's registration document
/// (<c>{"address":"10.0.0.1","ports":{"http":8080},"state":"ready"}</c>) and plain <c>host:port</c>. A record that makes no sense is left out; the others stay, and
/// <see cref="Freshness.Reason"/> says which and why.</para>
/// <para>Over the JSON gateway of etcd 3.4 and later: a list, then a watch from the next revision on. A member that fails is followed by the next.</para>
/// </remarks>
public sealed class EtcdSource : DiscoverySource
{
    // Between one member and the next, and before listing again: not at once, and not all clients together.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    // A watch that has lasted so long has worked; the end of it says nothing of the next.
    private static readonly TimeSpan SteadyAfter = TimeSpan.FromSeconds(10);

    private readonly EtcdSettings _settings;
    private readonly EtcdTokens _tokens;

    /// <summary>A source with these options.</summary>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="random">For jitter; null for one with a seed of its own.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names every one.</exception>
    public EtcdSource(EtcdSourceOptions? options = null, TimeProvider? time = null, Random? random = null)
        : base(time, random)
    {
        options ??= new EtcdSourceOptions();
        if (options.Errors().ToArray() is { Length: > 0 } errors)
            throw new ArgumentException(string.Join(' ', errors), nameof(options));
        _settings = new EtcdSettings(options, Environment.GetEnvironmentVariable);
        _tokens = new EtcdTokens(Time);
    }

    /// <inheritdoc />
    public override IReadOnlyCollection<string> Schemes { get; } = ["etcd"];

    /// <inheritdoc />
    public override void Validate(ServiceTarget target) => Parse(target);

    /// <inheritdoc />
    protected override async Task<SourceAnswer> ReadOnceAsync(ServiceTarget target, CancellationToken cancellationToken)
    {
        var place = Parse(target);
        var members = MembersOf(place);
        var first = AnyOf(members);
        DiscoveryException? failure = null;
        for (var i = 0; i < members.Length; i++)
        {
            try
            {
                using var member = Member(members[(first + i) % members.Length], members, place);
                return await new DirectoryWatch(member, place.Directory, _settings.Options, Time).ListAsync(cancellationToken);
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
        var place = Parse(target);
        var members = MembersOf(place);
        var (current, failures, isForgiven) = (AnyOf(members), 0, false);
        while (true)
        {
            DiscoveryException? failure = null;
            var began = Time.GetTimestamp();
            using var member = Member(members[current], members, place);
            var watch = new DirectoryWatch(member, place.Directory, _settings.Options, Time);
            await using (var answers = Newest.Of(watch.FollowAsync, cancellationToken).GetAsyncEnumerator(cancellationToken))
            {
                while (true)
                {
                    try
                    {
                        if (!await answers.MoveNextAsync())
                            break;
                    }
                    catch (DiscoveryException error)
                    {
                        failure = error;
                        break;
                    }

                    yield return answers.Current;
                }
            }

            // The next member is asked before anybody hears of it; only when all have failed in a row is the watch in trouble. The end of a stream that had begun, as a
            // load balancer ends idle ones, is not even one of these, unless it happens again at once.
            failures = watch.HasWatched ? 0 : failures;
            if (failure is not null)
            {
                current = (current + 1) % members.Length;
                if (watch.HasWatched && (!isForgiven || Time.GetElapsedTime(began) >= SteadyAfter))
                    isForgiven = true;
                else if (++failures >= members.Length)
                    throw failure;
            }

            await Task.Delay(LongestPause * NextJitter(), Time, cancellationToken);
        }
    }

    // Not the first for all: the watches of many clients are spread over the members.
    private int AnyOf(ImmutableArray<Uri> members) => (int)(NextJitter() * members.Length);

    private EtcdTarget Parse(ServiceTarget target) => EtcdTarget.Of(target, _settings.Options.Prefix, _settings.UseTls);

    private ImmutableArray<Uri> MembersOf(EtcdTarget place) => place.Members.IsEmpty ? _settings.Endpoints : place.Members;

    private EtcdMember Member(Uri address, ImmutableArray<Uri> members, EtcdTarget place) =>
        new(address, string.Join(',', members.Select(ServerFailure.NameOf)), place.Directory, _settings, _tokens, Time);
}
