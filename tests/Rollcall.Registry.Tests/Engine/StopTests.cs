using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Registry.Checks;
using Rollcall.Registry.Engine;
using Rollcall.Registry.Journaling;
using Rollcall.Registry.Watchers;
using Rollcall.TestKit;

namespace Rollcall.Registry.Tests.Engine;

public sealed class StopTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stopping_finishes_what_was_taken_and_releases_everyone()
    {
        var fixture = await RegistryFixture.OpenAsync();
        var registry = fixture.Registry;
        await fixture.RegisterAsync();
        using var watcher = registry.Watchers.Enter("orders", "w", WatcherKind.Poll, 1, null);
        var drain = registry.DrainAsync(Sample.Key(), null, "a test", TimeSpan.FromSeconds(30), Token);
        await Eventually.True(() => fixture.State() == EndpointState.Draining);
        var poll = registry.Catalog.WaitForChangeAsync("orders", 2, Token).AsTask();
        Assert.True(registry.Catalog.TryReadChanges(2, out var changes));
        await using var stream = changes.GetAsyncEnumerator(Token);
        var next = stream.MoveNextAsync().AsTask();
        await fixture.Journal.AppendBegunAsync(Token);
        await fixture.Journal.AppendBegunAsync(Token);
        fixture.Journal.Hold();
        var underWay = registry.RegisterAsync(Sample.Registration(id: "o-2"), null, Token).AsTask();
        await Eventually.Within(fixture.Journal.AppendBegunAsync(Token));

        var stop = registry.DisposeAsync().AsTask();
        var again = registry.DisposeAsync().AsTask();
        Assert.Equal(WriteOutcome.Busy, (await Eventually.Within(registry.RegisterAsync(Sample.Registration(id: "o-3"), null, Token).AsTask())).Outcome);
        Assert.Equal(2, (await Eventually.Within(poll)).Revision);
        Assert.Equal("w", Assert.Single((await Eventually.Within(drain)).Waiting).Id);
        Assert.False(stop.IsCompleted || fixture.Journal.IsDisposed);
        fixture.Journal.LetGo();
        await Eventually.Within(stop);
        await Eventually.Within(again);
        Assert.True((await underWay).Succeeded);
        Assert.True(fixture.Journal.IsDisposed);
        Assert.Equal(0, fixture.Time.PendingTimers);
        await Eventually.Within(next);
    }

    [Fact]
    public async Task A_journal_that_cannot_be_taken_over_is_closed_again()
    {
        var journal = new FakeJournal(new RecoveredState(1, [null!], null));
        using var meters = new TestMeters();
        var environment = new RegistryEnvironment(new VirtualTime(), new Random(1), NullLoggerFactory.Instance, meters);
        await Assert.ThrowsAnyAsync<Exception>(
            () => ServiceRegistry.OpenAsync(new RegistryOptions(), new Dictionary<CheckKind, ICheckProbe>(), environment, journal));
        Assert.True(journal.IsDisposed);
    }
}
