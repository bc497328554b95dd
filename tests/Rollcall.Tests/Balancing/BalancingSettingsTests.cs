using Microsoft.Extensions.Configuration;
using Rollcall.Balancing;
using Rollcall.Configuration;
using Rollcall.Http;

namespace Rollcall.Tests.Balancing;

public sealed class BalancingSettingsTests
{
    [Fact]
    public void Of_Defaults_AreAPolicyAndNoFilter() => Assert.Equal(new BalancingSettings(), BalancingSettings.Of(new BalancingOptions(), static _ => "a"));

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("a", null, "a")]
    [InlineData(null, " b ", "b")]
    [InlineData("a", "b", "a")]
    [InlineData(null, " ", null)]
    public void Of_PreferOwnZone_TakesTheZoneOfTheOptionsThenOfTheEnvironment(string? option, string? variable, string? expected)
    {
        var settings = BalancingSettings.Of(new BalancingOptions { PreferOwnZone = true, Zone = option }, name => name == "ROLLCALL_ZONE" ? variable : null);

        Assert.Equal(expected, settings.PreferredZone);
    }

    [Fact]
    public void Of_Aperture_NamesTheProcessUnlessItIsNamed()
    {
        Assert.Contains(Environment.MachineName, BalancingSettings.Of(new BalancingOptions { Aperture = 3 }).Aperture!.Client, StringComparison.Ordinal);
        Assert.Equal("checkout-3", BalancingSettings.Of(new BalancingOptions { Aperture = 3, ApertureClient = "checkout-3" }).Aperture!.Client);
    }

    [Fact]
    public void Read_EveryOption_ComesFromTheConfigurationAndIsTakenOver()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Rollcall:Balancer"] = "random",
            ["Rollcall:Zone"] = "a",
            ["Rollcall:PreferOwnZone"] = "true",
            ["Rollcall:Subset:version"] = "v2",
            ["Rollcall:SlowStartWindow"] = "30s",
            ["Rollcall:SlowStartMinShare"] = "0.2",
            ["Rollcall:SlowStartAggression"] = "1.5",
            ["Rollcall:Aperture"] = "20",
            ["Rollcall:ApertureClient"] = "checkout-3",
        }).Build();
        List<string> errors = [];
        var (read, copy, untouched) = (new BalancingOptions(), new BalancingOptions(), new BalancingOptions());
        copy.Subset["gone"] = "x";

        BalancingOptionsReader.Read(new ConfigurationReader(configuration.GetSection("Rollcall"), errors), read);
        copy.CopyFrom(read);

        Assert.Empty(errors);
        foreach (var option in typeof(BalancingOptions).GetProperties())
        {
            Assert.NotEqual(option.GetValue(untouched), option.GetValue(read));
            Assert.Equal(option.GetValue(read), option.GetValue(copy));
        }

        Assert.Equal(
            new BalancingSettings
            {
                Policy = "random",
                PreferredZone = "a",
                Subset = new SmallMap<string>([new("version", "v2")]),
                SlowStart = new(TimeSpan.FromSeconds(30), 0.2, 1.5),
                Aperture = new(20, "checkout-3"),
            },
            BalancingSettings.Of(copy));
    }

    [Fact]
    public void Errors_EverythingWrong_NamesEverythingAtOnce()
    {
        var options = new BalancingOptions
        {
            Balancer = "fastest",
            Zone = " ",
            Subset = { [" "] = "x" },
            SlowStartWindow = TimeSpan.FromHours(-1),
            SlowStartMinShare = double.NaN,
            SlowStartAggression = 11,
            Aperture = -1,
            ApertureClient = "",
        };

        var errors = BalancingOptionsValidator.Errors(options, new Balancers(new Random(1)), "Here:").ToArray();

        Assert.Equal(
            ["Balancer", "Zone", "Subset", "SlowStartWindow", "SlowStartMinShare", "SlowStartAggression", "Aperture", "ApertureClient"],
            errors.Select(static error => error["Here:".Length..error.IndexOf(' ', StringComparison.Ordinal)]));
        Assert.Empty(BalancingOptionsValidator.Errors(new BalancingOptions(), new Balancers(new Random(1)), "Here:"));
    }

    [Fact]
    public void RouteKey_OfEqualSettings_IsEqualAndOfOthersIsNot()
    {
        var key = new RouteKey("http", "orders", new() { Subset = new SmallMap<string>([new("version", "v2")]) });
        var same = new RouteKey("http", "orders", new() { Subset = new SmallMap<string>([new("version", "v2")]) });

        Assert.Equal(key, same);
        Assert.Equal(key.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(key, key with { Scheme = "https" });
        Assert.NotEqual(key, key with { Host = "billing" });
        Assert.NotEqual(key, key with { Settings = new() });
    }
}
