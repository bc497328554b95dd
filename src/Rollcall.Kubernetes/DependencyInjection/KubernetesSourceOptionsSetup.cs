using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Rollcall.Configuration;

namespace Rollcall.Kubernetes.DependencyInjection;

/// <summary>Fills <see cref="KubernetesSourceOptions"/> from the configuration; without one, the defaults stay.</summary>
internal sealed class KubernetesSourceOptionsSetup(IConfiguration? configuration) : IConfigureOptions<KubernetesSourceOptions>
{
    public void Configure(KubernetesSourceOptions options)
    {
        if (configuration is null)
            return;
        var section = configuration.GetSection(KubernetesSourceOptions.Section);
        var reader = new ConfigurationReader(section, options.Unreadable);
        options.Mode = Choice(reader, options, nameof(options.Mode), options.Mode);
        options.Family = Choice(reader, options, nameof(options.Family), options.Family);
        options.KubeConfig = reader.Text(nameof(options.KubeConfig)) ?? options.KubeConfig;
        options.Context = reader.Text(nameof(options.Context)) ?? options.Context;
        options.Zone = reader.Text(nameof(options.Zone)) ?? options.Zone;
        options.NodeName = reader.Text(nameof(options.NodeName)) ?? options.NodeName;
        options.ClusterDomain = reader.Text(nameof(options.ClusterDomain)) ?? options.ClusterDomain;
        options.ServiceAccountDirectory = reader.Text(nameof(options.ServiceAccountDirectory)) ?? options.ServiceAccountDirectory;
        options.ReadPods = reader.Flag(nameof(options.ReadPods)) ?? options.ReadPods;
        options.PreferOwnZone = reader.Flag(nameof(options.PreferOwnZone)) ?? options.PreferOwnZone;
        options.PageSize = reader.Number(nameof(options.PageSize)) ?? options.PageSize;
        options.RequestTimeout = reader.Duration(nameof(options.RequestTimeout)) ?? options.RequestTimeout;
        options.IdleTimeout = reader.Duration(nameof(options.IdleTimeout)) ?? options.IdleTimeout;
        options.ResyncInterval = reader.Duration(nameof(options.ResyncInterval)) ?? options.ResyncInterval;
        options.SliceRetryInterval = reader.Duration(nameof(options.SliceRetryInterval)) ?? options.SliceRetryInterval;
        options.Linger = reader.Duration(nameof(options.Linger)) ?? options.Linger;
        foreach (var label in reader.List(nameof(options.Labels)))
            options.Labels.Add(label);
        reader.End();
    }

    private static T Choice<T>(ConfigurationReader reader, KubernetesSourceOptions options, string key, T otherwise)
        where T : struct, Enum
    {
        if (reader.Text(key) is not { } text)
            return otherwise;
        if (char.IsAsciiLetter(text[0]) && Enum.TryParse<T>(text, ignoreCase: true, out var value))
            return value;
        options.Unreadable.Add($"{KubernetesSourceOptions.Section}:{key} is '{text}'; there are: {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}.");
        return otherwise;
    }
}
