using Rollcall.Sources;
using Rollcall.TestKit.Sources;

namespace Rollcall.Tests.Sources;

public sealed class StaticSourceConformance : DiscoverySourceConformance
{
    protected override ValueTask<SourceWorld> CreateWorldAsync() => new(new StaticWorld());

    private sealed class StaticWorld : SourceWorld
    {
        private ServiceTarget? _target;

        public StaticWorld() => Source = new StaticSource(Time);

        public override IDiscoverySource Source { get; }

        public override ServiceTarget Target => _target!;

        public override IReadOnlyList<string> MalformedTargets { get; } =
        [
            "static:///a", "static:///a:80,a:80", "static:///a:0", "static:///a:65536", "static:///:80", "static:///a:80,", "static://a:80",
            "static:///a:80?x=y", "static:///a:80#x", "static:///a:80;weight=101", "static:///a:80;colour=red", "static:///::1:80", "static:///[::1]",
            "static:///tcp://a:80", "http://:80",
        ];

        public override string? CannotChange => "The endpoints are part of the target.";

        public override string? CannotBreak => "There is nothing to read that could fail.";

        public override string? CannotFlag => "Who is written into a target is ready.";

        public override Task SetAsync(params IReadOnlyList<Endpoint> endpoints)
        {
            _target = ServiceTarget.Parse("static:///" + string.Join(',', endpoints.Select(static endpoint => $"{endpoint.Host}:{endpoint.Ports["http"]}")));
            return Task.CompletedTask;
        }
    }
}
