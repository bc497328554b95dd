namespace Rollcall.Balancing;

/// <summary>
/// A picker that has an order of its own for a request: each <see cref="PickContext.Turn"/> below <see cref="Turns"/> is another candidate, or may be when some are overloaded.
/// Whoever looks for one that will do should follow it.
/// </summary>
internal interface IOrderedPicker : IScoredPicker
{
    /// <summary>How far the order is followed; beyond, any order will do.</summary>
    int Turns { get; }
}
