namespace Rollcall.Balancing;

/// <summary>A picker that can say how it judges its candidates, for whoever explains a pick. Not meant for the request path.</summary>
internal interface IScoredPicker : IEndpointPicker
{
    /// <summary>What a score is and which wins, in words, such as "requests in flight; fewer wins".</summary>
    string ScoreMeaning { get; }

    /// <summary>The score of one candidate for a request, now.</summary>
    /// <param name="index">Its index among the candidates that the picker was made from.</param>
    /// <param name="context">What is known of the request.</param>
    double Score(int index, in PickContext context);
}
