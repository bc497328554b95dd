using System.Text.Json;
using Rollcall.Api;
using Rollcall.Registry;

namespace Rollcall.Node.Rendering;

/// <summary>Writes an instance as <see cref="InstanceDocument"/> has it.</summary>
internal static class InstanceWriter
{
    private static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    private static readonly JsonEncodedText Address = JsonEncodedText.Encode("address");
    private static readonly JsonEncodedText Ports = JsonEncodedText.Encode("ports");
    private static readonly JsonEncodedText State = JsonEncodedText.Encode("state");
    private static readonly JsonEncodedText Reason = JsonEncodedText.Encode("reason");
    private static readonly JsonEncodedText Weight = JsonEncodedText.Encode("weight");
    private static readonly JsonEncodedText Zone = JsonEncodedText.Encode("zone");
    private static readonly JsonEncodedText Node = JsonEncodedText.Encode("node");
    private static readonly JsonEncodedText Metadata = JsonEncodedText.Encode("metadata");
    private static readonly JsonEncodedText Since = JsonEncodedText.Encode("since");
    private static readonly JsonEncodedText Origin = JsonEncodedText.Encode("origin");
    private static readonly JsonEncodedText Revision = JsonEncodedText.Encode("revision");

    /// <summary>Writes one object.</summary>
    public static void Write(Utf8JsonWriter json, Instance instance)
    {
        var registration = instance.Registration;
        json.WriteStartObject();
        json.WriteString(Id, registration.Id);
        json.WriteString(Address, registration.Address);
        json.WriteStartObject(Ports);
        foreach (ref readonly var port in registration.Ports.AsSpan())
            json.WriteNumber(port.Key, port.Value);
        json.WriteEndObject();
        json.WriteString(State, StateText.Format(instance.State));
        if (instance.Reason is not null)
            json.WriteString(Reason, instance.Reason);
        json.WriteNumber(Weight, registration.Weight);
        if (registration.Zone is not null)
            json.WriteString(Zone, registration.Zone);
        if (registration.Node is not null)
            json.WriteString(Node, registration.Node);
        if (registration.Metadata.Count > 0)
        {
            json.WriteStartObject(Metadata);
            foreach (ref readonly var label in registration.Metadata.AsSpan())
                json.WriteString(label.Key, label.Value);
            json.WriteEndObject();
        }

        json.WriteString(Since, instance.Since.UtcDateTime);
        json.WriteNumber(Revision, instance.Revision);
        if (instance.Origin is not null)
            json.WriteString(Origin, instance.Origin);
        json.WriteEndObject();
    }
}
