using Rollcall.Node.Requests;
using Rollcall.TestKit;

namespace Rollcall.Node.Tests.Requests;

public sealed class ServiceParametersTests
{
    private static readonly VirtualTime Time = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void No_query_costs_nothing()
    {
        Assert.Null(ServiceParameters.Read("", Time, TimeSpan.FromMinutes(5), out var read));
        Assert.Same(ServiceParameters.None, read);
    }

    [Fact]
    public void Every_parameter_is_read()
    {
        var problem = ServiceParameters.Read(
            "?ready=true&zone=a&meta.version=v%202&meta.x/y=&index=42&wait=1m&epoch=5f0c&unknown=1&ready2=x", Time, TimeSpan.FromMinutes(5), out var read);
        Assert.Null(problem);
        Assert.Equal((42L, TimeSpan.FromMinutes(1), "5f0c", null), (read.Index, read.Wait, read.Epoch, read.At));
        Assert.True(read.Filter!.ReadyOnly);
        Assert.Equal("a", read.Filter.Zone);
        Assert.Equal([new("version", "v 2"), new("x/y", "")], read.Filter.Labels);
    }

    [Theory]
    [InlineData("?ready=false")]
    [InlineData("?wait=5s")]
    [InlineData("?unknown=%zz")]
    public void What_filters_nothing_makes_no_filter(string query)
    {
        Assert.Null(ServiceParameters.Read(query, Time, TimeSpan.FromMinutes(5), out var read));
        Assert.Null(read.Filter);
    }

    [Theory]
    [InlineData("?at=10m", "2026-01-31T11:50:00Z")]
    [InlineData("?at=2026-01-31T10:00:00Z", "2026-01-31T10:00:00Z")]
    [InlineData("?at=2026-01-31T10:00:00%2B01:00", "2026-01-31T09:00:00Z")]
    [InlineData("?at=2026-01-31T10:00:00+01:00", "2026-01-31T09:00:00Z")]
    [InlineData("?at=2026-01-31T10:00:00.125", "2026-01-31T10:00:00.125Z")]
    [InlineData("?at=2026-01-31T10:00", "2026-01-31T10:00:00Z")]
    [InlineData("?at=2026-01-31", "2026-01-31T00:00:00Z")]
    public void Moments_are_read(string query, string expected)
    {
        Assert.Null(ServiceParameters.Read(query, Time, TimeSpan.FromMinutes(5), out var read));
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), read.At);
    }

    [Theory]
    [InlineData("?ready=1", "ready")]
    [InlineData("?ready", "ready")]
    [InlineData("?ready=true&ready=true", "ready")]
    [InlineData("?zone=A", "zone")]
    [InlineData("?index=-1", "index")]
    [InlineData("?index=", "index")]
    [InlineData("?index=9223372036854775808", "index")]
    [InlineData("?index=1&wait=5m1s", "wait")]
    [InlineData("?index=1&wait=-1s", "wait")]
    [InlineData("?epoch=x", "epoch")]
    [InlineData("?index=1&epoch=", "epoch")]
    [InlineData("?at=soon", "at")]
    [InlineData("?at=2026-01-31T12:00:01Z", "at")]
    [InlineData("?at=1h&index=3", "at")]
    [InlineData("?meta.=x", "meta.")]
    [InlineData("?meta.a=x&meta.a=y", "meta.a")]
    public void A_wrong_parameter_is_refused_by_name(string query, string field)
    {
        var problem = ServiceParameters.Read(query, Time, TimeSpan.FromMinutes(5), out _);
        Assert.Equal(field, Assert.Single(problem!.Errors!).Field);
    }

    [Fact]
    public void Every_wrong_parameter_is_named_at_once()
    {
        var problem = ServiceParameters.Read("?ready=x&zone=-&index=x&wait=x", Time, TimeSpan.FromMinutes(5), out _);
        Assert.Equal(["ready", "zone", "index", "wait"], problem!.Errors!.Select(static error => error.Field));
    }
}
