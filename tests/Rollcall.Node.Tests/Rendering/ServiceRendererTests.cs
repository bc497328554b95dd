using System.Text;
using System.Text.Json;
using Rollcall.Api;
using Rollcall.Node.Rendering;
using Rollcall.Registry;

namespace Rollcall.Node.Tests.Rendering;

public sealed class ServiceRendererTests
{
    private static readonly DateTimeOffset Since = new(2026, 1, 31, 12, 0, 0, 125, TimeSpan.Zero);

    private static readonly Instance Full = new()
    {
        Registration = new InstanceRegistration
        {
            Service = "orders",
            Id = "o-1",
            Address = "10.0.0.5",
            Ports = new SmallMap<int>([new("http", 8080), new("admin", 8081)]),
            Weight = 7,
            Zone = "a",
            Node = "m\"7\\",
            Metadata = new SmallMap<string>([new("version", "v2 ü <&> \u2028")]),
        },
        State = EndpointState.NotReady,
        Reason = "check 1: 503 Service Unavailable",
        Since = Since,
        Revision = 42,
    };

    [Fact]
    public void An_instance_is_written_as_its_document_reads()
    {
        using var buffer = JsonBuffer.Rent();
        InstanceWriter.Write(buffer.Json, Full);
        // The documents are the contract with clients; the hand-written writer must agree with the serializer they use.
        var document = JsonSerializer.Deserialize(Wrap(buffer.Written.Span), ApiJson.Default.ServiceDocument)!.Instances.Single();
        Assert.Equal(("o-1", "10.0.0.5", "not-ready", Full.Reason, 7), (document.Id, document.Address, document.State, document.Reason, document.Weight));
        Assert.Equal(("a", "m\"7\\", Since, 42L), (document.Zone, document.Node, document.Since, document.Revision));
        Assert.Equal([new("admin", 8081), new("http", 8080)], document.Ports);
        Assert.Equal([new("version", "v2 ü <&> \u2028")], document.Metadata);
    }

    [Fact]
    public void What_is_absent_is_left_out()
    {
        using var buffer = JsonBuffer.Rent();
        InstanceWriter.Write(buffer.Json, Full with
        {
            Reason = null,
            State = EndpointState.Ready,
            Registration = Full.Registration with { Zone = null, Node = null, Metadata = SmallMap<string>.Empty },
        });
        Assert.Equal(
            """{"id":"o-1","address":"10.0.0.5","ports":{"admin":8081,"http":8080},"state":"ready","weight":7,"since":"2026-01-31T12:00:00.125Z","revision":42}""",
            Encoding.UTF8.GetString(buffer.Written.Span));
    }

    [Fact]
    public void Filters_look_at_state_zone_and_every_label()
    {
        Assert.True(new InstanceFilter { Zone = "a" }.Accepts(Full));
        Assert.False(new InstanceFilter { Zone = "b" }.Accepts(Full));
        Assert.False(new InstanceFilter { ReadyOnly = true }.Accepts(Full));
        Assert.True(new InstanceFilter { ReadyOnly = true }.Accepts(Full with { State = EndpointState.Ready }));
        Assert.False(new InstanceFilter { ReadyOnly = true }.Accepts(Full with { State = EndpointState.Draining }));
        Assert.True(new InstanceFilter { Labels = [new("version", "v2 ü <&> \u2028")] }.Accepts(Full));
        Assert.False(new InstanceFilter { Labels = [new("version", "v2 ü <&> \u2028"), new("x", "")] }.Accepts(Full));
    }

    [Fact]
    public void A_buffer_is_empty_again_after_use()
    {
        using (var first = JsonBuffer.Rent())
            first.Json.WriteStringValue("half");
        using var second = JsonBuffer.Rent();
        second.Json.WriteNumberValue(1);
        Assert.Equal("1", Encoding.UTF8.GetString(second.Written.Span));
    }

    private static byte[] Wrap(ReadOnlySpan<byte> instance) =>
        [.. """{"service":"orders","revision":42,"epoch":"e","instances":["""u8, .. instance, .. "]}"u8];
}
