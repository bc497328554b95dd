using Rollcall.Registry.Checks;

namespace Rollcall.Registry.Tests.Checks;

public sealed class CheckStateTests
{
    /// <summary>Results as letters (p passed, f failed), and the condition after each: ? unknown, P passing, F failing.</summary>
    [Theory]
    [InlineData("", "p", "P", 2, 1)]
    [InlineData("", "ff", "?F", 2, 1)]
    [InlineData("", "fpff", "?PPF", 2, 1)]
    [InlineData("", "p", "P", 2, 3)] // of which nothing is known: the first pass is enough
    [InlineData("", "ffp", "?FP", 2, 3)] // nor after failures, as of a program that starts
    [InlineData("", "pffp", "PPFF", 2, 3)]
    [InlineData("P", "fpfpff", "PPPPPF", 2, 1)]
    [InlineData("P", "f", "F", 1, 1)]
    [InlineData("F", "p", "P", 2, 1)]
    [InlineData("F", "ppfppp", "FFFFFP", 2, 3)]
    [InlineData("F", "fff", "FFF", 2, 1)]
    public void Thresholds_count_results_in_a_row(string start, string results, string conditions, int failureThreshold, int successThreshold)
    {
        var check = new CheckDefinition { Kind = CheckKind.Tcp, Target = "a:1", FailureThreshold = failureThreshold, SuccessThreshold = successThreshold };
        var state = new CheckState(start switch { "P" => CheckCondition.Passing, "F" => CheckCondition.Failing, _ => CheckCondition.Unknown });
        for (var i = 0; i < results.Length; i++)
        {
            var before = state.Condition;
            var changed = state.Apply(check, new CheckResult(results[i] == 'p', "503"));
            Assert.Equal(conditions[i], state.Condition switch { CheckCondition.Passing => 'P', CheckCondition.Failing => 'F', _ => '?' });
            Assert.Equal(before != state.Condition, changed);
        }
    }

    [Fact]
    public void The_first_failure_of_all_is_told_though_it_decides_nothing()
    {
        var check = new CheckDefinition { Kind = CheckKind.Tcp, Target = "a:1" };
        var state = new CheckState(CheckCondition.Unknown);
        Assert.False(state.Apply(check, new CheckResult(Passed: false, "connection refused")));
        Assert.Equal((CheckCondition.Unknown, "first check failed: tcp a:1: connection refused"), (state.Condition, state.Failure));
        state.Apply(check, new CheckResult(Passed: false, "503"));
        Assert.Equal("tcp a:1: 503 (2 of 2 failed)", state.Failure);
        state.Apply(check, new CheckResult(Passed: true, "200"));
        Assert.Null(state.Failure);
    }

    [Theory]
    [InlineData(CheckKind.Http, "http://10.0.0.5/health", 2, "http http://10.0.0.5/health: 503 (2 of 2 failed)")]
    [InlineData(CheckKind.Tcp, "10.0.0.5:80", 3, "tcp 10.0.0.5:80: 503 (3 of 3 failed)")]
    public void A_failure_says_which_check_and_why(CheckKind kind, string target, int threshold, string words)
    {
        var check = new CheckDefinition { Kind = kind, Target = target, FailureThreshold = threshold };
        var state = new CheckState(CheckCondition.Passing);
        for (var i = 0; i < threshold; i++)
        {
            Assert.Null(state.Failure);
            state.Apply(check, new CheckResult(Passed: false, "503"));
        }

        Assert.Equal(words, state.Failure);
        state.Apply(check, new CheckResult(Passed: true, "200"));
        Assert.Null(state.Failure);
    }
}
