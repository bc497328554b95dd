using Rollcall.Kubernetes.Objects;
using Rollcall.Kubernetes.Reflecting;

namespace Rollcall.Kubernetes.Tests.Reflecting;

public sealed class ObjectStoreTests
{
    private readonly ObjectStore<EndpointSliceObject> _store = new();
    private int _wakes;

    [Fact]
    public void A_follower_takes_the_newest_of_each_object_of_its_key_once_all_is_known()
    {
        using var follower = _store.Follow("orders", () => _wakes++);
        _store.Set(Slice("a", "orders", "1"));
        Assert.Null(Take(follower)); // nothing is known to be current yet
        _store.SetSynced();
        _store.Set(Slice("a", "orders", "2"));
        _store.Set(Slice("x", "other", "3"));

        Assert.Equal("a@2", Take(follower));
        Assert.Equal("", Take(follower));
        _store.Remove(Slice("a", "orders", "4"));
        _store.Remove(Slice("never", "orders", "5"));
        Assert.Equal("a gone", Take(follower));
    }

    [Fact]
    public void A_new_list_is_published_at_once_and_tells_only_what_differs()
    {
        using var follower = _store.Follow("orders", () => _wakes++);
        _store.Stage([Slice("a", "orders", "1"), Slice("b", "orders", "2")]);
        _store.Stage([Slice("c", "orders", "3")]);
        _store.PublishStaged();
        _store.SetSynced();
        Assert.Equal("a@1 b@2 c@3", Take(follower));

        _store.Stage([Slice("a", "orders", "1")]);
        Assert.Equal("", Take(follower)); // half a list changes nothing
        _store.Unstage();
        _store.Stage([Slice("a", "orders", "1"), Slice("c", "orders", "5"), Slice("d", "orders", "6"), Slice("e", "other", "7")]);
        _store.PublishStaged();
        Assert.Equal("b gone c@5 d@6", Take(follower));
        Assert.Equal(4, _store.Count);
    }

    [Fact]
    public void An_object_that_moves_to_another_key_is_gone_from_the_one_before()
    {
        using var before = _store.Follow("orders", () => _wakes++);
        using var after = _store.Follow("billing", () => _wakes++);
        _store.Set(Slice("a", "orders", "1"));
        _store.SetSynced();
        Assert.Equal("a@1", Take(before));

        _store.Set(Slice("a", "billing", "2"));

        Assert.Equal("a gone", Take(before));
        Assert.Equal("a@2", Take(after));
    }

    [Fact]
    public void A_failure_is_told_to_each_follower_once_and_recovery_wakes()
    {
        using var follower = _store.Follow("orders", () => _wakes++, "me");
        _store.SetSynced();
        _store.SetFailed(new InvalidOperationException("down"));
        Assert.Equal("down", Assert.Throws<DiscoveryException>(() => Take(follower)).Message);
        Assert.Null(Take(follower));
        using var again = _store.Follow("orders", static () => { }, "me");
        Assert.Null(Take(again)); // who has heard it waits for news
        using var later = _store.Follow("orders", () => _wakes++, "you");
        Assert.Equal("down", Assert.Throws<DiscoveryException>(() => Take(later)).Message);
        Assert.Null(Take(later));
        using var once = _store.Follow("orders", static () => { });
        Assert.Equal("down", Assert.Throws<DiscoveryException>(() => Take(once)).Message);

        _store.SetFailed(new DiscoveryException("still down"));
        Assert.Equal("still down", Assert.Throws<DiscoveryException>(() => Take(later)).Message);
        Assert.Equal("still down", Assert.Throws<DiscoveryException>(() => Take(again)).Message);
        _wakes = 0;
        _store.SetSynced();
        Assert.Equal(2, _wakes);
        Assert.Equal("", Take(later));
        using var last = _store.Follow("orders", static () => { }, "him");
        Assert.Equal("", Take(last)); // nothing is wrong any more
    }

    [Fact]
    public void Who_has_left_hears_nothing()
    {
        _store.Follow("orders", () => _wakes++).Dispose();
        _store.Set(Slice("a", "orders", "1"));
        _store.SetSynced();
        Assert.Equal(0, _wakes);
    }

    private static string? Take(Follower<EndpointSliceObject> follower)
    {
        var changes = new List<KeyValuePair<string, EndpointSliceObject?>>();
        return follower.TryTake(changes)
            ? string.Join(' ', changes.OrderBy(static change => change.Key, StringComparer.Ordinal).Select(static change => change.Value is { } item ? $"{change.Key}@{item.Meta.ResourceVersion}" : $"{change.Key} gone"))
            : null;
    }

    private static EndpointSliceObject Slice(string name, string service, string version) =>
        new(new ObjectMeta(name, version, new SmallMap<string>([new("kubernetes.io/service-name", service)]), false, false), "IPv4", [], []);
}
