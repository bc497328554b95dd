using System.Text.Json;
using Rollcall.Api;
using Rollcall.Registry;

namespace Rollcall.Node.Rendering;

/// <summary>Writes a change as <see cref="ChangeDocument"/> has it.</summary>
internal static class ChangeWriter
{
    /// <summary>Writes one object.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="change">What happened.</param>
    /// <param name="withInstance">True to add the whole instance as it was afterwards.</param>
    public static void Write(Utf8JsonWriter json, Change change, bool withInstance)
    {
        json.WriteStartObject();
        json.WriteNumber("revision"u8, change.Revision);
        json.WriteString("time"u8, change.Time.UtcDateTime);
        json.WriteString("kind"u8, ChangeKindText.Format(change.Kind));
        json.WriteString("service"u8, change.Key.Service);
        json.WriteString("id"u8, change.Key.Id);
        if (change.Instance is not null)
            json.WriteString("state"u8, StateText.Format(change.Instance.State));
        if (change.Reason is not null)
            json.WriteString("reason"u8, change.Reason);
        if (withInstance && change.Instance is not null)
        {
            json.WritePropertyName("instance"u8);
            InstanceWriter.Write(json, change.Instance);
        }

        json.WriteEndObject();
    }
}
