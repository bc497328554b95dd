using System.Net;
using System.Net.Http.Headers;
using Rollcall.Servers;
using Rollcall.TestKit;

namespace Rollcall.Tests.Servers;

public sealed class RetryAfterTests
{
    private static readonly Uri Server = new("http://10.0.0.1:80/list");

    private readonly VirtualTime _time = new();

    [Theory]
    [InlineData(0.0, 90.0)]
    [InlineData(0.5, 101.25)]
    [InlineData(0.999, 112.4)]
    public async Task Those_who_were_sent_away_together_do_not_come_back_together(double jitter, double seconds)
    {
        var pauses = Noted(jitter, TimeSpan.FromSeconds(90));
        _time.Advance(TimeSpan.FromSeconds(seconds - 3.1));
        await Assert.ThrowsAsync<DiscoveryException>(() => pauses.WaitAsync("list", Server, CancellationToken.None));
        _time.Advance(TimeSpan.FromSeconds(0.2));
        var waiting = pauses.WaitAsync("list", Server, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(2.8));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await Eventually.Within(waiting);
        Assert.True(pauses.WaitAsync("list", Server, CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_long_wait_is_told_with_what_was_tried_and_until_when()
    {
        var pauses = Noted(0, TimeSpan.FromSeconds(90));
        _time.Advance(TimeSpan.FromSeconds(10));
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => pauses.WaitAsync("list the endpoints of orders", Server, CancellationToken.None));
        Assert.Equal("Cannot list the endpoints of orders: http://10.0.0.1 has asked to be left alone for 1m30s (Retry-After); it is asked again at 2026-01-01 00:01:30Z.", error.Message);
    }

    [Fact]
    public async Task Nobody_is_obeyed_for_longer_than_the_limit_and_a_quarter()
    {
        var pauses = Noted(0.999, TimeSpan.FromDays(365));
        _time.Advance(TimeSpan.FromMinutes(5 * 1.25));
        await Eventually.Within(pauses.WaitAsync("list", Server, CancellationToken.None));
    }

    [Fact]
    public async Task Other_servers_and_other_answers_are_not_concerned()
    {
        var pauses = Noted(0, TimeSpan.FromSeconds(90));
        await Eventually.Within(pauses.WaitAsync("list", new Uri("http://10.0.0.1:81"), CancellationToken.None));
        var fine = new RetryAfter(_time, TimeSpan.FromMinutes(5), static () => 0);
        using var response = new HttpResponseMessage(HttpStatusCode.NotFound) { Headers = { RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(9)) } };
        fine.Note(Server, response);
        await Eventually.Within(fine.WaitAsync("list", Server, CancellationToken.None));
    }

    private RetryAfter Noted(double jitter, TimeSpan wish)
    {
        var pauses = new RetryAfter(_time, TimeSpan.FromMinutes(5), () => jitter);
        using var response = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Headers = { RetryAfter = new RetryConditionHeaderValue(wish) } };
        pauses.Note(Server, response);
        return pauses;
    }
}
