using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Transport;
using Rollcall.TestKit;
using Rollcall.TestKit.Telemetry;

namespace Rollcall.Gossip.Tests.Transport;

public sealed class SmallPartsTests
{
    [Theory]
    [InlineData("10.0.0.7", "10.0.0.7", 7946)]
    [InlineData("10.0.0.7:17", "10.0.0.7", 17)]
    [InlineData("::1", "::1", 7946)]
    [InlineData("[::1]:17", "::1", 17)]
    [InlineData("gossip.example", "gossip.example", 7946)]
    [InlineData("gossip.example:17", "gossip.example", 17)]
    [InlineData("gossip.example:0", null, 0)]
    [InlineData("gossip.example:65536", null, 0)]
    [InlineData("gossip example", null, 0)]
    [InlineData("", null, 0)]
    public void A_seed_is_an_address_or_a_name_with_or_without_a_port(string seed, string? host, int port) =>
        Assert.Equal(host is null ? null : (host, port), SeedJoiner.Parse(seed));

    [Fact]
    public void Addresses_are_kept_both_ways()
    {
        var book = new AddressBook(AddressFamily.InterNetwork);
        var address = NodeAddress.From([127, 0, 0, 1], 7946);
        var socketAddress = book.Of(address)!;
        Assert.Same(socketAddress, book.Of(address));
        Assert.Equal(address, book.Of(socketAddress));
        Assert.Null(book.Of(NodeAddress.From(IPEndPoint.Parse("[::1]:1"))));
        Assert.Null(book.Of(default(NodeAddress)));
        Assert.Null(book.Of(address.WithPort(0)));
    }

    [Fact]
    public void An_IPv6_socket_reaches_IPv4_and_knows_it_again()
    {
        var book = new AddressBook(AddressFamily.InterNetworkV6);
        var address = NodeAddress.From([127, 0, 0, 1], 7946);
        Assert.Equal(AddressFamily.InterNetworkV6, book.Of(address)!.Family);
        Assert.Equal(address, book.Of(book.Of(address)!));
    }

    [Fact]
    public void A_burst_of_refusals_is_a_few_lines_and_then_the_number_of_the_rest()
    {
        var (time, log) = (new VirtualTime(), new LogRecorder());
        var refusals = new RefusalLog(time, log);
        for (var i = 0; i < 100; i++)
            refusals.Refused(default, "nonsense");
        Assert.Equal(Enumerable.Repeat("A packet or message from none was refused: nonsense", 5), log.Of(LogLevel.Warning));
        refusals.Settle();
        time.Advance(LineLimiter.Interval);
        refusals.Settle();
        refusals.Settle();
        Assert.Equal(["95 more times within 10 s: a packet or message was refused; the last was from none: nonsense"], log.Of(LogLevel.Warning).Skip(5));
        for (var i = 0; i < 6; i++)
            refusals.Refused(default, "more nonsense");
        time.Advance(LineLimiter.Interval);
        refusals.Settle();
        Assert.Equal("1 more time within 10 s: a packet or message was refused; the last was from none: more nonsense", log.Of(LogLevel.Warning).Last());
    }

