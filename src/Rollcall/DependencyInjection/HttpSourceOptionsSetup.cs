using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Rollcall.Configuration;
using Rollcall.Servers;
using Rollcall.Sources.Http;

namespace Rollcall.DependencyInjection;

/// <summary>Fills <see cref="HttpSourceOptions"/> from the configuration; without one, the defaults stay.</summary>
internal sealed class HttpSourceOptionsSetup(IConfiguration? configuration) : IConfigureOptions<HttpSourceOptions>
{
    public void Configure(HttpSourceOptions options)
    {
        if (configuration is null)
            return;
        var reader = new ConfigurationReader(configuration.GetSection(HttpSourceOptions.Section), options.Unreadable);
        options.Interval = reader.Duration(nameof(options.Interval)) ?? options.Interval;
        options.MinInterval = reader.Duration(nameof(options.MinInterval)) ?? options.MinInterval;
        options.MaxInterval = reader.Duration(nameof(options.MaxInterval)) ?? options.MaxInterval;
        options.AnswerTimeout = reader.Duration(nameof(options.AnswerTimeout)) ?? options.AnswerTimeout;
        options.Wait = reader.Duration(nameof(options.Wait)) ?? options.Wait;
        options.StreamSilence = reader.Duration(nameof(options.StreamSilence)) ?? options.StreamSilence;
        options.UseProxy = reader.Flag(nameof(options.UseProxy)) ?? options.UseProxy;
        var servers = reader.Part(nameof(options.Servers));
        foreach (var (key, _) in reader.Pairs(nameof(options.Servers)))
            options.Servers.Add(ReadServer(servers.Part(key)));
        reader.End();
    }

    private static HttpServerOptions ReadServer(ConfigurationReader reader)
    {
        var server = new HttpServerOptions
        {
            // One that is no address stays visible as such to the check of the options.
            Url = reader.Text(nameof(HttpServerOptions.Url)) is { } url ? new Uri(url, UriKind.RelativeOrAbsolute) : null,
            Authorization = reader.Text(nameof(HttpServerOptions.Authorization)),
            AuthorizationFile = reader.Text(nameof(HttpServerOptions.AuthorizationFile)),
        };
        foreach (var (name, value) in reader.Pairs(nameof(HttpServerOptions.Headers)))
            server.Headers[name] = value;
        TlsOptionsReader.Read(reader, server.Tls);
        reader.End();
        return server;
    }
}

/// <summary>Checks what an application has configured of HTTP sources, naming every violation at once.</summary>
internal sealed class HttpSourceOptionsValidator : IValidateOptions<HttpSourceOptions>
{
    public ValidateOptionsResult Validate(string? name, HttpSourceOptions options)
    {
        string[] errors = [.. options.Unreadable, .. options.Errors().Select(static error => $"{HttpSourceOptions.Section}:{error}")];
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
