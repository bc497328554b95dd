namespace Checkout;

/// <summary>How much traffic to make. Section <c>Traffic</c>, or <c>--Traffic:Rate 500</c>.</summary>
internal sealed class TrafficOptions
{
    /// <summary>Requests a second, sent on time whether or not earlier ones have been answered (an open loop).</summary>
    public int Rate { get; set; } = 300;

    /// <summary>The most requests under way at once; beyond that they are sent late.</summary>
    public int Concurrency { get; set; } = 1024;
}
