using Rollcall.Balancing;

namespace Rollcall.Tests.Balancing;

public sealed class BalancersTests
{
    [Fact]
    public void Get_UnknownName_ListsThoseThereAre()
    {
        var error = Assert.Throws<ArgumentException>(() => new Balancers(new Random(1)).Get("fastest"));

        Assert.StartsWith("There is no balancing policy 'fastest'; there are: least-requests, maglev, peak-ewma, pick-first, random, ring-hash, round-robin.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Get_EveryName_MakesAPickerThatPicks()
    {
        var balancers = new Balancers(new Random(1));

        foreach (var name in balancers.Names)
        {
            Assert.Equal(name, balancers.Get(name).Name);
            Assert.InRange(balancers.Get(name).CreatePicker(Make.Weighted(1, 2, 3)).Pick(PickContext.None), 0, 2);
        }
    }

    [Fact]
    public void Get_ApplicationsOwnPolicy_IsFoundByName()
    {
        var balancers = new Balancers(new Random(1), [new First()]);

        Assert.Equal(0, balancers.Get("first").CreatePicker(Make.Weighted(1, 2)).Pick(PickContext.None));
        Assert.True(balancers.Contains("first"));
    }

    private sealed class First : IBalancer, IEndpointPicker
    {
        public string Name => "first";

        public IEndpointPicker CreatePicker(ReadOnlySpan<BalancedEndpoint> candidates) => this;

        public int Pick(in PickContext context) => 0;
    }
}
