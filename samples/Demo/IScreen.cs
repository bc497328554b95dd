namespace Demo;

/// <summary>Shows the demo while it runs.</summary>
internal interface IScreen
{
    /// <summary>Shows scenes until cancelled; returns normally then.</summary>
    Task RunAsync(Chronicle chronicle, CancellationToken cancellationToken);
}
