using System.Buffers.Text;
using System.Text;
using Rollcall.Http;

namespace Rollcall.Tests.Http;

public sealed class TokenClaimTests
{
    [Theory]
    [InlineData("""{"sub":"ann"}""", "ann")]
    [InlineData("""{"iss":"x","sub":"ann","exp":1}""", "ann")]
    [InlineData("""{"sub":"\u0061nn"}""", "ann")]
    [InlineData("""{"s\u0075b":"ann"}""", "ann")]
    [InlineData("""{"sub":7}""", "7")]
    [InlineData("""{"sub":true}""", "true")]
    [InlineData("""{"sub":""}""", "")]
    [InlineData("""{"sub":"bob","sub":"ann"}""", "ann")]
    [InlineData("""{"act":{"sub":"bob"},"sub":"ann"}""", "ann")]
    [InlineData("""{"act":{"sub":"bob"}}""", null)]
    [InlineData("""{"sub":null}""", null)]
    [InlineData("""{"sub":["ann"]}""", null)]
    [InlineData("""["sub","ann"]""", null)]
    [InlineData("""{"sub":"ann""", null)]
    [InlineData("", null)]
    public void Find_APayload_IsTheClaim(string payload, string? expected) => Assert.Equal(expected, TokenClaim.Find(Bearer(payload), "sub"));

    [Theory]
    [InlineData("")]
    [InlineData("Basic YTpi")]
    [InlineData("Bearer")]
    [InlineData("Bearer ..")]
    [InlineData("Bearer a.b")]
    [InlineData("Bearer a.%%%%.c")]
    [InlineData("Bearer a.eyJzdWIiOiJhbm4ifQ")]
    public void Find_NoToken_IsNothing(string authorization) => Assert.Null(TokenClaim.Find(authorization, "sub"));

    [Fact]
    public void Find_IsBounded()
    {
        var longest = new string('a', TokenClaim.MaxValueLength);

        Assert.Equal(longest, TokenClaim.Find(Bearer($$"""{"sub":"{{longest}}"}"""), "sub"));
        Assert.Null(TokenClaim.Find(Bearer($$"""{"sub":"{{longest}}a"}"""), "sub"));
        Assert.Null(TokenClaim.Find(Bearer($$"""{"sub":"ann","x":"{{new string('a', TokenClaim.MaxTokenLength)}}"}"""), "sub"));
    }

    [Fact]
    public void Find_AnyBytes_DoesNotThrow()
    {
        var random = new Random(7);
        for (var i = 0; i < 2000; i++)
        {
            var payload = Encoding.UTF8.GetBytes("""{"sub":"ann","n":[1,{"a":"b"}]}""");
            for (var j = 0; j < 3; j++)
                payload[random.Next(payload.Length)] = (byte)random.Next(256);
            TokenClaim.Find($"Bearer e30.{Base64Url.EncodeToString(payload)}.", "sub");
        }
    }

    private static string Bearer(string payload) => $"bearer e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}.c2ln";
}
