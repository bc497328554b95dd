using Microsoft.Extensions.Configuration;

namespace Rollcall.Tests;

/// <summary>A configuration whose values a test sets; each change is one reload.</summary>
internal sealed class SettableConfiguration : ConfigurationProvider, IConfigurationSource
{
    public SettableConfiguration(params (string Key, string Value)[] values)
    {
        foreach (var (key, value) in values)
            Data[key] = value;
        Root = new ConfigurationBuilder().Add(this).Build();
    }

    public IConfigurationRoot Root { get; }

    /// <summary>Replaces everything below a prefix.</summary>
    public void Replace(string prefix, params (string Key, string Value)[] values)
    {
        var data = Data.Where(pair => !pair.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(static pair => pair.Key, static pair => pair.Value, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in values)
            data[key] = value;
        Data = data;
        OnReload();
    }

    IConfigurationProvider IConfigurationSource.Build(IConfigurationBuilder builder) => this;
}
