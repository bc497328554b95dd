using Rollcall.Registry.Catalogs;
using Rollcall.TestKit;

namespace Rollcall.Registry.Tests.Catalogs;

public sealed class CatalogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_service_that_never_existed_is_empty_at_revision_0()
    {
        var service = new Catalog().GetService("orders");
        Assert.Equal("orders", service.Service);
        Assert.Equal(0, service.Revision);
        Assert.Empty(service.Instances);
    }

    [Fact]
    public void Instances_are_in_order_of_id_and_a_batch_is_one_snapshot()
    {
        var catalog = new Catalog();
        catalog.Publish([Sample.Registered(1, id: "b"), Sample.Registered(2, "billing"), Sample.Registered(3, id: "a"), Sample.Registered(4, id: "c")]);
        var orders = catalog.GetService("orders");
        Assert.Equal(["a", "b", "c"], orders.Instances.Select(static i => i.Registration.Id));
        Assert.Equal(4, orders.Revision);
        Assert.Equal(2, catalog.GetService("billing").Revision);
        Assert.Equal(4, catalog.Revision);
        Assert.Equal(["billing", "orders"], catalog.Services.Select(static s => s.Service).Order(StringComparer.Ordinal));
        Assert.Equal("b", catalog.GetInstance(Sample.Key(id: "b"))?.Registration.Id);
        Assert.Null(catalog.GetInstance(Sample.Key(id: "bb")));
    }

    [Fact]
    public void A_service_whose_last_instance_left_keeps_its_revision_and_is_not_listed()
    {
        var catalog = new Catalog();
        catalog.Publish([Sample.Registered(1)]);
        catalog.Publish([Sample.Deregistered(2)]);
        Assert.Equal(2, catalog.GetService("orders").Revision);
        Assert.Empty(catalog.GetService("orders").Instances);
        Assert.Empty(catalog.Services);
    }

    [Fact]
    public void A_snapshot_in_hand_does_not_change()
    {
        var catalog = new Catalog();
        catalog.Publish([Sample.Registered(1)]);
        var before = catalog.GetService("orders");
        catalog.Publish([Sample.Registered(2, id: "o-2"), Sample.Deregistered(3)]);
        Assert.Equal("o-1", Assert.Single(before.Instances).Registration.Id);
        Assert.Equal("o-2", Assert.Single(catalog.GetService("orders").Instances).Registration.Id);
    }

    [Fact]
    public async Task A_wait_for_what_has_happened_is_over_at_once()
    {
        var catalog = new Catalog();
        catalog.Publish([Sample.Registered(1), Sample.Registered(2, id: "o-2")]);
        var wait = catalog.WaitForChangeAsync("orders", 1, Token);
        Assert.True(wait.IsCompletedSuccessfully);
        Assert.Equal(2, (await wait).Revision);
    }

    [Fact]
    public async Task A_wait_from_another_life_of_the_data_is_over_at_once()
    {
        var catalog = new Catalog();
        catalog.Publish([Sample.Registered(1)]);
        Assert.Equal(1, (await Eventually.Within(catalog.WaitForChangeAsync("orders", 900, Token).AsTask())).Revision);
        Assert.Equal(0, (await Eventually.Within(catalog.WaitForChangeAsync("nobody", 900, Token).AsTask())).Revision);
    }

    [Fact]
    public async Task A_wait_ends_with_the_next_change_of_its_service_and_of_no_other()
    {
        var catalog = new Catalog();
        catalog.Publish([Sample.Registered(1), Sample.Registered(2, "billing")]);
        var wait = catalog.WaitForChangeAsync("orders", 1, Token).AsTask();
        for (var revision = 3; revision < 1000; revision++)
            catalog.Publish([Sample.Registered(revision, "billing", $"b-{revision}")]);
        Assert.False(wait.IsCompleted);
        catalog.Publish([Sample.Registered(1000, id: "o-2")]);
        Assert.Equal(1000, (await Eventually.Within(wait)).Revision);
    }

    [Fact]
    public async Task Waiting_for_a_service_to_appear_ends_when_it_does()
    {
        var catalog = new Catalog();
        var wait = catalog.WaitForChangeAsync("orders", 0, Token).AsTask();
        Assert.False(wait.IsCompleted);
        catalog.Publish([Sample.Registered(1)]);
        Assert.Single((await Eventually.Within(wait)).Instances);
    }

    [Fact]
    public async Task Thousands_wait_for_one_change()
    {
        var catalog = new Catalog();
        var waits = Enumerable.Range(0, 5000).Select(_ => catalog.WaitForChangeAsync("orders", 0, Token).AsTask()).ToArray();
        catalog.Publish([Sample.Registered(1)]);
        var snapshots = await Eventually.Within(Task.WhenAll(waits));
        Assert.Single(snapshots.Distinct());
    }

    [Fact]
    public async Task A_cancelled_wait_ends_and_leaves_nothing_behind()
    {
        var catalog = new Catalog();
        using var cancel = new CancellationTokenSource();
        var waits = Enumerable.Range(0, 100).Select(i => catalog.WaitForChangeAsync($"s-{i % 10}", 0, cancel.Token).AsTask()).ToArray();
        Assert.Equal(10, catalog.EntryCount);
        await cancel.CancelAsync();
        foreach (var wait in waits)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(wait));
        Assert.Equal(0, catalog.EntryCount);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await catalog.WaitForChangeAsync("s", 0, cancel.Token));
    }

    [Fact]
    public async Task No_wait_misses_a_change_however_it_races_with_it()
    {
        var catalog = new Catalog();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (long revision = 0; revision < 20_000;)
                revision = (await catalog.WaitForChangeAsync("orders", revision, Token)).Revision;
        })).ToArray();
        for (var revision = 1; revision <= 20_000; revision++)
            catalog.Publish([Sample.Registered(revision)]);
        await Eventually.Within(Task.WhenAll(readers));
    }

    [Fact]
    public async Task A_wait_that_begins_as_the_last_other_one_gives_up_misses_nothing()
    {
        var catalog = new Catalog();
        using var together = new Barrier(2);
        for (var i = 1; i <= 3000; i++)
        {
            var service = $"s-{i}";
            using var cancel = new CancellationTokenSource();
            var gaveUp = catalog.WaitForChangeAsync(service, 0, cancel.Token).AsTask();
            var wait = Task.Run(async () =>
            {
                together.SignalAndWait(Token);
                return await catalog.WaitForChangeAsync(service, 0, Token);
            });
            together.SignalAndWait(Token);
            cancel.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gaveUp);
            catalog.Publish([Sample.Registered(i, service)]);
            Assert.Equal(i, (await Eventually.Within(wait)).Revision);
        }
    }

    [Fact]
    public async Task Who_meets_an_entry_between_its_drop_and_its_removal_takes_a_new_one()
    {
        var catalog = new Catalog();
        Drop(catalog.Entry("orders"));
        var wait = catalog.WaitForChangeAsync("orders", 0, Token).AsTask();
        Drop(catalog.Entry("billing"));
        catalog.Publish([Sample.Registered(1), Sample.Registered(2, "billing")]);
        Assert.Equal(1, (await Eventually.Within(wait)).Revision);
        Assert.Equal(2, catalog.GetService("billing").Revision);

        static void Drop(ServiceEntry entry) => Assert.True(entry.TryEnter() && entry.Leave());
    }

    [Fact]
    public void An_entry_once_dropped_takes_nobody_and_nothing()
    {
        var entry = new ServiceEntry("orders");
        Assert.True(entry.TryEnter() && entry.TryEnter());
        Assert.False(entry.Leave());
        Assert.True(entry.Leave());
        Assert.False(entry.TryEnter());
        Assert.False(entry.TrySet(new ServiceSnapshot("orders", 1, [Sample.Instance(1)])));
    }

    [Fact]
    public async Task When_the_registry_stops_waits_end_with_what_is()
    {
        var catalog = new Catalog();
        catalog.Publish([Sample.Registered(1)]);
        var wait = catalog.WaitForChangeAsync("orders", 1, Token).AsTask();
        Assert.True(catalog.TryReadChanges(1, out var changes));
        var stream = Read(changes);
        catalog.Close();
        Assert.Equal(1, (await Eventually.Within(wait)).Revision);
        Assert.Equal(1, (await Eventually.Within(catalog.WaitForChangeAsync("orders", 1, Token).AsTask())).Revision);
        Assert.Empty(await Eventually.Within(stream));
    }

    [Fact]
    public void After_a_restart_a_service_is_never_older_than_what_anyone_saw_of_it()
    {
        // Before: o-1 at 5, o-2 left at 7. Whoever saw revision 5 with o-2 in it must be told.
        var catalog = new Catalog();
        catalog.Load(7, [Sample.Instance(5)], EmptiedServices.None);
        Assert.Equal(7, catalog.GetService("orders").Revision);
        Assert.True(catalog.WaitForChangeAsync("orders", 5, Token).AsTask().IsCompletedSuccessfully);
        using var cancel = new CancellationTokenSource();
        var upToDate = catalog.WaitForChangeAsync("orders", 7, cancel.Token).AsTask();
        Assert.False(upToDate.IsCompleted);
        cancel.Cancel();
    }

    [Fact]
    public async Task After_a_restart_a_service_of_which_nothing_is_left_is_told_once_to_who_saw_more()
    {
        var catalog = new Catalog();
        catalog.Load(7, [], new EmptiedServices(7, []));
        var told = await Eventually.Within(catalog.WaitForChangeAsync("orders", 5, Token).AsTask());
        Assert.Equal(7, told.Revision);
        Assert.Empty(told.Instances);
        var next = catalog.WaitForChangeAsync("orders", told.Revision, Token).AsTask();
        var never = catalog.WaitForChangeAsync("orders", 0, Token).AsTask();
        Assert.False(next.IsCompleted || never.IsCompleted);
        catalog.Publish([Sample.Registered(8)]);
        Assert.Equal(8, (await Eventually.Within(next)).Revision);
        Assert.Equal(8, (await Eventually.Within(never)).Revision);
    }

    [Fact]
    public async Task Empty_services_are_remembered_up_to_a_limit_and_longer_while_somebody_waits()
    {
        var catalog = new Catalog();
        var revision = 0L;
        Task<ServiceSnapshot>? wait = null;
        for (var i = 0; i < Catalog.MaxEmptyServices + 100; i++)
        {
            catalog.Publish([Sample.Registered(++revision, $"s-{i}")]);
            catalog.Publish([Sample.Deregistered(++revision, $"s-{i}")]);
            if (i == 3)
                wait = catalog.WaitForChangeAsync("s-3", revision, Token).AsTask();
        }

        Assert.InRange(catalog.EntryCount, Catalog.MaxEmptyServices, Catalog.MaxEmptyServices + 1);
        Assert.False(catalog.GetService("s-1").IsKnown);
        Assert.Equal(200, catalog.GetService("s-1").Revision);
        Assert.Equal(8, catalog.GetService("s-3").Revision);
        Assert.Equal(200, catalog.CopyEmptied().Forgotten);
        Assert.Equal(Catalog.MaxEmptyServices, catalog.CopyEmptied().Services.Count);
        Assert.False(wait!.IsCompleted);
        // Who saw the instance of a service that was forgotten since is told that it is gone.
        var told = await Eventually.Within(catalog.WaitForChangeAsync("s-1", 3, Token).AsTask());
        Assert.Empty(told.Instances);
        Assert.True(told.Revision > 3);
    }

    [Fact]
    public void A_service_that_comes_and_goes_takes_the_place_of_one()
    {
        var catalog = new Catalog();
        catalog.Publish([Sample.Registered(1, "quiet")]);
        catalog.Publish([Sample.Deregistered(2, "quiet")]);
        for (var revision = 3L; revision < 3 + (2 * (Catalog.MaxEmptyServices + 1)); revision += 2)
        {
            catalog.Publish([Sample.Registered(revision, "busy")]);
            catalog.Publish([Sample.Deregistered(revision + 1, "busy")]);
        }

        Assert.Equal(["quiet", "busy"], catalog.CopyEmptied().Services.Select(static service => service.Service));
        Assert.Equal(2, catalog.GetService("quiet").Revision);
        catalog.Publish([Sample.Registered(catalog.Revision + 1, "quiet")]);
        Assert.Equal(["busy"], catalog.CopyEmptied().Services.Select(static service => service.Service));
    }

    [Fact]
    public async Task An_emptied_service_is_known_until_it_has_been_empty_for_long()
    {
        var catalog = new Catalog();
        catalog.Publish([Sample.Registered(1), Sample.Registered(2, "billing")]);
        catalog.Publish([Sample.Deregistered(3)]);
        Assert.Equal(["billing", "orders"], catalog.KnownServices.Select(static service => service.Service).Order(StringComparer.Ordinal));
        Assert.Equal((3L, Sample.Now), (catalog.GetService("orders").Revision, catalog.GetService("orders").ChangedAt));
        catalog.ForgetEmptiedBefore(Sample.Now);
        Assert.True(catalog.GetService("orders").IsKnown);

        var waited = catalog.WaitForChangeAsync("orders", 3, Token).AsTask();
        catalog.ForgetEmptiedBefore(Sample.Now + TimeSpan.FromMilliseconds(1));
        Assert.True(catalog.GetService("orders").IsKnown); // while somebody waits for it
        catalog.Publish([Sample.Registered(4)]);
        await Eventually.Within(waited);
        catalog.Publish([Sample.Deregistered(5)]);
        catalog.ForgetEmptiedBefore(Sample.Now + TimeSpan.FromMilliseconds(1));

        var unknown = catalog.GetService("orders");
        Assert.False(unknown.IsKnown);
        Assert.Equal(5, unknown.Revision);
        Assert.Equal(1, catalog.EntryCount);
        Assert.Equal(["billing"], catalog.KnownServices.Select(static service => service.Service));
    }

    [Fact]
    public async Task A_service_forgotten_while_somebody_waits_goes_with_the_last_who_does()
    {
        var catalog = new Catalog();
        catalog.Publish([Sample.Registered(1)]);
        catalog.Publish([Sample.Deregistered(2)]);
        using var cancel = new CancellationTokenSource();
        var waited = catalog.WaitForChangeAsync("orders", 2, cancel.Token).AsTask();
        catalog.ForgetEmptiedBefore(Sample.Now + TimeSpan.FromDays(1));

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(waited));

        Assert.Equal(0, catalog.EntryCount);
        Assert.Equal(2, catalog.GetService("orders").Revision);
    }

    private static async Task<List<Change>> Read(IAsyncEnumerable<Change> changes)
    {
        var read = new List<Change>();
        await foreach (var change in changes)
            read.Add(change);
        return read;
    }
}
