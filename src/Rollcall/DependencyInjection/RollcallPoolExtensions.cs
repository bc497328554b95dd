using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Rollcall.Pooling;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Connection pools of Rollcall in an application's services.</summary>
public static class RollcallPoolExtensions
{
    /// <summary>
    /// Adds a pool of connections to a service, for whoever asks for a <see cref="ServiceConnectionPool{TConnection}"/> with <see cref="FromKeyedServicesAttribute"/> and the pool's
    /// name. Made when it is first asked for, disposed of with the container. Calls <see cref="RollcallServiceCollectionExtensions.AddRollcall"/>.
    /// </summary>
    /// <example><code>builder.Services.AddRollcallPool("orders-db", new ConnectionLifecycle&lt;OrdersConnection&gt; { ConnectAsync = OrdersConnection.OpenAsync });</code></example>
    /// <typeparam name="TConnection">The connection.</typeparam>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The pool's name, and the service unless the options say another.</param>
    /// <param name="lifecycle">How connections are made, checked and closed.</param>
    /// <param name="configure">Runs after the configuration (<c>Rollcall:Pools:NAME</c>) was read.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="OptionsValidationException">At start: an option breaks a rule; the message names every one.</exception>
    public static IServiceCollection AddRollcallPool<TConnection>(
        this IServiceCollection services, string name, ConnectionLifecycle<TConnection> lifecycle, Action<ConnectionPoolOptions>? configure = null)
        where TConnection : class
    {
        ArgumentNullException.ThrowIfNull(lifecycle);
        return Add(services, name, configure, factory => factory.Create(name, lifecycle));
    }

    /// <summary>As <see cref="AddRollcallPool{TConnection}"/>, with plain TCP connections.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The pool's name, and the service unless the options say another.</param>
    /// <param name="configure">Runs after the configuration (<c>Rollcall:Pools:NAME</c>) was read.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="OptionsValidationException">At start: an option breaks a rule; the message names every one.</exception>
    public static IServiceCollection AddRollcallTcpPool(this IServiceCollection services, string name, Action<ConnectionPoolOptions>? configure = null) =>
        Add<NetworkStream>(services, name, configure, factory => factory.CreateTcp(name));

    private static IServiceCollection Add<TConnection>(
        IServiceCollection services, string name, Action<ConnectionPoolOptions>? configure, Func<ServiceConnectionPoolFactory, ServiceConnectionPool<TConnection>> make)
        where TConnection : class
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        services.AddRollcall();
        var options = services.AddOptions<ConnectionPoolOptions>(name).ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);
        return services.AddKeyedSingleton(name, (provider, _) => make(provider.GetRequiredService<ServiceConnectionPoolFactory>()));
    }
}
