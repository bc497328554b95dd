using System.Text.Json;

namespace Rollcall.Kubernetes.Objects;

/// <summary>One port of a slice, of endpoints, of a container or of a service.</summary>
/// <param name="Name">Empty when it has none.</param>
/// <param name="Number">0 for all ports, which a slice may say.</param>
/// <param name="AppProtocol">What is spoken there, where somebody said so.</param>
/// <param name="TargetName">Of a service: the name of the container's port behind it.</param>
/// <param name="TargetNumber">Of a service: the number of the container's port behind it.</param>
internal sealed record ObjectPort(string Name, int Number, string? AppProtocol, string? TargetName = null, int? TargetNumber = null)
{
    public static ObjectPort Read(ref Utf8JsonReader json, StringCache strings)
    {
        string? name = null, protocol = null, targetName = null;
        int? number = null, targetNumber = null;
        if (!json.EnterObject())
            throw new JsonException("a port is null");
        while (json.NextField())
        {
            if (json.Is("name"u8))
                name = strings.Text(ref json);
            else if (json.Is("port"u8) || json.Is("containerPort"u8))
                number = json.Number();
            else if (json.Is("appProtocol"u8))
                protocol = strings.Text(ref json);
            else if (json.Is("targetPort"u8) && json.TokenType == JsonTokenType.String)
                targetName = strings.Text(ref json);
            else if (json.TokenType == JsonTokenType.Number)
                targetNumber = json.Number();
            else if (json.TokenType == JsonTokenType.PropertyName)
                json.SkipField();
        }

        return number is null or (> 0 and <= 65535)
            ? new ObjectPort(name ?? "", number ?? 0, protocol, targetName, targetNumber)
            : throw new JsonException($"the port {number} is out of range");
    }
}

/// <summary>Which object an address belongs to.</summary>
internal sealed record TargetRef(string Kind, string Name, string Namespace, string Uid)
{
    public static TargetRef? Read(ref Utf8JsonReader json, StringCache strings)
    {
        string? kind = null, name = null, space = null, uid = null;
        if (!json.EnterObject())
            return null;
        while (json.NextField())
        {
            if (json.Is("kind"u8))
                kind = strings.Text(ref json);
            else if (json.Is("name"u8))
                name = json.Text();
            else if (json.Is("namespace"u8))
                space = strings.Text(ref json);
            else if (json.Is("uid"u8))
                uid = json.Text();
            else
                json.SkipField();
        }

        return string.IsNullOrEmpty(name) ? null : new TargetRef(kind ?? "", name, space ?? "", uid ?? "");
    }
}
