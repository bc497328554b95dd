using Polly;
using Polly.Hedging;
using Polly.Retry;

namespace Rollcall.Http;

/// <summary>
/// How a request that did not succeed at once goes on: Polly decides nothing but runs the tries, one after the other and side by side, and cancels those that
/// came second; whether and where there is another is the request's to say.
/// </summary>
internal sealed class TryPipelines(TimeProvider time)
{
    private readonly ResiliencePipeline<Attempt>?[] _pipelines = new ResiliencePipeline<Attempt>?[6];

    /// <summary>Where the strategies find the request.</summary>
    public static ResiliencePropertyKey<RequestRun> Run { get; } = new("rollcall.run");

    /// <summary>For requests that may have so many tries under way besides the first; zero to five.</summary>
    public ResiliencePipeline<Attempt> Of(int maxHedges) => _pipelines[maxHedges] ??= Build(maxHedges);

    private ResiliencePipeline<Attempt> Build(int maxHedges)
    {
        var builder = new ResiliencePipelineBuilder<Attempt> { TimeProvider = time }.AddRetry(new RetryStrategyOptions<Attempt>
        {
            // Bounded by the request itself: tries that were sent and those that were not have limits of their own.
            MaxRetryAttempts = int.MaxValue,
            Delay = TimeSpan.Zero,
            ShouldHandle = static arguments => new(arguments.Outcome.Result is { } attempt && attempt.Run.WantsAnother(attempt)),
        });
        if (maxHedges > 0)
        {
            builder.AddHedging(new HedgingStrategyOptions<Attempt>
            {
                MaxHedgedAttempts = maxHedges,
                DelayGenerator = static arguments => new(RunOf(arguments.Context).HedgeAfter),
                ShouldHandle = static arguments => new(arguments.Outcome.Result is { } attempt && attempt.Run.WaitsForOther(attempt)),
                ActionGenerator = static arguments => RunOf(arguments.PrimaryContext) is var run && run.BeginHedge() is { } destination
                    ? () => run.HedgeAsync(destination, arguments.ActionContext.CancellationToken)
                    : null,
            });
        }

        return builder.Build();
    }

    private static RequestRun RunOf(ResilienceContext context) =>
        context.Properties.TryGetValue(Run, out var run) ? run : throw new InvalidOperationException("The pipeline runs without a request.");
}
