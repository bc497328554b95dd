using Rollcall.Registry.Catalogs;
using Rollcall.TestKit;

namespace Rollcall.Registry.Tests.Catalogs;

public sealed class ChangeReadingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changes_are_read_from_where_one_was_and_as_they_come()
    {
        var catalog = new Catalog();
        catalog.Publish([Sample.Registered(1), Sample.Registered(2), Sample.Registered(3)]);
        Assert.True(catalog.TryReadChanges(1, out var changes));
        await using var reader = changes.GetAsyncEnumerator(Token);
        Assert.Equal(2, await NextAsync(reader));
        Assert.Equal(3, await NextAsync(reader));
        var next = NextAsync(reader);
        Assert.False(next.IsCompleted);
        catalog.Publish([Sample.Registered(4)]);
        Assert.Equal(4, await Eventually.Within(next));
    }

    [Fact]
    public void What_is_not_held_is_refused()
    {
        var catalog = new Catalog();
        catalog.Load(10, [Sample.Instance(5)], EmptiedServices.None);
        Assert.False(catalog.TryReadChanges(9, out _));
        Assert.True(catalog.TryReadChanges(10, out _));
        Assert.False(catalog.TryReadChanges(11, out _)); // from another life of the data
        Publish(catalog, 11, Catalog.HeldChanges);
        Assert.True(catalog.TryReadChanges(10, out _));
        Publish(catalog, 11 + Catalog.HeldChanges, 1);
        Assert.False(catalog.TryReadChanges(10, out _));
        Assert.True(catalog.TryReadChanges(11, out _));
    }

    [Fact]
    public async Task A_reader_that_was_overtaken_is_told()
    {
        var catalog = new Catalog();
        Publish(catalog, 1, 10);
        Assert.True(catalog.TryReadChanges(0, out var changes));
        await using var reader = changes.GetAsyncEnumerator(Token);
        Assert.Equal(1, await NextAsync(reader));
        Publish(catalog, 11, Catalog.HeldChanges + 10);
        await Assert.ThrowsAsync<ChangesLostException>(() => NextAsync(reader));
    }

    [Fact]
    public async Task A_cancelled_reader_ends()
    {
        var catalog = new Catalog();
        using var cancel = new CancellationTokenSource();
        Assert.True(catalog.TryReadChanges(0, out var changes));
        await using var reader = changes.GetAsyncEnumerator(cancel.Token);
        var next = NextAsync(reader);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(next));
    }

    [Fact]
    public async Task Readers_beside_a_writer_miss_nothing_and_see_nothing_twice()
    {
        var catalog = new Catalog();
        const int Last = 50_000;
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            var at = 0L;
            while (at < Last)
            {
                // One that was overtaken starts over from a snapshot, which is as new as the revision read before it.
                if (!catalog.TryReadChanges(at, out var changes))
                {
                    at = catalog.Revision;
                    continue;
                }

                try
                {
                    await foreach (var change in changes.WithCancellation(Token))
                    {
                        Assert.Equal(at + 1, change.Revision);
                        at = change.Revision;
                        Assert.True(catalog.Revision >= at);
                        Assert.True(catalog.GetService("orders").Revision >= at);
                        if (at == Last)
                            break;
                    }
                }
                catch (ChangesLostException)
                {
                    at = catalog.Revision;
                }
            }
        })).ToArray();
        for (var revision = 1; revision <= Last; revision += 5)
            Publish(catalog, revision, 5);
        await Eventually.Within(Task.WhenAll(readers));
    }

    private static void Publish(Catalog catalog, long first, int count) =>
        catalog.Publish([.. Enumerable.Range(0, count).Select(i => Sample.Registered(first + i))]);

    private static async Task<long> NextAsync(IAsyncEnumerator<Change> reader) =>
        await reader.MoveNextAsync() ? reader.Current.Revision : -1;
}
