using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Rollcall.Configuration;
using Rollcall.Servers;

namespace Rollcall.Etcd.DependencyInjection;

/// <summary>Fills <see cref="EtcdSourceOptions"/> from the configuration; without one, the defaults stay.</summary>
internal sealed class EtcdSourceOptionsSetup(IConfiguration? configuration) : IConfigureOptions<EtcdSourceOptions>
{
    public void Configure(EtcdSourceOptions options)
    {
        if (configuration is null)
            return;
        var reader = new ConfigurationReader(configuration.GetSection(EtcdSourceOptions.Section), options.Unreadable);
        foreach (var text in reader.List(nameof(options.Endpoints)))
        {
            if (EtcdTarget.TryMember(text, useTls: false, out var member))
                options.Endpoints.Add(member);
            else
                options.Unreadable.Add($"{EtcdSourceOptions.Section}:{nameof(options.Endpoints)} names '{(text.Contains('@', StringComparison.Ordinal) ? "…@…" : text)}', which is no member; write it like http://10.0.0.5:2379.");
        }

        options.Prefix = reader.Text(nameof(options.Prefix)) ?? options.Prefix;
        options.Username = reader.Text(nameof(options.Username)) ?? options.Username;
        options.Password = reader.Text(nameof(options.Password)) ?? options.Password;
        options.PasswordFile = reader.Text(nameof(options.PasswordFile)) ?? options.PasswordFile;
        options.AnswerTimeout = reader.Duration(nameof(options.AnswerTimeout)) ?? options.AnswerTimeout;
        options.SilenceCheck = reader.Duration(nameof(options.SilenceCheck)) ?? options.SilenceCheck;
        TlsOptionsReader.Read(reader, options.Tls);
        reader.End();
    }
}

/// <summary>Checks what an application has configured of etcd, naming every violation at once.</summary>
internal sealed class EtcdSourceOptionsValidator : IValidateOptions<EtcdSourceOptions>
{
    public ValidateOptionsResult Validate(string? name, EtcdSourceOptions options)
    {
        string[] errors = [.. options.Unreadable, .. options.Errors().Select(static error => $"{EtcdSourceOptions.Section}:{error}")];
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
