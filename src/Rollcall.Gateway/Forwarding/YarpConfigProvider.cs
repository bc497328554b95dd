using Yarp.ReverseProxy.Configuration;

namespace Rollcall.Gateway.Forwarding;

/// <summary>Hands configurations to YARP and tells when one is in force.</summary>
internal sealed class YarpConfigProvider : IProxyConfigProvider, IConfigChangeListener, IDisposable
{
    private YarpConfig _current = new([], []);
    private TaskCompletionSource _applied = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What YARP reads first; before it is started.</summary>
    public void Start(YarpConfig config) => Volatile.Write(ref _current, config);

    /// <summary>Replaces what is in force. Completes when new requests are routed by it; one caller at a time.</summary>
    /// <exception cref="InvalidOperationException">YARP has refused it; what was in force still is.</exception>
    public async Task ReplaceAsync(YarpConfig config, CancellationToken cancellationToken)
    {
        var applied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _applied, applied);
        var before = Interlocked.Exchange(ref _current, config);
        before.Replaced();
        await applied.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        before.Dispose();
    }

    public void Dispose() => Volatile.Read(ref _current).Dispose();

    IProxyConfig IProxyConfigProvider.GetConfig() => Volatile.Read(ref _current);

    void IConfigChangeListener.ConfigurationLoaded(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
    }

    void IConfigChangeListener.ConfigurationApplied(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
        if (proxyConfigs.Contains(Volatile.Read(ref _current)))
            _applied.TrySetResult();
    }

    void IConfigChangeListener.ConfigurationLoadingFailed(IProxyConfigProvider configProvider, Exception exception) => _applied.TrySetException(Refused(exception));

    void IConfigChangeListener.ConfigurationApplyingFailed(IReadOnlyList<IProxyConfig> proxyConfigs, Exception exception) => _applied.TrySetException(Refused(exception));

    private static InvalidOperationException Refused(Exception error) => new($"The routes cannot be put into force: {error.Message}", error);
}
