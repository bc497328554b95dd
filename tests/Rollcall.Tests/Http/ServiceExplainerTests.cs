using Microsoft.Extensions.DependencyInjection;
using Rollcall.Health;
using Rollcall.Http;
using Rollcall.Tests.DependencyInjection;

namespace Rollcall.Tests.Http;

public sealed class ServiceExplainerTests
{
    [Fact]
    public async Task ExplainAsync_KnowsWhatTheProcessHasLearned()
    {
        await using var application = new Application(null, ("Rollcall:Services:orders", "fake:///orders"), ("Rollcall:Balancer", "least-requests"));
        application.Source.Set(new Endpoint("a", "10.0.0.1", 80), new Endpoint("b", "10.0.0.2", 80), new Endpoint("c", "10.0.0.3", new SmallMap<int>([new("x", 1), new("y", 2)])));
        await application.SendAsync("http://orders/");
        var target = ServiceTarget.Parse("fake:///orders");
        var health = application.Services.GetRequiredService<HealthMonitor>().Of(target);
        health.Endpoints[0].Begin();
        health.Silent(health.Endpoints[1]);
        var explainer = application.Services.GetRequiredService<ServiceExplainer>();

        var explanation = await explainer.ExplainAsync("orders");

        Assert.Equal(("fake:///orders", "least-requests"), (explanation.Target, explanation.Policy));
        Assert.Equal(["usable", "ready"], explanation.Steps.Select(static step => step.Filter));
        Assert.Equal(("c", "none of its ports is the one to send to; there are: x, y"), (explanation.Steps[0].Removed![0].Id, explanation.Steps[0].Removed![0].Reason));
        Assert.Equal((1, "a"), (explanation.Candidates[0].InFlight, explanation.Winner));
        Assert.StartsWith("avoided until ", explanation.Candidates[1].Avoided, StringComparison.Ordinal);

        // To explain takes nobody's try: the avoided one still has it.
        application.Time.Advance(TimeSpan.FromMinutes(1));
        await explainer.ExplainAsync("orders");
        Assert.True(health.Allows(health.Endpoints[1]));
    }

    [Theory]
    [InlineData("http://orders", 2)]
    [InlineData("http://_x.orders", 1)]
    [InlineData("fake:///orders", 3)]
    public async Task ExplainAsync_NamesAndTargets_AreFound(string text, int candidates)
    {
        await using var application = new Application(null, ("Rollcall:Services:orders", "fake:///orders"));
        application.Source.Set(new Endpoint("a", "10.0.0.1", 80), new Endpoint("b", "10.0.0.2", 80), new Endpoint("c", "10.0.0.3", new SmallMap<int>([new("x", 1), new("y", 2)])));

        var explanation = await application.Services.GetRequiredService<ServiceExplainer>().ExplainAsync(text, client: "client");

        Assert.Equal(("fake:///orders", candidates), (explanation.Target, explanation.Candidates.Count));
    }

    [Fact]
    public async Task ExplainAsync_Neither_IsRefused()
    {
        await using var application = new Application();

        await Assert.ThrowsAsync<ArgumentException>(() => application.Services.GetRequiredService<ServiceExplainer>().ExplainAsync("orders/x"));
    }
}