    [Fact]
    public async Task Tasks_are_seen_to_their_end_and_none_starts_after_it()
    {
        var log = new LogRecorder();
        var tasks = new OwnedTasks(log, TimeProvider.System);
        var cancelled = false;
        tasks.Run("One that waits", async stopping =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, stopping);
            }
            finally
            {
                cancelled = true;
            }
        });
        tasks.Run("One that fails", static _ => throw new InvalidOperationException("as it should"));
        await Eventually.True(() => log.Of(LogLevel.Error).Any());
        await Eventually.Within(tasks.DisposeAsync().AsTask());
        Assert.True(cancelled);
        tasks.Run("One that is late", static _ => throw new InvalidOperationException("never"));
        Assert.Equal(["One that fails has ended by a failure"], log.Of(LogLevel.Error));
    }

    [Theory]
    [InlineData(null, "127.0.0.1:17", "127.0.0.1:17")]
    [InlineData("10.0.0.7:0", "127.0.0.1:17", "10.0.0.7:17")]
    [InlineData("10.0.0.7:99", "0.0.0.0:17", "10.0.0.7:99")]
    public void What_is_advertised_is_what_is_wanted_or_where_it_listens(string? wanted, string listening, string expected) =>
        Assert.Equal(expected, ListenAddress.Advertise(wanted is null ? null : IPEndPoint.Parse(wanted), IPEndPoint.Parse(listening)).ToString());

    [Theory]
    [InlineData(false, "", null)]
    [InlineData(false, "127.0.0.1 169.254.3.4 ::1 fe80::7 2001:db8::7", null)] // loopback, links and another family: nobody reaches it there
    [InlineData(true, "127.0.0.1 ::1 fe80::7", null)]
    [InlineData(true, "127.0.0.1 ::1 fe80::7 2001:db8::7", "2001:db8::7")]
    [InlineData(true, "2001:db8::7 fd00::7", "fd00::7")]
    [InlineData(true, "2001:db8::7 203.0.113.7", "203.0.113.7")]
    [InlineData(false, "172.17.0.1 10.0.0.7", "172.17.0.1")]
    [InlineData(false, "203.0.113.7 172.17.0.1", "172.17.0.1")]
    [InlineData(false, "172.17.0.1 203.0.113.7!", "203.0.113.7")] // a bridge of containers, and the way to the world
    [InlineData(false, "127.0.0.1! 10.0.0.7", "10.0.0.7")]
    public void A_node_that_listens_everywhere_advertises_what_others_can_reach(bool isIPv6, string own, string? expected)
    {
        var addresses = own.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static text => (IPAddress.Parse(text.TrimEnd('!')), text.EndsWith('!'))).ToArray();
        Assert.Equal(expected, ListenAddress.Choose(addresses, isIPv6)?.ToString());
    }

    [Fact]
    public void What_a_machine_advertises_of_itself_is_no_guess()
    {
        try
        {
            var advertised = ListenAddress.Advertise(null, new(IPAddress.Any, 17));
            Assert.False(advertised.IsNone);
            Assert.NotEqual(IPAddress.Any, advertised.ToEndPoint().Address);
            Assert.False(advertised.IsLoopback);
        }
        catch (SocketException error)
        {
            // Where this runs there is no network.
            Assert.Equal(SocketError.NetworkDown, error.SocketErrorCode);
        }
    }

    [Fact]
    public void A_broadcast_is_told_from_a_message_to_one()
    {
        Assert.Equal([1, 2], MessageEnvelope.Open(MessageEnvelope.WrapBroadcast(7, [1, 2]), out var id).ToArray());
        Assert.Equal(7ul, id);
        byte[][] payloads = [[], [1], [0xc1], [0xc1, 0], [0xc1, 1, 2], MessageEnvelope.WrapBroadcast(7, [1])];
        foreach (var payload in payloads)
        {
            Assert.Equal(payload, MessageEnvelope.Open(MessageEnvelope.WrapDirect(payload, isSerf: false).Span, out id).ToArray());
            Assert.Null(id);
            Assert.Equal(payload, MessageEnvelope.Open(MessageEnvelope.WrapDirect(payload, isSerf: true).Span, out id).ToArray());
            Assert.Null(id);
        }

        Assert.Equal(3, MessageEnvelope.WrapDirect(new byte[] { 9 }, isSerf: true).Length);
        Assert.Equal(1, MessageEnvelope.WrapDirect(new byte[] { 10 }, isSerf: true).Length);
    }

    [Fact]
    public void An_id_is_new_once_for_as_long_as_it_may_go_round()
    {
        var seen = new SeenIds();
        Assert.True(seen.Add(1));
        Assert.False(seen.Add(1));
        for (var id = 2ul; id < 8193; id++)
            Assert.True(seen.Add(id));
        Assert.False(seen.Add(1));
        Assert.True(seen.Add(9000));
        Assert.True(seen.Add(1));
    }
}
