using Microsoft.Extensions.Hosting;

namespace Rollcall.Gateway;

/// <summary>
/// A host that its owner stops, and no signal: a node and its gateway live in one process and stop one after the other, which they could not if each of them
/// heard the signal itself.
/// </summary>
internal sealed class OwnedLifetime : IHostLifetime
{
    /// <inheritdoc />
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
