using System.Net;
using System.Net.Sockets;
using Rollcall.TestKit.Dns;

namespace Rollcall.Tests.Sources.Dns;

/// <summary>Servers that fail, lie, cut off and fall silent; what is absent and what is broken.</summary>
public sealed class DnsFailureTests : IAsyncDisposable
{
    private const string Target = "dns:///orders.test:80";

    private readonly DnsWorld _world = new(servers: 2);

    public DnsFailureTests()
    {
        foreach (var server in _world.Servers)
            server.Set(ZoneRecord.Address("orders.test", "10.0.0.1"), ZoneRecord.Address("orders.test", "2001:db8::1"));
    }

    private FakeDnsServer First => _world.Servers[0];

    private FakeDnsServer Second => _world.Servers[1];

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(FakeDnsMode.ServerFailure)]
    [InlineData(FakeDnsMode.Refuse)]
    [InlineData(FakeDnsMode.Refer)]
    [InlineData(FakeDnsMode.Drop)]
    [InlineData(FakeDnsMode.Garbage)]
    [InlineData(FakeDnsMode.TruncateAndHangUp)]
    public async Task When_a_server_fails_the_next_is_asked(FakeDnsMode mode)
    {
        First.Behave(mode);

        Assert.Equal(2, (await _world.DiscoverAsync(Target)).Length);
        Assert.Equal(2, Second.Questions.Count);
    }

    [Theory]
    [InlineData(FakeDnsMode.ServerFailure, "answered SERVFAIL")]
    [InlineData(FakeDnsMode.Refuse, "answered REFUSED")]
    [InlineData(FakeDnsMode.Refer, "sends to other servers instead of answering")]
    [InlineData(FakeDnsMode.Drop, "did not answer within 2s")]
    [InlineData(FakeDnsMode.WrongId, "did not answer within 2s")]
    [InlineData(FakeDnsMode.WrongQuestion, "did not answer within 2s")]
    [InlineData(FakeDnsMode.WrongServer, "did not answer within 2s")]
    [InlineData(FakeDnsMode.Garbage, "answered with something malformed: it announces 9 records")]
    [InlineData(FakeDnsMode.TruncateAndHangUp, "closed the TCP connection in the middle")]
    public async Task When_all_fail_the_error_names_the_question_each_server_what_it_did_and_what_to_do(FakeDnsMode mode, string problem)
    {
        First.Behave(mode);
        Second.Behave(FakeDnsMode.ServerFailure);

        var error = await _world.FailureAsync(Target);

        Assert.Contains("Cannot look up A orders.test: ", error, StringComparison.Ordinal);
        Assert.Contains($"{First.EndPoint} {problem}", error, StringComparison.Ordinal);
        Assert.Contains($"{Second.EndPoint} answered SERVFAIL", error, StringComparison.Ordinal);
        Assert.Contains("Check the name servers (DnsSourceOptions.Servers)", error, StringComparison.Ordinal);
        // Twice each, of either family.
        Assert.Equal(4, Second.Questions.Count);
    }

    [Fact]
    public async Task A_port_where_nothing_listens_is_noticed_at_once()
    {
        using var unused = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        unused.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var end = (IPEndPoint)unused.LocalEndPoint!;
        unused.Close();

        var error = await _world.FailureAsync($"dns://{end}/orders.test:80");

        Assert.Contains($"{end} is no DNS server: nothing listens there", error, StringComparison.Ordinal);
        Assert.Contains("named in the target", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forged_answers_are_passed_over_and_the_true_one_is_taken()
    {
        First.Behave(FakeDnsMode.ForgedThenTrue);

        Assert.Equal(["10.0.0.1:80 10.0.0.1 http=80 100/0", "[2001:db8::1]:80 2001:db8::1 http=80 100/0"], await _world.DiscoverAsync(Target));
        Assert.Empty(Second.Questions);
    }

    [Fact]
    public async Task Each_question_has_an_id_and_a_port_of_its_own()
    {
        for (var i = 0; i < 50; i++)
            await _world.DiscoverAsync($"dns:///orders-{i}.test:80");

        Assert.Equal(100, First.Questions.Count);
        Assert.InRange(First.Questions.DistinctBy(static question => question.Id).Count(), 90, 100);
        Assert.InRange(First.Questions.DistinctBy(static question => question.Port).Count(), 50, 100);
        Assert.All(First.Questions, static question => Assert.True(question.HasEdns));
        // Neither counts up nor down.
        var steps = First.Questions.Zip(First.Questions.Skip(1)).Select(static pair => pair.Second.Id - pair.First.Id).ToArray();
        Assert.InRange(steps.Distinct().Count(), 80, 99);
        Assert.Contains(steps, static step => step > 0);
        Assert.Contains(steps, static step => step < 0);
    }

    [Fact]
    public async Task An_answer_that_does_not_fit_is_fetched_over_TCP()
    {
        First.Set(Enumerable.Range(0, 300).Select(static i => ZoneRecord.Address("orders.test", $"10.0.{i / 256}.{i % 256}")));
        First.Behave(FakeDnsMode.Truncate);

        Assert.Equal(300, (await _world.DiscoverAsync("dns:///orders.test:80?family=ipv4")).Length);
        Assert.Equal([false, true], First.Questions.Select(static question => question.IsTcp));
    }

    [Fact]
    public async Task A_server_that_falls_silent_over_TCP_is_given_up_after_the_timeout()
    {
        First.Behave(static question => question.IsTcp ? FakeDnsMode.Drop : FakeDnsMode.Truncate);
        Assert.Equal(2, (await _world.DiscoverAsync(Target)).Length);

        Second.Behave(FakeDnsMode.Refuse);
        Assert.Contains($"{First.EndPoint} did not answer within 2s over TCP", await _world.FailureAsync("dns:///orders.test:80?family=ipv4"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_know_EDNS_is_asked_without()
    {
        First.Behave(FakeDnsMode.Old);

        Assert.Equal(2, (await _world.DiscoverAsync(Target)).Length);
        Assert.Equal(2, First.Questions.Count(static question => question.HasEdns));
        Assert.Equal(2, First.Questions.Count(static question => !question.HasEdns));
        Assert.Empty(Second.Questions);
    }

    [Fact]
    public async Task A_late_answer_is_waited_for_as_long_as_the_timeout()
    {
        First.Behave(FakeDnsMode.Healthy, TimeSpan.FromSeconds(1.5));
        await _world.DiscoverAsync(Target);
        Assert.Empty(Second.Questions);

        First.Behave(FakeDnsMode.Healthy, TimeSpan.FromSeconds(2.5));
        await _world.DiscoverAsync(Target);
        Assert.Equal(2, Second.Questions.Count);
    }

    [Fact]
    public async Task One_family_that_cannot_be_asked_leaves_the_other_and_that_is_said()
    {
        foreach (var server in _world.Servers)
            server.Behave(static question => question.Type == ZoneRecord.Aaaa ? FakeDnsMode.ServerFailure : FakeDnsMode.Healthy);

        var set = await _world.SetAsync(Target);

        Assert.Equal(["10.0.0.1:80"], set.Endpoints.Select(static endpoint => endpoint.Id));
        Assert.Equal(FreshnessKind.Fallback, set.Freshness.Kind);
        Assert.Contains("Cannot look up AAAA orders.test", set.Freshness.Reason, StringComparison.Ordinal);

        // But of a name that has none of the other, nothing is known.
        Assert.Contains("AAAA pay.test", await _world.FailureAsync("dns:///pay.test:80"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_service_target_that_cannot_be_asked_about_leaves_the_others_and_that_is_said()
    {
        First.SendsAdditional = false;
        First.Set(
            ZoneRecord.Service("_http._tcp.orders.test", "a.test", 81), ZoneRecord.Service("_http._tcp.orders.test", "b.test", 82),
            ZoneRecord.Address("a.test", "10.0.0.1"), ZoneRecord.Address("b.test", "10.0.0.2"));
        foreach (var server in _world.Servers)
            server.Behave(static question => question.Name == "b.test" ? FakeDnsMode.ServerFailure : FakeDnsMode.Healthy);

        var set = await _world.SetAsync("dns+srv:///_http._tcp.orders.test");

        Assert.Equal(["a.test:81/10.0.0.1"], set.Endpoints.Select(static endpoint => endpoint.Id));
        Assert.Contains("b.test", set.Freshness.Reason, StringComparison.Ordinal);

        First.Behave(static question => question.Type == ZoneRecord.Srv ? FakeDnsMode.Healthy : FakeDnsMode.ServerFailure);
        Second.Behave(FakeDnsMode.ServerFailure);
        Assert.Contains("Cannot look up A a.test", await _world.FailureAsync("dns+srv:///_http._tcp.orders.test"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_said_by_who_holds_the_zone_is_empty_and_live()
    {
        First.Behave(FakeDnsMode.AuthoritativeNothing);

        var set = await _world.SetAsync(Target);

        Assert.Empty(set.Endpoints);
        Assert.True(set.Freshness.IsLive);
        Assert.Empty(Second.Questions);
    }

    [Fact]
    public async Task There_being_none_is_empty_and_live()
    {
        First.Set(ZoneRecord.Address("orders.test", "10.0.0.1"));

        foreach (var target in (string[])["dns:///pay.test:80", "dns:///orders.test:80?family=ipv6", "dns+srv:///_http._tcp.orders.test"])
        {
            var set = await _world.SetAsync(target);
            Assert.Empty(set.Endpoints);
            Assert.True(set.Freshness.IsLive);
        }

        Assert.Empty(Second.Questions);
    }
}
