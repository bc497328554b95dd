using Rollcall.Registry.Journaling;
using Rollcall.TestKit;
using static Rollcall.Registry.Tests.Journaling.Sample;

namespace Rollcall.Registry.Tests.Journaling;

/// <summary>What a journal remembers of services whose last instance has left.</summary>
public sealed class EmptiedServicesTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly VirtualTime _time = new(Start);

    private static readonly Change[] Changes =
    [
        Registered(1, id: "o-1"), Registered(2, "billing", "b-1"), Registered(3, id: "o-2"), Registered(4, "stock", "s-1"),
        Removed(5, "o-1", Start.AddSeconds(1)), Removed(6, "b-1", Start.AddSeconds(2), "billing"), Removed(7, "o-2", Start.AddSeconds(3)),
        Registered(8, "billing", "b-2"), Removed(9, "s-1", Start.AddSeconds(4), "stock"),
    ];

    private static readonly EmptiedService[] Expected = [new("orders", 7, Start.AddSeconds(3)), new("stock", 9, Start.AddSeconds(4))];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task They_are_found_by_replaying_the_changes()
    {
        await using (var journal = await OpenAsync(new JournalOptions { Directory = _directory.Path }, _time))
            await journal.AppendAsync(Changes, Token);

        await using var again = await OpenAsync(new JournalOptions { Directory = _directory.Path }, _time);
        Assert.Equal(0, again.Recovered.Emptied.Forgotten);
        Assert.Equal(Expected, again.Recovered.Emptied.Services);
    }

    [Fact]
    public async Task They_are_kept_by_a_snapshot_and_changed_by_what_came_after()
    {
        await using (var journal = await OpenAsync(new JournalOptions { Directory = _directory.Path }, _time))
        {
            await journal.AppendAsync(Changes, Token);
            await journal.WriteSnapshotAsync(9, Start.AddMinutes(1), StateAfter(Changes), new EmptiedServices(4, Expected), Token);
        }

        await using (var journal = await OpenAsync(new JournalOptions { Directory = _directory.Path }, _time))
        {
            Assert.Equal(4, journal.Recovered.Emptied.Forgotten);
            Assert.Equal(Expected, journal.Recovered.Emptied.Services);
            await journal.AppendAsync([Registered(10, id: "o-3"), Registered(11, "stock", "s-2"), Removed(12, "s-2", Start.AddMinutes(2), "stock")], Token);
            Assert.NotNull(await journal.ReadStateAtAsync(Start.AddMinutes(3), "orders", Token));
        }

        await using var again = await OpenAsync(new JournalOptions { Directory = _directory.Path }, _time);
        Assert.Equal([new EmptiedService("stock", 12, Start.AddMinutes(2))], again.Recovered.Emptied.Services);
        Assert.True((await JournalVerifier.VerifyAsync(_directory.Path, Token)).IsSound);
    }

    [Fact]
    public void A_snapshot_of_a_time_before_they_were_kept_has_forgotten_all_up_to_its_revision()
    {
        var buffer = new RecordBuffer(64);
        var start = buffer.BeginRecord();
        buffer.WriteByte((byte)RecordKind.End);
        buffer.WriteUnsigned(3);
        buffer.EndRecord(start);

        Assert.True(EmptiedCodec.TryReadEnd(buffer.Written[RecordBuffer.FrameBytes..], 42, out var end));
        Assert.Equal(new SnapshotEnd(3, 0, 42), end);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(43)]
    public void An_emptied_service_from_outside_of_its_snapshot_is_damage(long age)
    {
        var buffer = new RecordBuffer(64);
        EmptiedCodec.Write(buffer, new EmptiedService("orders", 42 - age, Start), 42, Start);
        Assert.Null(EmptiedCodec.TryRead(buffer.Written[RecordBuffer.FrameBytes..], new DecodePool(), 42, Start));
    }
}
