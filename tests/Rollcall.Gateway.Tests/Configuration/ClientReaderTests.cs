using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.Gateway.Configuration;
using Rollcall.Gateway.Forwarding;
using Rollcall.Http;

namespace Rollcall.Gateway.Tests.Configuration;

public sealed class ClientReaderTests
{
    public static TheoryData<string, string, object> Written => new()
    {
        { "balancer", "maglev", "maglev" },
        { "zone", "b", "b" },
        { "preferOwnZone", "true", true },
        { "slowStartWindow", "20s", TimeSpan.FromSeconds(20) },
        { "slowStartMinShare", "0.5", 0.5 },
        { "slowStartAggression", "2", 2.0 },
        { "aperture", "5", 5 },
        { "perTryTimeout", "700ms", TimeSpan.FromMilliseconds(700) },
        { "totalTimeout", "9s", TimeSpan.FromSeconds(9) },
        { "maxAttempts", "4", 4 },
        { "connectTimeout", "3s", TimeSpan.FromSeconds(3) },
        { "retryErrors", "false", false },
        { "retryBudget", "0.05", 0.05 },
        { "minRetriesPerSecond", "0", 0 },
        { "maxReplayBytes", "0", 0 },
        { "hedgingDelay", "50ms", TimeSpan.FromMilliseconds(50) },
        { "hedgingQuantile", "0.95", 0.95 },
        { "maxHedges", "2", 2 },
        { "breakerMinRequests", "5", 5 },
        { "breakerWindow", "1m", TimeSpan.FromMinutes(1) },
        { "breakerPause", "500ms", TimeSpan.FromMilliseconds(500) },
        { "maxRequests", "100", 100 },
        { "maxRequestsPerEndpoint", "10", 10 },
        { "maxQueue", "7", 7 },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public async Task Read_EachKey_IsTheOptionOfThatName(string key, string text, object expected)
    {
        var option = typeof(RollcallClientOptions).GetProperty(char.ToUpperInvariant(key[0]) + key[1..])!;

        var (untouched, written) = (await ReadAsync("zone: a"), await ReadAsync($"{key}: {text}"));

        Assert.Equal(expected, option.GetValue(written));
        Assert.NotEqual(expected, option.GetValue(untouched));
    }

    [Fact]
    public void Written_HasEveryKey_ButTheOneThatIsAMap() =>
        Assert.Equal(ClientReader.Keys.Order(StringComparer.Ordinal), Written.Select(static row => row.Data.Item1).Append("subset").Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("totalTimeout: 2h", "(2,45): cluster 'a': 'totalTimeout' is '2h'; it must be a duration from 0s to 1h.")]
    [InlineData("retryErrors: no", "(2,44): cluster 'a': 'retryErrors' is 'no'; it must be true or false.")]
    [InlineData("retryBudget: 2", "(2,44): cluster 'a': RetryBudget is 2; it must be 0 to 1.")]
    [InlineData("minRetriesPerSecond: 100001", "(2,52): cluster 'a': 'minRetriesPerSecond' is '100001'; it must be a number from 0 to 100000.")]
    [InlineData("maxReplayBytes: 67108865", "(2,47): cluster 'a': 'maxReplayBytes' is '67108865'; it must be a number from 0 to 67108864.")]
    [InlineData("hedgingDelay: 2h", "(2,45): cluster 'a': 'hedgingDelay' is '2h'; it must be a duration from 0s to 1h.")]
    [InlineData("hedgingQuantile: 1", "(2,48): cluster 'a': HedgingQuantile is 1; it must be 0, which turns it off, to less than 1, such as 0.95.")]
    [InlineData("maxHedges: 6", "(2,42): cluster 'a': 'maxHedges' is '6'; it must be a number from 1 to 5.")]
    [InlineData("breakerMinRequests: 1", "(2,51): cluster 'a': BreakerMinRequests is 1; it must be 0, which turns the breaker off, or 2 to 1,000,000.")]
    [InlineData("breakerWindow: 1ms", "(2,46): cluster 'a': 'breakerWindow' is '1ms'; it must be a duration from 500ms to 1h.")]
    [InlineData("breakerPause: 2h", "(2,45): cluster 'a': 'breakerPause' is '2h'; it must be a duration from 500ms to 1h.")]
    [InlineData("maxRequests: 1000001", "(2,44): cluster 'a': 'maxRequests' is '1000001'; it must be a number from 0 to 1000000.")]
    [InlineData("maxRequestsPerEndpoint: -1", "(2,55): cluster 'a': 'maxRequestsPerEndpoint' is '-1'; it must be a number from 0 to 1000000.")]
    [InlineData("maxQueue: x", "(2,41): cluster 'a': 'maxQueue' is 'x'; it must be a number from 0 to 1000000.")]
    public async Task Read_WhatIsWrong_IsToldWithItsPlace(string entry, string expected)
    {
        var error = await Assert.ThrowsAsync<RoutesFileException>(() => ReadAsync(entry));

        Assert.Equal("routes.yaml" + expected, error.Message);
    }

    [Fact]
    public async Task A_gateway_loads_short_bodies_unless_the_process_or_the_file_says_otherwise()
    {
        var configured = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Rollcall:MaxReplayBytes"] = "0" };

        Assert.Equal(ClientReader.DefaultReplayBytes, (await ReadAsync("zone: a")).MaxReplayBytes);
        Assert.Equal(0, (await ReadAsync("zone: a", configured)).MaxReplayBytes);
        Assert.Equal(9, (await ReadAsync("maxReplayBytes: 9", configured)).MaxReplayBytes);
    }

    private static async Task<RollcallClientOptions> ReadAsync(string entry, Dictionary<string, string?>? configured = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(configured ?? []).Build());
        services.AddRollcall();
        GatewayHost.AddGatewayTo(services);
        await using var provider = services.BuildServiceProvider();
        var text = Encoding.UTF8.GetBytes($"clusters:\n  a: {{ target: static:///a:1, {entry} }}\ndefault: a");
        var (config, _) = await provider.GetRequiredService<GatewayRoutes>().CheckAsync("routes.yaml", text);
        return config.Clusters["a"].Client;
    }
}
