using Rollcall.Sources;
using Rollcall.TestKit.Sources;
using Rollcall.Watching;

namespace Rollcall.Tests.Sources;

public sealed class SourceRegistryTests
{
    private static readonly Endpoint A = new("a", "10.0.0.1", 80);

    [Fact]
    public async Task A_target_goes_to_the_source_of_its_scheme()
    {
        var fake = new FakeSource();
        fake.Set(A);
        var registry = new SourceRegistry([new StaticSource(), fake, new FileSource()]);

        Assert.Equal(["fake", "file", "static"], registry.Schemes);
        Assert.Equal([A], (await registry.DiscoverAsync(FakeSource.Target, CancellationToken.None)).Endpoints);
        Assert.Equal("b:80", Assert.Single((await registry.DiscoverAsync(ServiceTarget.Parse("b:80"), CancellationToken.None)).Endpoints).Id);
    }

    [Fact]
    public void An_unknown_scheme_is_an_error_that_lists_the_known_ones()
    {
        var registry = new SourceRegistry([new StaticSource(), new FileSource()]);

        var error = Assert.Throws<ArgumentException>(() => registry.Validate(ServiceTarget.Parse("k8s:///shop/orders")));

        Assert.Contains("'k8s'", error.Message, StringComparison.Ordinal);
        Assert.Contains("There are: file, static.", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => { _ = registry.WatchAsync(ServiceTarget.Parse("k8s:///shop/orders"), CancellationToken.None); });
    }

    [Fact]
    public void A_hint_goes_to_the_source_of_its_scheme_if_that_one_takes_hints()
    {
        var fake = new FakeSource();
        var registry = new SourceRegistry([new StaticSource(), fake]);

        registry.Refresh(FakeSource.Target);
        registry.Refresh(ServiceTarget.Parse("b:80"));
        registry.Refresh(ServiceTarget.Parse("k8s:///shop/orders"));

        Assert.Equal(1, fake.Refreshed);
    }

    [Fact]
    public void The_later_source_of_a_scheme_replaces_the_earlier()
    {
        var second = new FakeSource();
        var registry = new SourceRegistry([new FakeSource(), second]);

        Assert.Same(second, registry.Find(FakeSource.Target));
    }

    [Fact]
    public async Task Failures_before_the_first_state_reach_the_caller_through_the_registry()
    {
        var fake = new FakeSource();
        fake.Break("the registry is on fire");
        var options = new WatchOptions { FirstSnapshotTimeout = TimeSpan.FromMilliseconds(200) };
        await using var resolver = new ServiceResolver(new SourceRegistry([fake]), options);
        using var watch = resolver.Watch(FakeSource.Target);

        var error = await Assert.ThrowsAsync<DiscoveryException>(() => watch.GetAsync().AsTask());

        Assert.Contains("the registry is on fire", error.Message, StringComparison.Ordinal);
    }
}
