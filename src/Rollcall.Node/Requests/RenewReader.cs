using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Rollcall.Node.Problems;
using Rollcall.Registry;

namespace Rollcall.Node.Requests;

/// <summary>Reads the body of a renewal of many leases.</summary>
internal static class RenewReader
{
    // A body of nothing but mistakes need not be answered with a list of them all.
    private const int MaxErrors = 20;

    /// <summary>The leases, or why they are refused: one wrong name refuses all, so that a mistake is not taken for an unknown lease.</summary>
    public static Problem? Read(ReadOnlySequence<byte> body, List<InstanceKey> leases)
    {
        try
        {
            var json = new JsonBody(body);
            ReadObject(ref json, leases);
            json.End();
            return json.Errors is null ? null : Problem.Invalid(json.Errors);
        }
        catch (JsonException error)
        {
            return JsonBody.Malformed(error);
        }
    }

    private static void ReadObject(ref JsonBody json, List<InstanceKey> leases)
    {
        const string example = "an object such as {\"leases\":[{\"service\":\"orders\",\"id\":\"o-1\"}]}";
        if (!json.TryEnterObject("body", example))
            return;
        var seen = false;
        while (json.NextField())
        {
            if (!json.IsNamed("leases"u8))
            {
                json.Skip();
                continue;
            }

            if (seen)
                json.Refuse("leases", "occurs twice");
            seen = true;
            json.MoveToValue();
            ReadList(ref json, leases);
        }

        if (!seen)
            json.Refuse("leases", $"is required; the body must be {example}");
    }

    private static void ReadList(ref JsonBody json, List<InstanceKey> leases)
    {
        if (json.Token != JsonTokenType.StartArray)
        {
            json.RefuseType("leases", "a list such as [{\"service\":\"orders\",\"id\":\"o-1\"}]");
            return;
        }

        while (json.NextElement())
        {
            if (json.Errors is { Count: >= MaxErrors })
                json.Skip();
            else
                ReadLease(ref json, leases);
        }
    }

    private static void ReadLease(ref JsonBody json, List<InstanceKey> leases)
    {
        string? service = null, id = null;
        if (json.Token == JsonTokenType.StartObject)
        {
            while (json.NextField())
            {
                if (json.IsNamed("service"u8))
                    service = Name(ref json, leases.Count, "service");
                else if (json.IsNamed("id"u8))
                    id = Name(ref json, leases.Count, "id");
                else
                    json.Skip();
            }
        }
        else
        {
            json.RefuseType(Field(leases.Count), "an object such as {\"service\":\"orders\",\"id\":\"o-1\"}");
            return;
        }

        if (!NameRules.IsLabel(service))
            json.Refuse(Field(leases.Count, "service"), service is null ? "is required" : $"{NameMessages.Label}, got {Echo.Quote(service)}");
        if (!NameRules.IsId(id))
            json.Refuse(Field(leases.Count, "id"), id is null ? "is required" : $"{NameMessages.Id}, got {Echo.Quote(id)}");
        leases.Add(new InstanceKey(service ?? "", id ?? ""));
    }

    private static string? Name(ref JsonBody json, int index, string field)
    {
        if (!json.MoveToValue())
            return null;
        return json.Token == JsonTokenType.String ? json.Text() : json.ReadText(Field(index, field));
    }

    private static string Field(int index, string? name = null) =>
        string.Create(CultureInfo.InvariantCulture, $"leases[{index}]{(name is null ? "" : ".")}{name}");
}
