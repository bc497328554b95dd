using Rollcall.Http;

namespace Rollcall.Tests.Http;

public sealed class AffinityTests
{
    [Theory]
    [InlineData("header:X-User", "anna")]
    [InlineData("header:x-user", "anna")]
    [InlineData("header:X-Many", "a, b")]
    [InlineData("header:X-Other", null)]
    [InlineData("cookie:session", "s1")]
    [InlineData("cookie:b", "")]
    [InlineData("cookie:sess", null)]
    [InlineData("query:user", "a b&c")]
    [InlineData("query:use", null)]
    [InlineData("claim:sub", "ann")]
    [InlineData("claim:su", null)]
    public void KeyOf_IsWhatTheRequestHas(string option, string? expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders/x?a=1&user=a%20b%26c&user=second");
        request.Headers.Add("X-User", "anna");
        request.Headers.Add("X-Many", ["a", "b"]);
        request.Headers.Add("Authorization", "Bearer e30.eyJzdWIiOiJhbm4ifQ.");
        request.Headers.Add("Cookie", "mysession=no; session=s1; b=");

        Assert.Equal(expected, Affinity.Parse(option)!.KeyOf(request));
    }

    [Theory]
    [InlineData("X-User")]
    [InlineData("headers:X-User")]
    [InlineData("header:")]
    [InlineData("cookie:a b")]
    [InlineData("")]
    public void Problem_Malformed_SaysWhatItMustBe(string option) => Assert.Equal("it must be header:NAME, cookie:NAME, query:NAME or claim:NAME.", Affinity.Problem(option));

    [Fact]
    public void Problem_RightOne_IsNone() => Assert.Null(Affinity.Problem("header:X-User"));

    [Fact]
    public async Task Requests_TellThePolicyTheirKey()
    {
        await using var bench = new HttpBench(new ByKey());
        await bench.SetAsync([.. Enumerable.Range(0, 10).Select(static i => new Endpoint($"a{i}", $"10.0.0.{i + 1}", 80))]);
        var wire = new RecordingHandler();
        using var client = bench.Client(static options => (options.Balancer, options.AffinityKey) = ("by-key", "query:user"), wire);
        for (var i = 0; i < 60; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://orders/?user={i % 3}");
            if (i % 3 == 2)
                request.Options.Set(RollcallRequest.Key, "0");
            using var response = await client.SendAsync(request);
        }

        var hosts = wire.Uris.Select(static (uri, at) => (uri.Host, at % 3)).Distinct().ToArray();
        Assert.Equal(3, hosts.Length);
        Assert.Equal(hosts[0].Host, hosts[2].Host);
    }

    /// <summary>The simplest policy with affinity.</summary>
    private sealed class ByKey : IBalancer
    {
        public string Name => "by-key";

        public IEndpointPicker CreatePicker(ReadOnlySpan<BalancedEndpoint> candidates) => new Picker(candidates.Length);

        private sealed class Picker(int count) : IEndpointPicker
        {
            public int Pick(in PickContext context) => (int)((context.Key + (ulong)context.Turn) % (ulong)count);
        }
    }
}
