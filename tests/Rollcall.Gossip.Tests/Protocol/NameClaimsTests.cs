using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;

namespace Rollcall.Gossip.Tests.Protocol;

public sealed class NameClaimsTests
{
    [Fact]
    public void However_often_a_name_is_claimed_one_timer_waits_for_it()
    {
        var context = new SwimContext(ProtocolSettings.Lan, new(), new Random(1), NodeRecords.Unshared, application: null);
        var claims = new NameClaims(context);
        var record = new NodeRecord("a"u8, LoneNode.AddressOf("a"), default, ProtocolVersions.Default);
        var row = context.Members.Add(record, 0, context.Random);
        for (uint i = 1; i <= 1000; i++)
        {
            context.Now++;
            claims.Note(row, record.With(LoneNode.AddressOf("b"), default, ProtocolVersions.Default), i);
        }

        Assert.Equal(1, context.Timers.Count);
        context.Members.SetState(row, MemberState.Alive, context.Now);
        context.Members.SetState(row, MemberState.Dead, context.Now);
        claims.Died(row);
        Assert.Equal(2, context.Timers.Count);
        Assert.True(claims.TryTake(row, out _, out var incarnation));
        Assert.Equal(1000u, incarnation);
    }
}
