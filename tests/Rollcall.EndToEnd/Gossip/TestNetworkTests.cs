using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;
using Rollcall.TestKit.Programs;

namespace Rollcall.EndToEnd.Gossip;

/// <summary>The network that clusters are tested in does what it is told to, or what is proven in it is not.</summary>
public sealed class TestNetworkTests
{
    private const int Datagrams = 2_000;
    private const int SocketLevel = 1; // SOL_SOCKET and SO_RCVBUFFORCE of Linux
    private const int ReceiveBufferForced = 33;

    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Jitter = TimeSpan.FromMilliseconds(40);

    [Fact]
    public async Task Packets_are_lost_at_random_and_sides_are_divided_until_it_heals()
    {
        await using var network = await TestNetwork.CreateAsync(3);
        Assert.Equal(Datagrams, (await SendAsync(network, 0, 1)).Length);

        await network.LoseAsync(0.2);
        Assert.InRange((await SendAsync(network, 0, 1)).Length, Datagrams * 0.75, Datagrams * 0.85);
        Assert.InRange(await network.HealAsync(), Datagrams * 0.15, Datagrams * 0.25);

        await network.DivideAsync(network.Hosts[0]);
        Assert.Empty(await SendAsync(network, 0, 1));
        Assert.Empty(await SendAsync(network, 2, 0));
        Assert.Equal(Datagrams, (await SendAsync(network, 1, 2)).Length);
        Assert.True(await network.HealAsync() >= Datagrams * 2);
        Assert.Equal(Datagrams, (await SendAsync(network, 2, 0)).Length);
    }

    [Fact]
    public async Task A_relay_holds_packets_up_lets_them_overtake_each_other_and_sends_some_twice()
    {
        await using var network = await TestNetwork.CreateAsync(2);
        await network.RelayAsync(new(Delay, Jitter, Duplicated: 0.1), seed: 1);
        var arrived = await SendAsync(network, 0, 1);
        Assert.Equal(Datagrams, arrived.DistinctBy(static packet => packet.Number).Count());
        Assert.InRange(arrived.Length, Datagrams * 1.05, Datagrams * 1.15);
        Assert.NotEqual(arrived.Select(static packet => packet.Number).Order(), arrived.Select(static packet => packet.Number));
        Assert.True(arrived.Min(static packet => packet.After) >= Delay);

        var counts = await network.WithoutRelayAsync();
        Assert.Equal((Datagrams, arrived.Length - Datagrams), (counts.Passed, counts.Duplicated));
        Assert.True(counts.Overtaken > Datagrams / 10, $"{counts.Overtaken} of {Datagrams} were overtaken.");
        Assert.True((await SendAsync(network, 0, 1)).Min(static packet => packet.After) < Delay);
    }

    [Fact]
    public async Task Nothing_of_a_network_is_left_neither_when_it_ends_nor_when_its_owner_was_killed()
    {
        var network = await TestNetwork.CreateAsync(1);
        var program = TestProgram.Start(network.Hosts[0].Command("sleep", "1000"));
        var own = network.Hosts[0].Name[..^1];
        Assert.Contains(await TestNetwork.NamesAsync(), name => name.StartsWith(own, StringComparison.Ordinal));
        await network.DisposeAsync();
        Assert.DoesNotContain(await TestNetwork.NamesAsync(), name => name.StartsWith(own, StringComparison.Ordinal));
        Assert.NotEqual(0, await program.EndAsync());
        await program.DisposeAsync();

        // As one leaves it that was killed together with its keeper.
        using var owner = Process.Start("true");
        await Eventually.Within(owner.WaitForExitAsync());
        var left = string.Create(CultureInfo.InvariantCulture, $"rollcall-test-{owner.Id}-1-router");
        Assert.Equal(0, (await TestProgram.RunAsync("ip", "netns", "add", left)).Code);
        Assert.Contains(left, await TestNetwork.NamesAsync());
        await (await TestNetwork.CreateAsync(1)).DisposeAsync();
        Assert.DoesNotContain(left, await TestNetwork.NamesAsync());
    }

    // Every datagram that arrived, in order, and how long it took.
    private static async Task<(int Number, TimeSpan After)[]> SendAsync(TestNetwork network, int from, int to)
    {
        using var receiver = network.Hosts[to].Run(() => Bound(network.Hosts[to].Address));
        using var sender = network.Hosts[from].Run(() => Bound(network.Hosts[from].Address));

        // Past what the system allows everybody: a receiver that does not get to run for a while is no loss of the network.
        receiver.SetRawSocketOption(SocketLevel, ReceiveBufferForced, BitConverter.GetBytes(8 << 20));
        var sent = new long[Datagrams];
        using var end = new CancellationTokenSource();
        var reading = ReadAsync(end.Token);
        for (var i = 0; i < Datagrams; i++)
        {
            sent[i] = TimeProvider.System.GetTimestamp();
            await sender.SendToAsync(BitConverter.GetBytes(i), receiver.LocalEndPoint!);
            if (i % 20 == 0) // or queues on the way overflow
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        end.CancelAfter(Delay + Jitter + TimeSpan.FromMilliseconds(500)); // what takes longer will not come
        return await Eventually.Within(reading);

        async Task<(int, TimeSpan)[]> ReadAsync(CancellationToken cancellationToken)
        {
            var arrived = new List<(int, TimeSpan)>();
            var buffer = new byte[4];
            while (true)
            {
                try
                {
                    await receiver.ReceiveAsync(buffer, cancellationToken);
                }
                catch (OperationCanceledException)
                {
                    return [.. arrived];
                }

                var number = BitConverter.ToInt32(buffer);
                arrived.Add((number, TimeProvider.System.GetElapsedTime(sent[number])));
            }
        }
    }

    private static Socket Bound(IPAddress address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }
}
