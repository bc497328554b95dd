using System.CommandLine;
using Rollcall.Api;

namespace Rollcall.Cli.Usage;

/// <summary>Options that may be given more than once, one value each.</summary>
internal static class RepeatedInputs
{
    private delegate bool Reader<T>(string key, string text, out T value);

    public static Option<Dictionary<string, int>?> Ports(string name, string description) => Pairs<int>(
        name, "NAME=N", description, "a name and a port from 1 to 65535, such as admin=8081",
        static (string key, string text, out int port) => HostPort.TryParsePort(text, out port) && NameRules.IsLabel(key));

    public static Option<Dictionary<string, string>?> Labels(string name, string description) => Pairs(
        name, "K=V", description, "a key and a value, such as version=v2",
        static (string key, string text, out string value) =>
        {
            value = text;
            return key.Length > 0;
        });

    public static Option<List<CheckDocument>?> Checks(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "URL",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            var checks = new List<CheckDocument>();
            foreach (var token in result.Tokens)
            {
                if (ReadCheck(token.Value) is { } check)
                    checks.Add(check);
                else
                    result.AddError($"{name}: '{token.Value}' is no check. Write http://HOST:PORT/PATH or tcp://HOST:PORT.");
            }

            return checks;
        },
    };

    private static Option<Dictionary<string, T>?> Pairs<T>(string name, string helpName, string description, string rule, Reader<T> read) => new(name)
    {
        Description = description,
        HelpName = helpName,
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            var pairs = new Dictionary<string, T>(StringComparer.Ordinal);
            foreach (var text in result.Tokens.Select(static token => token.Value))
            {
                var equals = text.IndexOf('=', StringComparison.Ordinal);
                if (equals < 0 || !read(text[..equals], text[(equals + 1)..], out var value))
                    result.AddError($"{name}: '{text}' is not {rule}.");
                else if (!pairs.TryAdd(text[..equals], value))
                    result.AddError($"{name}: {text[..equals]} is given twice; give it once.");
            }

            return pairs;
        },
    };

    private static CheckDocument? ReadCheck(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0)
            return null;
        return url switch
        {
            { Scheme: "http" or "https" } => new CheckDocument { Http = text },
            { Scheme: "tcp", Port: > 0, PathAndQuery: "" or "/" } => new CheckDocument { Tcp = text["tcp://".Length..].TrimEnd('/') },
            _ => null,
        };
    }
}
