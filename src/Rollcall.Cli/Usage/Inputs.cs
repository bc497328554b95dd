using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Rollcall.Cli.Usage;

/// <summary>Arguments and options that several commands share, each refusing what the node would refuse, in the same words.</summary>
internal static class Inputs
{
    private const string LabelRule = "1 to 63 of a-z 0-9 -, with a letter or digit at both ends, such as orders";
    private const string IdRule = "1 to 128 of a-z 0-9 - and dots, with a letter or digit around each dot, such as orders-1";

    public static Argument<string> Service() => new("SERVICE")
    {
        Description = "The service's name.",
        CustomParser = static result => Label(result, "SERVICE"),
    };

    public static Argument<string?> OptionalService() => new("SERVICE")
    {
        Description = "Only this service. Default: all.",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = static result => Label(result, "SERVICE"),
    };

    public static Argument<string> InstanceId() => new("ID")
    {
        Description = "The instance's id.",
        CustomParser = static result => Id(result, "ID"),
    };

    public static Argument<ServiceTarget> Target() => new("TARGET")
    {
        Description = "What to find: rollcall:///orders, static:///a:80,b:80, file:///etc/services.yaml#orders, dns:///orders.shop:8080, k8s:///shop/orders, consul:///orders, etcd:///orders, "
            + "https://registry.example/targets?format=prometheus (docs/sources.md); a bare name is rollcall:///NAME.",
        CustomParser = static result =>
        {
            var text = result.Tokens[0].Value;
            if (ServiceTarget.TryParse(NameRules.IsLabel(text) ? $"rollcall:///{text}" : text, out var target, out var error))
                return target;
            result.AddError(error);
            return null;
        },
    };

    public static Option<string?> Owner(string description = "The secret it was registered with. Default: $ROLLCALL_OWNER.") => new("--owner")
    {
        Description = description,
        HelpName = "SECRET",
    };

    // As the documents write it: a day is what they call 24h.
    private static string Limit(TimeSpan limit) => limit == TimeSpan.FromDays(1) ? "24h" : DurationText.Format(limit);

    public static Option<TimeSpan?> Duration(string name, string description, TimeSpan min, TimeSpan max) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (DurationText.TryParse(text, out var duration) && duration >= min && duration <= max)
                return duration;
            result.AddError($"{name}: '{text}' is not a duration from {Limit(min)} to {Limit(max)}. Write it like 500ms, 30s or 5m.");
            return null;
        },
    };

    public static Option<int?> Number(string name, string helpName, string description, int min, int max, params string[] aliases) => new(name, aliases)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
                return number;
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name}: '{text}' is not a whole number from {min} to {max}."));
            return null;
        },
    };

    /// <summary>A moment: a duration ago, or ISO 8601 (UTC when it names no zone).</summary>
    public static Option<Moment?> Moment(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Usage.Moment.TryParse(text, out var moment))
                return moment;
            result.AddError($"{name}: '{text}' is no time. Write a duration ago such as 10m, or ISO 8601 such as 2026-01-31T12:00:00Z.");
            return null;
        },
    };

    public static string? Label(ArgumentResult result, string name) =>
        Check(result, name, NameRules.IsLabel(result.Tokens[0].Value), LabelRule);

    public static string? Id(ArgumentResult result, string name) =>
        Check(result, name, NameRules.IsId(result.Tokens[0].Value), IdRule);

    private static string? Check(ArgumentResult result, string name, bool isRight, string rule)
    {
        var text = result.Tokens[0].Value;
        if (isRight)
            return text;
        result.AddError($"{name}: '{text}' is no name. Names are {rule}.");
        return null;
    }
}
