using System.Globalization;
using Rollcall.Node.Problems;

namespace Rollcall.Node.Configuration;

/// <summary>Reads the options of a node from a file. The keys are listed in docs/operations.md.</summary>
public static class NodeConfiguration
{
    /// <summary>Reads a YAML or JSON file; what it does not name stays at its default.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="NodeConfigurationException">
    /// The file cannot be read, or has a key that is unknown, occurs twice, or has a value that is not allowed. All of them are named at once.
    /// </exception>
    public static NodeOptions Load(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        var options = new NodeOptions();
        var errors = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var imports = new ImportSettings();
        foreach (var entry in Read(file))
        {
            if (entry.Key.StartsWith(ImportSettings.Prefix, StringComparison.Ordinal))
            {
                if (!seen.Add(entry.Key))
                    errors.Add(At(entry, $"{entry.Key} occurs twice"));
                else if (imports.Add(entry) is { } wrong)
                    errors.Add(At(entry, wrong));
            }
            else if (!Setting.All.TryGetValue(entry.Key, out var setting))
                errors.Add(At(entry, $"unknown key {Echo.Clean(entry.Key)}; {Setting.Suggest(entry.Key)}"));
            else if (!seen.Add(entry.Key))
                errors.Add(At(entry, $"{entry.Key} occurs twice"));
            else if (setting.Apply(options, entry.Values) is { } changed)
                options = changed;
            else
                errors.Add(At(entry, $"{entry.Key} must be {setting.Allowed}, got {Shown(entry)}"));
        }

        if (options.DefaultWait > options.MaxWait)
            errors.Add($"watch.defaultWait ({DurationText.Format(options.DefaultWait)}) must not exceed watch.maxWait ({DurationText.Format(options.MaxWait)})");
        return errors.Count == 0 ? options with { Imports = imports.All } : throw new NodeConfigurationException($"{file}: {string.Join("\n  ", errors)}");
    }

    private static List<ConfigurationEntry> Read(string file)
    {
        try
        {
            using var reader = new StreamReader(file);
            return YamlEntries.Read(reader);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new NodeConfigurationException($"{file} cannot be read: {error.Message}", error);
        }
        catch (YamlDotNet.Core.YamlException error)
        {
            throw new NodeConfigurationException(
                string.Create(CultureInfo.InvariantCulture, $"{file}, line {error.Start.Line}, column {error.Start.Column}: {error.Message}"), error);
        }
    }

    private static string At(ConfigurationEntry entry, string message) =>
        string.Create(CultureInfo.InvariantCulture, $"line {entry.Line}: {message}");

    private static string Shown(ConfigurationEntry entry) => entry.Values is [var only] ? Echo.Quote(only) : $"a list of {entry.Values.Count}";
}
