using Microsoft.AspNetCore.Http;
using Rollcall.Api;
using Rollcall.Node.Problems;
using Rollcall.Node.Rendering;
using Rollcall.Node.Requests;
using Rollcall.Registry;

namespace Rollcall.Node.Api;

/// <summary>Renewals of many leases at once.</summary>
internal sealed class RenewalsApi(NodeParts parts)
{
    /// <summary>Adds the route.</summary>
    public void Map(RouteTable routes) => 
        routes.Map("POST", "/api/renew", RenewAsync, new("Renews many leases; one result per lease, in the order asked.")
        {
            Parameters = [new(ApiNames.OwnerHeader, "The secret that owns the instances.", IsHeader: true)],
            Body = typeof(RenewRequestDocument),
            Answer = typeof(RenewResponseDocument),
            Problems = [400, 413],
        });

    private async ValueTask<Problem?> RenewAsync(HttpContext context)
    {
        if (OwnerHeader.Read(context, out var owner) is { } wrong)
            return wrong;
        var body = await RequestBody.ReadAsync(context);
        var leases = new List<InstanceKey>((int)(body.Length / 32));
        var refused = RenewReader.Read(body, leases);
        context.Request.BodyReader.AdvanceTo(body.End);
        if (refused is not null)
            return refused;
        var secret = OwnerSecret.From(owner);
        using var buffer = JsonBuffer.Rent();
        var json = buffer.Json;
        json.WriteStartObject();
        json.WriteStartArray("results"u8);
        foreach (var lease in leases)
        {
            json.WriteStartObject();
            json.WriteString("service"u8, lease.Service);
            json.WriteString("id"u8, lease.Id);
            json.WriteString("result"u8, parts.Registry.Renew(lease, secret) switch
            {
                RenewResult.Renewed => "renewed"u8,
                RenewResult.Forbidden => "forbidden"u8,
                _ => "unknown"u8,
            });
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        buffer.Answer(context.Response);
        return null;
    }
}
