using Rollcall.Cli.Gossip;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests.Gossip;

public sealed class DepartureTests
{
    [Fact]
    public async Task Joins_are_over_before_it_leaves()
    {
        var join = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = false;
        using var departure = new Departure(() =>
        {
            left = true;
            return Task.FromResult(join.Task.IsCompleted);
        });
        var joining = departure.JoinAsync(
            token =>
            {
                token.Register(seen.SetResult);
                return join.Task; // which takes a while to end
            },
            CancellationToken.None);
        var leaving = departure.LeaveAsync();
        await Eventually.Within(seen.Task);
        Assert.False(left);
        join.SetCanceled();
        Assert.True(await Eventually.Within(leaving));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => joining);
    }

    [Fact]
    public async Task Who_goes_joins_nobody_and_leaves_once()
    {
        var leaves = 0;
        using var departure = new Departure(() => Task.FromResult(++leaves == 1));
        Assert.Equal(3, await departure.JoinAsync(static _ => Task.FromResult(3), CancellationToken.None));
        Assert.True(await departure.LeaveAsync());
        Assert.True(await departure.LeaveAsync());
        Assert.Equal(1, leaves);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => departure.JoinAsync<int>(static _ => throw new InvalidOperationException("It joins."), CancellationToken.None));
    }

    [Fact]
    public async Task Whoever_asked_for_a_join_may_end_it()
    {
        using var gone = new CancellationTokenSource();
        using var departure = new Departure(static () => Task.FromResult(true));
        var joining = departure.JoinAsync(static token => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token).ContinueWith(static _ => 0, token, TaskContinuationOptions.None, TaskScheduler.Default), gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(joining));
        Assert.True(await Eventually.Within(departure.LeaveAsync()));
    }
}
