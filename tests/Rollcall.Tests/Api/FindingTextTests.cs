using Rollcall.Api;

namespace Rollcall.Tests.Api;

public sealed class FindingTextTests
{
    [Fact]
    public void Format_ReadsBackTheSame()
    {
        FindingDocument[] findings =
        [
            new() { Instance = "orders-1", Reason = "failures", Times = 2, SuccessRate = 0.425, Latency = 0.0125 },
            new() { Instance = "1.m7", Reason = "unreachable" },
        ];

        var text = FindingText.Format(findings);

        Assert.Equal("\"orders-1\";reason=failures;times=2;success=0.425;latency=0.0125, \"1.m7\";reason=unreachable;times=1", text);
        Assert.Equal(findings, FindingText.Parse(text!));
    }

    [Fact]
    public void Format_FiguresThatAreNone_AreLeftOut() => Assert.Equal(
        "\"a\";reason=silent;times=1", FindingText.Format([new() { Instance = "a", Reason = "silent", SuccessRate = double.NaN, Latency = double.PositiveInfinity }]));

    [Fact]
    public void Format_NothingThatANodeCouldHave_IsNull() =>
        Assert.Null(FindingText.Format([new() { Instance = "10.0.0.5:80/\"", Reason = "failures" }]));

    [Fact]
    public void Format_TooMany_StaysWithinTheLimits()
    {
        var many = Enumerable.Range(0, 100).Select(static i => new FindingDocument { Instance = $"{new string('a', 63)}.{new string('b', 60)}{i:000}", Reason = "gateway-errors", Times = 2_000_000_000, SuccessRate = 0.123, Latency = 0.12345 });

        var text = FindingText.Format(many)!;

        Assert.InRange(text.Length, FindingText.MaxLength / 2, FindingText.MaxLength);
        Assert.InRange(FindingText.Parse(text)!.Count, 30, FindingText.MaxFindings);
    }

    [Theory]
    [InlineData("")]
    [InlineData("orders-1;reason=failures")]
    [InlineData("\"orders-1\"")]
    [InlineData("\"orders-1\";reason=")]
    [InlineData("\"orders-1\";reason=A b")]
    [InlineData("\"orders-1\";reason=failures;times=0")]
    [InlineData("\"orders-1\";reason=failures;success=1.5")]
    [InlineData("\"orders-1\";reason=failures;latency=-1")]
    [InlineData("\"orders-1\";reason=failures;latency=NaN")]
    [InlineData("\"orders-1\";reason=failures;latency=-Infinity")]
    [InlineData("\"orders-1\";reason=failures;success=-Infinity")]
    [InlineData("\"orders-1\";reason=failures;success=-0.5")]
    [InlineData("\"orders-1\";reason=failures,")]
    [InlineData("\"orders-1\";reason=failures, \"orders-1\";reason=silent")]
    [InlineData("\"Orders\";reason=failures")]
    [InlineData("\"orders-1;reason=failures")]
    [InlineData("\"")]
    public void Parse_BreaksARule_IsNull(string text) => Assert.Null(FindingText.Parse(text));

    [Fact]
    public void Parse_ParameterOfALaterVersion_IsPassedOver() =>
        Assert.Equal(new FindingDocument { Instance = "a", Reason = "silent" }, Assert.Single(FindingText.Parse("\"a\";new=1;reason=silent")!));

    [Fact]
    public void Parse_AnyText_DoesNotThrow()
    {
        const string good = "\"orders-1\";reason=failures;times=2;success=0.42;latency=0.012, \"b\";reason=silent";
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var text = good.ToCharArray();
            for (var i = random.Next(1, 4); i > 0; i--)
                text[random.Next(text.Length)] = "\",;=ab01.- \u00e9\0"[random.Next(13)];
            try
            {
                FindingText.Parse(new string(text)[..random.Next(text.Length + 1)]);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}", error);
            }
        }
    }
}
