using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;
using Rollcall.Http;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Rollcall in HTTP clients.</summary>
public static class RollcallHttpClientBuilderExtensions
{
    /// <summary>
    /// Lets the client send requests to services by name: <c>http://orders/…</c>, <c>https+http://orders/…</c>, <c>http://_admin.orders/…</c>. Which hosts are
    /// services is configured (see <see cref="RollcallServiceCollectionExtensions.AddRollcall"/>, which this calls); requests to others are left alone.
    /// Handlers added before see the service's name, handlers added after the endpoint's address, once per try.
    /// </summary>
    /// <example><code>
    /// services.AddHttpClient("orders", client => client.BaseAddress = new("https+http://orders")).UseRollcall(options => options.Balancer = "least-requests");
    /// services.ConfigureHttpClientDefaults(static client => client.UseRollcall());
    /// </code></example>
    /// <param name="builder">The client.</param>
    /// <param name="configure">What is different for this client from what is configured for all.</param>
    /// <returns>The same client.</returns>
    /// <exception cref="OptionsValidationException">At start: an option breaks a rule; the message names every one.</exception>
    public static IHttpClientBuilder UseRollcall(this IHttpClientBuilder builder, Action<RollcallClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services.AddRollcall();

        // The defaults of all clients come without a name, and a client may have them and options of its own.
        if (builder.Name is not { } name)
        {
            services.ConfigureAll<RollcallClientOptions>(configure ?? (static _ => { }));
            services.ConfigureAll<HttpClientFactoryOptions>(AddHandler);
            return builder;
        }

        var options = services.AddOptions<RollcallClientOptions>(name).ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);
        services.Configure<HttpClientFactoryOptions>(name, AddHandler);
        return builder;
    }

    private static void AddHandler(HttpClientFactoryOptions options) => options.HttpMessageHandlerBuilderActions.Add(static builder =>
    {
        if (builder.AdditionalHandlers.Any(static handler => handler is RollcallHandler))
            return;
        var client = builder.Services.GetRequiredService<IOptionsMonitor<RollcallClientOptions>>().Get(builder.Name);
        builder.AdditionalHandlers.Add(new RollcallHandler(builder.Services.GetRequiredService<ClientContext>(), client));
    });
}
