using Rollcall.Gossip.Transport;
using Rollcall.TestKit;

namespace Rollcall.Gossip.Tests.Transport;

public sealed class MessageHubTests
{
    private int _missed;

    [Fact]
    public async Task A_reader_that_does_not_keep_up_holds_so_many_bytes()
    {
        var hub = new MessageHub(() => _missed++);
        await using var reader = hub.Read(CancellationToken.None).GetAsyncEnumerator();
        for (var i = 0; i < 40; i++)
            hub.Tell(new(new byte[1 << 20], null));
        Assert.Equal(8, _missed);
        for (var i = 0; i < 32; i++)
            Assert.True(await Eventually.Within(reader.MoveNextAsync().AsTask()));
        hub.Tell(new(new byte[40 << 20], null)); // alone, any that can come is taken
        hub.Tell(new("late"u8.ToArray(), null));
        Assert.Equal(9, _missed);
        Assert.True(await Eventually.Within(reader.MoveNextAsync().AsTask()));
        Assert.Equal(40 << 20, reader.Current.Payload.Length);
    }

    [Fact]
    public async Task Who_has_asked_and_does_not_read_costs_nothing()
    {
        var hub = new MessageHub(() => _missed++);
        var messages = hub.Read(CancellationToken.None);
        Assert.False(hub.HasReaders);
        var reader = messages.GetAsyncEnumerator();
        Assert.True(hub.HasReaders);
        await reader.DisposeAsync();
        Assert.False(hub.HasReaders);
        Assert.False(await Eventually.Within(reader.MoveNextAsync().AsTask()));
    }

    [Fact]
    public async Task Read_twice_it_tells_twice()
    {
        var hub = new MessageHub(() => _missed++);
        var messages = hub.Read(CancellationToken.None);
        await using var first = messages.GetAsyncEnumerator();
        await using var second = messages.GetAsyncEnumerator();
        hub.Tell(new("x"u8.ToArray(), null));
        Assert.True(await Eventually.Within(first.MoveNextAsync().AsTask()));
        Assert.True(await Eventually.Within(second.MoveNextAsync().AsTask()));
        hub.End();
        Assert.False(await Eventually.Within(first.MoveNextAsync().AsTask()));
        await using var late = messages.GetAsyncEnumerator();
        Assert.False(await Eventually.Within(late.MoveNextAsync().AsTask()));
    }

    [Fact]
    public async Task Either_token_ends_it()
    {
        var hub = new MessageHub(() => _missed++);
        using CancellationTokenSource one = new(), other = new();
        await using var reader = hub.Read(one.Token).GetAsyncEnumerator(other.Token);
        var waiting = reader.MoveNextAsync().AsTask();
        await one.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(waiting));
        await using var again = hub.Read(CancellationToken.None).GetAsyncEnumerator(other.Token);
        waiting = again.MoveNextAsync().AsTask();
        await other.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(waiting));
    }
}
