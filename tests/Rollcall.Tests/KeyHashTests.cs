using System.Text;
using Rollcall.TestKit;

namespace Rollcall.Tests;

public sealed class KeyHashTests
{
    // These stand in the documentation of well-known implementations.
    [Theory]
    [InlineData("", 0xEF46DB3751D8E999)]
    [InlineData("a", 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0x44BC2CF5AD770999)]
    [InlineData("xxhash", 0x32DD38952C4BC720)]
    [InlineData("Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1)]
    public void Of_PublishedVectors_Agrees(string text, ulong hash)
    {
        Assert.Equal(hash, KeyHash.Of(text));
        Assert.Equal(hash, KeyHash.Of(Encoding.UTF8.GetBytes(text)));
    }

    // The buffer and the values of the reference implementation's own check.
    [Theory]
    [InlineData(1, 0x4FCE394CC88952D8)]
    [InlineData(14, 0xCFFA8DB881BC3A3D)]
    [InlineData(101, 0x0EAB543384F878AD)]
    public void Of_ReferenceBuffer_Agrees(int length, ulong hash)
    {
        var bytes = new byte[length];
        var generator = 2654435761u;
        foreach (ref var one in bytes.AsSpan())
        {
            one = (byte)(generator >> 24);
            generator = unchecked(generator * generator);
        }

        Assert.Equal(hash, KeyHash.Of(bytes));
    }

    [Fact]
    public void Of_TextOfAnyLength_IsThatOfItsUtf8()
    {
        for (var length = 0; length < 700; length++)
        {
            var text = string.Create(length, length, static (chars, seed) =>
            {
                for (var i = 0; i < chars.Length; i++)
                    chars[i] = (char)('a' + ((seed + (i * 7)) % 300));
            });
            Assert.Equal(KeyHash.Of(Encoding.UTF8.GetBytes(text)), KeyHash.Of(text));
        }
    }

    [Fact]
    public void ForKey_LongAndShort_AllocatesNothing()
    {
        var text = new string('ü', 2_000);

        Assert.Equal(0, Allocation.Of(() => Sum(text)));

        static ulong Sum(string text) => PickContext.ForKey(text).Key + PickContext.ForKey("short").Key + PickContext.ForKey("bytes"u8).Key;
    }

    [Fact]
    public void ForKey_Null_IsNoKeyAndEmptyIsOne()
    {
        Assert.Equal(PickContext.None, PickContext.ForKey((string?)null));
        Assert.True(PickContext.ForKey("").HasKey);
        Assert.Equal(PickContext.ForKey("session"), PickContext.ForKey("session"u8));
    }
}
