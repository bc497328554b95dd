using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rollcall.Balancing;
using Rollcall.Http;

namespace Rollcall.Tests.DependencyInjection;

/// <summary>How clients send requests is read, copied to each client and checked: every option, so that none is forgotten.</summary>
public sealed class ClientOptionsTests
{
    private static readonly PropertyInfo[] Properties = typeof(RollcallClientOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);

    [Fact]
    public async Task EveryOption_IsReadFromTheConfigurationByEachClient()
    {
        var settings = Properties.Select(static (property, at) => ($"Rollcall:{property.Name}", Text(property, at + 1))).ToArray();
        await using var application = new Application(static services => services.AddHttpClient("client").UseRollcall(), [.. settings.Select(static s => (s.Item1, s.Item2))]);

        var options = application.Services.GetRequiredService<IOptionsMonitor<RollcallClientOptions>>().Get("client");

        Assert.True(Properties.Length >= 18);
        Assert.All(Properties.Select(static (property, at) => (property, at)), item => Assert.Equal(Value(item.property, item.at + 1), item.property.GetValue(options)));
    }

    [Fact]
    public void EveryRule_NamesItsOption()
    {
        var wrong = new RollcallClientOptions
        {
            MaxAttempts = 11,
            PerTryTimeout = TimeSpan.Zero,
            TotalTimeout = TimeSpan.FromHours(2),
            ConnectTimeout = TimeSpan.FromHours(2),
            RetryBudget = double.NaN,
            MinRetriesPerSecond = -1,
            MaxReplayBytes = (64 * 1024 * 1024) + 1,
            HedgingDelay = TimeSpan.FromSeconds(-1),
            HedgingQuantile = 1,
            MaxHedges = 0,
            BreakerMinRequests = 1,
            BreakerWindow = TimeSpan.Zero,
            BreakerPause = TimeSpan.Zero,
            MaxRequests = -1,
            MaxRequestsPerEndpoint = -1,
            MaxQueue = 1_000_001,
            AffinityKey = "X-User",
        };

        var errors = RollcallClientOptionsValidator.Errors(wrong, new Balancers(new Random(1)), "").ToArray();

        // All but the one that has no wrong value.
        Assert.Equal(
            Properties.Select(static property => property.Name).Except([nameof(RollcallClientOptions.RetryErrors)]).Order(StringComparer.Ordinal),
            errors.Select(static error => error.Split(' ')[0]).Order(StringComparer.Ordinal));
        Assert.Empty(RollcallClientOptionsValidator.Errors(new RollcallClientOptions(), new Balancers(new Random(1)), ""));
    }

    private static string Text(PropertyInfo property, int number) => Value(property, number) switch
    {
        TimeSpan duration => DurationText.Format(duration),
        bool flag => flag ? "true" : "false",
        var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    // Valid, and nobody's default.
    private static object Value(PropertyInfo property, int number) => property.Name switch
    {
        nameof(RollcallClientOptions.MaxAttempts) => 7,
        nameof(RollcallClientOptions.MaxHedges) => 3,
        nameof(RollcallClientOptions.AffinityKey) => "cookie:session",
        nameof(RollcallClientOptions.RetryErrors) => false,
        _ when property.PropertyType == typeof(TimeSpan) => TimeSpan.FromMilliseconds(900 + number),
        _ when property.PropertyType == typeof(double) => 0.3 + (number / 100.0),
        _ => 200 + number,
    };
}
