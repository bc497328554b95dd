using System.CommandLine;
using Rollcall.Api;

namespace Rollcall.Cli.Usage;

/// <summary>The options that mean the same everywhere; they may stand before or behind the command.</summary>
internal sealed class GlobalOptions
{
    public Option<Uri?> Node { get; } = new("--node")
    {
        Description = $"The node to ask. Default: ${ApiNames.NodeVariable}, else {ApiNames.DefaultNode}.",
        HelpName = "URL",
        Recursive = true,
        CustomParser = static result =>
        {
            if (NodeUrl.TryParse(result.Tokens[0].Value, out var url, out var error))
                return url;
            result.AddError($"--node: {error}");
            return null;
        },
    };

    public Option<OutputFormat> Output { get; } = new("--output", "-o")
    {
        Description = "table, wide (more columns, where there is more to say) or json (the API's own documents). Default: table.",
        HelpName = "FORMAT",
        Recursive = true,
        CustomParser = static result =>
        {
            switch (result.Tokens[0].Value)
            {
                case "table":
                    return OutputFormat.Table;
                case "wide":
                    return OutputFormat.Wide;
                case "json":
                    return OutputFormat.Json;
                default:
                    result.AddError($"--output: '{result.Tokens[0].Value}' is no format; there are table, wide and json.");
                    return OutputFormat.Table;
            }
        },
    };
}
