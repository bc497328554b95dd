using System.Net;
using Microsoft.Extensions.Options;

namespace Rollcall.Gossip.Tests;

public sealed class GossipOptionsTests
{
    [Fact]
    public void The_presets_are_valid()
    {
        Assert.Empty(GossipOptionsValidator.Errors(GossipOptions.Lan()));
        Assert.Empty(GossipOptionsValidator.Errors(GossipOptions.Wan()));
        Assert.Empty(GossipOptionsValidator.Errors(GossipOptions.Local()));
    }

    [Fact]
    public void The_presets_are_those_of_the_agents_they_live_with()
    {
        Assert.Equal((1.0, 0.5, 0.2, 3, 4, 4, 30, 30), Of(GossipOptions.Lan()));
        Assert.Equal((5.0, 3.0, 0.5, 4, 4, 6, 60, 60), Of(GossipOptions.Wan()));
        Assert.Equal((1.0, 0.2, 0.1, 3, 2, 3, 15, 15), Of(GossipOptions.Local()));

        static (double, double, double, int, int, int, double, double) Of(GossipOptions options) =>
        (
            options.ProbeInterval.TotalSeconds, options.ProbeTimeout.TotalSeconds, options.GossipInterval.TotalSeconds, options.GossipNodes,
            options.RetransmitMultiplier, options.SuspicionMultiplier, options.GossipToTheDeadTime.TotalSeconds, options.ExchangeInterval.TotalSeconds);
    }

    [Fact]
    public void A_name_is_held_as_long_as_its_member_may_object() =>
        Assert.All([GossipOptions.Lan(), GossipOptions.Wan(), GossipOptions.Local()], static options => Assert.Equal(options.GossipToTheDeadTime, options.DeadNodeReclaimTime));

    [Theory]
    [InlineData("127.0.0.2:0", false, false, true)]
    [InlineData("[::1]:0", false, false, true)]
    [InlineData("0.0.0.0:7946", false, false, false)]
    [InlineData("10.0.0.5:7946", false, false, false)]
    [InlineData("0.0.0.0:7946", true, false, true)]
    [InlineData("0.0.0.0:7946", false, true, true)]
    public void Beyond_this_machine_a_key_is_needed_or_leave_to_do_without(string bind, bool hasKey, bool allowAnyone, bool expected)
    {
        var options = new GossipOptions { Bind = IPEndPoint.Parse(bind), AllowAnyone = allowAnyone };
        if (hasKey)
            options.Keyring = new GossipKeyring([GossipKey.Generate()]);

        Assert.Equal(expected, !GossipOptionsValidator.Errors(options).Any());
    }

    [Theory]
    [InlineData("127.0.0.1:0", false, true)]
    [InlineData("0.0.0.0:7946", false, false)]
    [InlineData("0.0.0.0:7946", true, true)]
    public void A_key_that_nobody_needs_is_none(string bind, bool allowAnyone, bool expected)
    {
        var options = new GossipOptions { Bind = IPEndPoint.Parse(bind), AllowAnyone = allowAnyone, Keyring = new(GossipKey.Generate()), VerifyIncoming = false };
        Assert.Equal(expected, !GossipOptionsValidator.Errors(options).Any());
    }

    [Fact]
    public void What_is_allowed_is_what_is_done()
    {
        Assert.Empty(GossipOptionsValidator.Errors(new() { IndirectChecks = 16, GossipNodes = 32 }));
        Assert.Equal(2, GossipOptionsValidator.Errors(new() { IndirectChecks = 17, GossipNodes = 33 }).Count());
    }

    [Fact]
    public void All_violations_are_named_at_once()
    {
        var options = new GossipOptions
        {
            Name = "",
            Bind = null!,
            Advertise = new(IPAddress.Any, 1),
            Metadata = new byte[513],
            Keyring = null!,
            Label = new('x', 256),
            ProbeInterval = TimeSpan.FromSeconds(1),
            ProbeTimeout = TimeSpan.FromSeconds(1),
            GossipInterval = TimeSpan.Zero,
            ExchangeInterval = TimeSpan.FromSeconds(-1),
            IndirectChecks = -1,
            RetransmitMultiplier = 0,
            MaxPacketBytes = 899,
            MaxStreams = 1,
            JoinRetryDelay = TimeSpan.FromMinutes(2),
        };
        var result = new GossipOptionsValidator().Validate(null, options);
        string[] broken =
        [
            nameof(options.Name), nameof(options.Bind), nameof(options.Advertise), nameof(options.Metadata), nameof(options.Keyring), nameof(options.Label),
            nameof(options.GossipInterval), nameof(options.ExchangeInterval), nameof(options.IndirectChecks), nameof(options.RetransmitMultiplier), nameof(options.MaxStreams),
            nameof(options.MaxPacketBytes), nameof(options.ProbeTimeout), nameof(options.MaxJoinRetryDelay),
        ];
        Assert.Equal(broken, result.Failures!.Select(static failure => failure.Split(' ')[0]));
        var thrown = Assert.Throws<OptionsValidationException>(() => new GossipNode(options));
        Assert.Equal(broken.Length, thrown.Failures.Count());
    }

    [Fact]
    public void A_node_has_metadata_or_with_Serf_tags()
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["role"] = "web" };
        Assert.Empty(GossipOptionsValidator.Errors(new() { Serf = true, Tags = tags }));
        Assert.Single(GossipOptionsValidator.Errors(new() { Tags = tags }));
        Assert.Single(GossipOptionsValidator.Errors(new() { Serf = true, Metadata = new byte[1] }));
        tags["more"] = new('x', 512);
        Assert.Single(GossipOptionsValidator.Errors(new() { Serf = true, Tags = tags }));
    }

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void A_name_has_a_limit(int length, bool valid) =>
        Assert.Equal(valid, !GossipOptionsValidator.Errors(new() { Name = new('n', length) }).Any());

    [Fact]
    public void Zero_turns_off_what_can_be_off() => Assert.Empty(GossipOptionsValidator.Errors(new()
    {
        ExchangeInterval = TimeSpan.Zero,
        ReconnectInterval = TimeSpan.Zero,
        DeadNodeReclaimTime = TimeSpan.Zero,
        IndirectChecks = 0,
    }));
}
