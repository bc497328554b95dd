namespace Rollcall.Balancing;

/// <summary>A picker that can say how it judges its candidates, for whoever explains a pick. Not meant for the request path.</summary>
internal interface IScoredPicker : IEndpointPicker
{
    /// <summary>What a score is and which wins, in words, such as "requests in flight; fewer wins".</summary>
    string ScoreMeaning { get; }

    /// <summary>The score of each candidate for a request, now, in the order of those that the picker was made from. All at once: an order is walked only once.</summary>
    /// <param name="context">What is known of the request.</param>
    double[] Scores(in PickContext context);
}
