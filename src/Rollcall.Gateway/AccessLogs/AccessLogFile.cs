using Rollcall.Gateway.Configuration;

namespace Rollcall.Gateway.AccessLogs;

/// <summary>Whether requests can be written down where a routes file says.</summary>
internal static class AccessLogFile
{
    /// <summary>What is wrong with the file; null when nothing can be seen to be. Opens and changes nothing.</summary>
    public static ConfigError? ProblemOf(AccessLogConfig? config)
    {
        if (config is null or { File: "-" })
            return null;
        try
        {
            var directory = Path.GetDirectoryName(Path.GetFullPath(config.File));
            return Directory.Exists(config.File) || directory is null ? Error($"{config.File} is a directory; name a file in it")
                : Directory.Exists(directory) ? null
                : Error($"the directory {directory} of the file does not exist; create it, or name another");
        }
        catch (Exception error) when (error is ArgumentException or IOException or NotSupportedException)
        {
            return Error($"the file cannot have such a name: {error.Message.Split(" (Parameter", 2)[0].TrimEnd('.')}");
        }

        ConfigError Error(string problem) => new(config.Place.Line, config.Place.Column, $"accessLog: {problem}");
    }
}
