using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Rollcall.Configuration;
using Rollcall.Servers;

namespace Rollcall.Consul.DependencyInjection;

/// <summary>Fills <see cref="ConsulSourceOptions"/> from the configuration; without one, the defaults stay.</summary>
internal sealed class ConsulSourceOptionsSetup(IConfiguration? configuration) : IConfigureOptions<ConsulSourceOptions>
{
    public void Configure(ConsulSourceOptions options)
    {
        if (configuration is null)
            return;
        var reader = new ConfigurationReader(configuration.GetSection(ConsulSourceOptions.Section), options.Unreadable);
        foreach (var text in reader.List(nameof(options.Agents)))
        {
            if (ConsulTarget.TryAgent(text, useTls: false, out var agent))
                options.Agents.Add(agent);
            else
                options.Unreadable.Add($"{ConsulSourceOptions.Section}:{nameof(options.Agents)} names '{(text.Contains('@', StringComparison.Ordinal) ? "…@…" : text)}', which is no agent; write it like http://10.0.0.5:8500.");
        }

        options.Token = reader.Text(nameof(options.Token)) ?? options.Token;
        options.TokenFile = reader.Text(nameof(options.TokenFile)) ?? options.TokenFile;
        options.Datacenter = reader.Text(nameof(options.Datacenter)) ?? options.Datacenter;
        options.Namespace = reader.Text(nameof(options.Namespace)) ?? options.Namespace;
        options.Partition = reader.Text(nameof(options.Partition)) ?? options.Partition;
        options.AllowStale = reader.Flag(nameof(options.AllowStale)) ?? options.AllowStale;
        options.MaxStaleness = reader.Duration(nameof(options.MaxStaleness)) ?? options.MaxStaleness;
        options.Wait = reader.Duration(nameof(options.Wait)) ?? options.Wait;
        options.AnswerTimeout = reader.Duration(nameof(options.AnswerTimeout)) ?? options.AnswerTimeout;
        TlsOptionsReader.Read(reader, options.Tls);
        reader.End();
    }
}

/// <summary>Checks what an application has configured of Consul, naming every violation at once.</summary>
internal sealed class ConsulSourceOptionsValidator : IValidateOptions<ConsulSourceOptions>
{
    public ValidateOptionsResult Validate(string? name, ConsulSourceOptions options)
    {
        string[] errors = [.. options.Unreadable, .. options.Errors().Select(static error => $"{ConsulSourceOptions.Section}:{error}")];
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
