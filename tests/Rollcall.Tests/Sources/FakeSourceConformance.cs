using Rollcall.TestKit.Sources;

namespace Rollcall.Tests.Sources;

/// <summary>The laws over a scripted source: whatever fails here is the base class's fault.</summary>
public sealed class FakeSourceConformance : DiscoverySourceConformance
{
    protected override ValueTask<SourceWorld> CreateWorldAsync() => new(new FakeWorld());

    private sealed class FakeWorld : SourceWorld
    {
        private readonly FakeSource _source;

        public FakeWorld() => _source = new FakeSource(Time);

        public override IDiscoverySource Source => _source;

        public override ServiceTarget Target => FakeSource.Target;

        public override IReadOnlyList<string> MalformedTargets { get; } = ["fake://orders"];

        public override int OpenResources => _source.Open;

        public override Task SetAsync(params IReadOnlyList<Endpoint> endpoints)
        {
            _source.Set(endpoints);
            return Task.CompletedTask;
        }

        public override Task RemoveAsync() => SetAsync();

        public override Task BreakAsync()
        {
            _source.Break();
            return Task.CompletedTask;
        }

        public override Task HealAsync()
        {
            _source.Heal();
            return Task.CompletedTask;
        }
    }
}
