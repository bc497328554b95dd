using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Rollcall.Registry;

namespace Rollcall.Node.Requests;

/// <summary>Reads the checks of a registration.</summary>
internal static class CheckReader
{
    /// <summary>The checks; what could not be read has been noted.</summary>
    public static ImmutableArray<CheckDefinition>? Read(ref JsonBody json)
    {
        if (json.Token != JsonTokenType.StartArray)
        {
            json.RefuseType("checks", "a list such as [{\"http\":\"http://10.0.0.5:8080/health\"}]");
            return null;
        }

        var checks = ImmutableArray.CreateBuilder<CheckDefinition>();
        for (var i = 0; json.NextElement(); i++)
            checks.Add(ReadOne(ref json, string.Create(CultureInfo.InvariantCulture, $"checks[{i}]")));
        return checks.DrainToImmutable();
    }

    // What could not be read stays at its default, so that the next one keeps its number.
    private static CheckDefinition ReadOne(ref JsonBody json, string field)
    {
        var check = new CheckDefinition { Kind = CheckKind.Http, Target = "" };
        if (!json.TryEnterObject(field, "an object such as {\"tcp\":\"10.0.0.5:8080\"}"))
            return check;
        var targets = 0;
        while (json.NextField())
        {
            if (json.IsNamed("http"u8))
                check = ReadTarget(ref json, check, CheckKind.Http, $"{field}.http", ref targets);
            else if (json.IsNamed("tcp"u8))
                check = ReadTarget(ref json, check, CheckKind.Tcp, $"{field}.tcp", ref targets);
            else if (json.IsNamed("interval"u8))
                check = check with { Interval = ReadDuration(ref json, $"{field}.interval") ?? check.Interval };
            else if (json.IsNamed("timeout"u8))
                check = check with { Timeout = ReadDuration(ref json, $"{field}.timeout") ?? check.Timeout };
            else if (json.IsNamed("failureThreshold"u8))
                check = check with { FailureThreshold = ReadThreshold(ref json, $"{field}.failureThreshold") ?? check.FailureThreshold };
            else if (json.IsNamed("successThreshold"u8))
                check = check with { SuccessThreshold = ReadThreshold(ref json, $"{field}.successThreshold") ?? check.SuccessThreshold };
            else
                json.Skip();
        }

        if (targets != 1)
            json.Refuse(field, "must have exactly one of http (a URL) and tcp (host:port)");
        return check;
    }

    private static CheckDefinition ReadTarget(ref JsonBody json, CheckDefinition check, CheckKind kind, string field, ref int targets)
    {
        if (!json.MoveToValue())
            return check;
        targets++;
        return check with { Kind = kind, Target = json.ReadText(field) ?? "" };
    }

    private static TimeSpan? ReadDuration(ref JsonBody json, string field) => json.MoveToValue() ? json.ReadDuration(field) : null;

    private static int? ReadThreshold(ref JsonBody json, string field) =>
        json.MoveToValue() ? json.ReadInt(field, "a whole number from 1 to 10") : null;
}
