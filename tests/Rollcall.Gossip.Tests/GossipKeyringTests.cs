namespace Rollcall.Gossip.Tests;

public sealed class GossipKeyringTests
{
    private static readonly GossipKey First = GossipKey.Generate();
    private static readonly GossipKey Second = GossipKey.Generate();

    [Fact]
    public void Add_ToAnEmptyRing_MakesThePrimary()
    {
        var ring = new GossipKeyring();
        Assert.Null(ring.Primary);
        Assert.True(ring.Add(First));
        Assert.True(ring.Add(Second));
        Assert.Equal(First, ring.Primary);
    }

    [Fact]
    public void Add_OfAKeyThatIsThere_DoesNothing()
    {
        var ring = new GossipKeyring(First);
        Assert.False(ring.Add(new GossipKey(Convert.FromBase64String(First.ToBase64()))));
        Assert.Single(ring.Keys);
    }

    [Fact]
    public void Use_MovesTheKeyToTheFront()
    {
        var ring = new GossipKeyring(First, Second);
        Assert.True(ring.Use(Second));
        Assert.Equal([Second, First], ring.Keys);
        Assert.False(ring.Use(GossipKey.Generate()));
    }

    [Fact]
    public void Remove_NeverTakesThePrimary()
    {
        var ring = new GossipKeyring(First, Second);
        Assert.Throws<InvalidOperationException>(() => ring.Remove(First));
        Assert.True(ring.Remove(Second));
        Assert.False(ring.Remove(Second));
        Assert.Equal([First], ring.Keys);
    }

    [Fact]
    public void Keys_StayAsTheyWereWhenAsked()
    {
        var ring = new GossipKeyring(First);
        var before = ring.Keys;
        ring.Add(Second);
        Assert.Single(before);
    }

    [Fact]
    public void Changed_IsRaisedAfterEachChangeAndNotWithoutOne()
    {
        var ring = new GossipKeyring(First);
        List<int> counts = [];
        ring.Changed += (sender, _) => counts.Add(((GossipKeyring)sender!).Keys.Count);
        ring.Add(Second);
        ring.Add(Second);
        ring.Use(First);
        ring.Use(Second);
        ring.Remove(First);
        ring.Remove(First);
        Assert.Equal([2, 2, 1], counts);
    }

    [Fact]
    public void Changed_ThatThrows_LeavesTheChangeDone()
    {
        var ring = new GossipKeyring(First);
        ring.Changed += static (_, _) => throw new IOException("The disk is full.");
        Assert.Throws<IOException>(() => ring.Add(Second));
        Assert.Equal([First, Second], ring.Keys);
    }

    [Theory]
    [InlineData(16, true)]
    [InlineData(24, true)]
    [InlineData(32, true)]
    [InlineData(31, false)]
    [InlineData(48, false)]
    [InlineData(0, false)]
    public void TryParse_TakesThreeLengths(int length, bool expected)
    {
        var text = Convert.ToBase64String(new byte[length]);
        Assert.Equal(expected, GossipKey.TryParse(text, out var key));
        Assert.Equal(expected ? text : null, key?.ToBase64());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not base64")]
    public void TryParse_RefusesWhatIsNoBase64(string? text) => Assert.False(GossipKey.TryParse(text, out _));

    [Fact]
    public void ToString_DoesNotShowTheKey() => Assert.Equal("AES-256 key", First.ToString());
}
