using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Rollcall.Pooling;

/// <summary>Makes connection pools. In the container after <c>AddRollcall()</c>; who makes a pool owns it and disposes of it. Thread-safe.</summary>
public sealed class ServiceConnectionPoolFactory
{
    private readonly PoolServices _services;
    private readonly IOptionsFactory<ConnectionPoolOptions> _options;
    private readonly Func<string, ServiceTarget?> _find;

    internal ServiceConnectionPoolFactory(PoolServices services, IOptionsFactory<ConnectionPoolOptions> options, Func<string, ServiceTarget?> find)
    {
        _services = services;
        _options = options;
        _find = find;
    }

    /// <summary>Makes a pool, which begins at once to follow its service and to open connections.</summary>
    /// <typeparam name="TConnection">The connection.</typeparam>
    /// <param name="name">Its name in metrics, logs and the configuration (<c>Rollcall:Pools:NAME</c>), and the service unless that says another.</param>
    /// <param name="lifecycle">How connections are made, checked and closed.</param>
    /// <param name="configure">Runs after the configuration was read.</param>
    /// <exception cref="OptionsValidationException">An option breaks a rule; the message names every one.</exception>
    /// <exception cref="ArgumentException">The name is no service and no target, or no source answers for it.</exception>
    public ServiceConnectionPool<TConnection> Create<TConnection>(
        string name, ConnectionLifecycle<TConnection> lifecycle, Action<ConnectionPoolOptions>? configure = null)
        where TConnection : class
    {
        ArgumentNullException.ThrowIfNull(lifecycle);
        return Start(name, OptionsOf(name, configure), lifecycle);
    }

    /// <summary>Makes a pool of plain TCP connections.</summary>
    /// <inheritdoc cref="Create{TConnection}"/>
    public ServiceConnectionPool<NetworkStream> CreateTcp(string name, Action<ConnectionPoolOptions>? configure = null)
    {
        var options = OptionsOf(name, configure);
        return Start(name, options, TcpLifecycle.Of(options.Port));
    }

    private ServiceConnectionPool<TConnection> Start<TConnection>(string name, ConnectionPoolOptions options, ConnectionLifecycle<TConnection> lifecycle)
        where TConnection : class
    {
        var pool = new ServiceConnectionPool<TConnection>(name, TargetOf(options.Service ?? name), options, lifecycle, _services);
        pool.Start();
        return pool;
    }

    // From the factory, because options that are shared must not be changed by one pool.
    private ConnectionPoolOptions OptionsOf(string name, Action<ConnectionPoolOptions>? configure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var options = _options.Create(name);
        if (configure is null)
            return options;
        configure(options);
        List<string> errors = [.. ConnectionPoolOptionsValidator.Errors(options, _services.Balancers, $"{ConnectionPoolOptions.Section}:{name}:")];
        return errors.Count == 0 ? options : throw new OptionsValidationException(name, typeof(ConnectionPoolOptions), errors);
    }

    private ServiceTarget TargetOf(string service)
    {
        if (_find(service) is { } found)
            return found;
        return service.Contains(':', StringComparison.Ordinal)
            ? ServiceTarget.Parse(service)
            : throw new ArgumentException(
                $"'{service}' names no service. Configure Rollcall:Services:{service} or Rollcall:DefaultScheme, or give the pool a target as {nameof(ConnectionPoolOptions.Service)}, "
                + $"such as rollcall:///{service}.",
                nameof(service));
    }
}
