using Rollcall.Gossip.Serf;

namespace Rollcall.Gossip.Tests.Serf;

public sealed class KeyStoreTests
{
    private static readonly GossipKey First = GossipKey.Generate();
    private static readonly GossipKey Second = GossipKey.Generate();

    [Fact]
    public void A_rotation_goes_step_by_step()
    {
        var ring = new GossipKeyring(First);
        var store = new KeyStore(ring, isSealed: true);
        Assert.Null(store.Apply(KeyOperation.Add, Second));
        Assert.Null(store.Apply(KeyOperation.Use, Second));
        Assert.Null(store.Apply(KeyOperation.Remove, First));
        Assert.Equal([Second], ring.Keys);
    }

    [Fact]
    public void A_step_done_before_is_done_again_without_harm()
    {
        var ring = new GossipKeyring(First);
        var store = new KeyStore(ring, isSealed: true);
        Assert.Null(store.Apply(KeyOperation.Add, First));
        Assert.Null(store.Apply(KeyOperation.Use, First));
        Assert.Null(store.Apply(KeyOperation.Remove, Second));
        Assert.Equal([First], ring.Keys);
    }

    [Fact]
    public void What_would_cut_the_node_off_is_refused_in_words()
    {
        var ring = new GossipKeyring(First);
        var store = new KeyStore(ring, isSealed: true);
        Assert.Contains("primary key cannot be removed", store.Apply(KeyOperation.Remove, First), StringComparison.Ordinal);
        Assert.Contains("does not have the key", store.Apply(KeyOperation.Use, Second), StringComparison.Ordinal);
        Assert.Contains("16, 24 or 32 bytes", store.Apply(KeyOperation.Add, null), StringComparison.Ordinal);
        Assert.Equal([First], ring.Keys);
    }

    [Theory]
    [InlineData(KeyOperation.List)]
    [InlineData(KeyOperation.Add)]
    [InlineData(KeyOperation.Use)]
    [InlineData(KeyOperation.Remove)]
    internal void Nothing_is_shown_or_changed_where_plain_text_is_taken_or_there_is_no_key(KeyOperation operation)
    {
        var ring = new GossipKeyring(First, Second);
        Assert.NotNull(new KeyStore(ring, isSealed: false).Apply(operation, Second));
        Assert.Equal([First, Second], ring.Keys);
        var empty = new GossipKeyring();
        Assert.NotNull(new KeyStore(empty, isSealed: true).Apply(operation, Second));
        Assert.Empty(empty.Keys);
    }

    [Fact]
    public void A_full_ring_takes_no_more_but_what_it_has()
    {
        var ring = new GossipKeyring(Enumerable.Range(0, KeyStore.MaxKeys).Select(static _ => GossipKey.Generate()));
        var store = new KeyStore(ring, isSealed: true);
        Assert.NotNull(store.Apply(KeyOperation.Add, First));
        Assert.Null(store.Apply(KeyOperation.Add, ring.Keys[3]));
        Assert.Equal(KeyStore.MaxKeys, ring.Keys.Count);
    }

    [Fact]
    public void Keys_that_could_not_be_kept_are_said()
    {
        var ring = new GossipKeyring(First);
        ring.Changed += static (_, _) => throw new IOException("The disk is full.");
        Assert.Contains("The disk is full.", new KeyStore(ring, isSealed: true).Apply(KeyOperation.Add, Second), StringComparison.Ordinal);
    }
}
