using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Rollcall.Api;
using Rollcall.Gateway;
using Rollcall.Gateway.Configuration;
using Rollcall.Node.Problems;
using Rollcall.Node.Rendering;
using Rollcall.Node.Requests;

namespace Rollcall.Node.Api;

/// <summary>The gateway beside the node: how its traffic goes, and who gets how much of it.</summary>
internal sealed class GatewayApi(NodeParts parts)
{
    private const string ShiftPath = "/api/gateway/routes/{route}/shift";

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        routes.Map("GET", "/api/gateway", Get, new("The gateway's routes, clusters and instances, with rates, latencies and who is avoided.") { Answer = typeof(GatewayDocument), Problems = [404] });
        routes.Map("POST", ShiftPath, ShiftAsync, new("Gives versions of a route another share of its requests, until its splits change in the file or the gateway is started anew.")
        {
            Body = typeof(GatewayShiftDocument),
            Answer = typeof(GatewayRouteDocument),
            Problems = [400, 404],
        });
        routes.Map("DELETE", ShiftPath, Reset, new("Shares a route's requests out as the file says.") { Answer = typeof(GatewayRouteDocument), Problems = [404] });
    }

    private ValueTask<Problem?> Get(HttpContext context)
    {
        if (parts.Gateway() is not { } gateway)
            return new(None());
        Answer(context, gateway.Report(), ApiJson.Default.GatewayDocument);
        return default;
    }

    private async ValueTask<Problem?> ShiftAsync(HttpContext context)
    {
        if (parts.Gateway() is not { } gateway)
            return None();
        var name = (string)context.Request.RouteValues["route"]!;
        var body = await RequestBody.ReadAsync(context);
        var wrong = ReadShares(body, out var shares);
        context.Request.BodyReader.AdvanceTo(body.End);
        if (wrong is not null)
            return wrong;
        if (gateway.FindRoute(name) is null)
            return NoRoute(name, gateway);
        if (gateway.Shift(name, shares) is { } problem)
            return Problem.Invalid("shares", problem);
        Answer(context, gateway.FindRoute(name)!, ApiJson.Default.GatewayRouteDocument);
        return null;
    }

    private ValueTask<Problem?> Reset(HttpContext context)
    {
        if (parts.Gateway() is not { } gateway)
            return new(None());
        var name = (string)context.Request.RouteValues["route"]!;
        if (!gateway.ResetShift(name))
            return new(NoRoute(name, gateway));
        Answer(context, gateway.FindRoute(name)!, ApiJson.Default.GatewayRouteDocument);
        return default;
    }

    private static Problem None() => new(ProblemKind.NoGateway, "This node runs no gateway. Start it with: rollcall serve --gateway http://127.0.0.1:7680 --routes routes.yaml");

    private static Problem NoRoute(string name, GatewayHost gateway) =>
        new(ProblemKind.RouteNotFound, $"The gateway has no route {Echo.Quote(name)}; it has: {string.Join(", ", gateway.Report().Routes.Select(static route => route.Name))}.");

    private static Problem? ReadShares(ReadOnlySequence<byte> body, out Dictionary<string, double> shares)
    {
        shares = new(StringComparer.Ordinal);
        try
        {
            var json = new JsonBody(body);
            Read(ref json, shares);
            json.End();
            return json.Errors is null ? null : Problem.Invalid(json.Errors);
        }
        catch (JsonException error)
        {
            return JsonBody.Malformed(error);
        }
    }

    private static void Read(ref JsonBody json, Dictionary<string, double> shares)
    {
        if (!json.TryEnterObject("body", "an object such as {\"shares\":{\"v2\":\"10%\"}}"))
            return;
        while (json.NextField())
        {
            if (!json.IsNamed("shares"u8))
            {
                json.Skip();
                continue;
            }

            if (!json.MoveToValue() || !json.TryEnterObject("shares", "an object such as {\"v2\":\"10%\"}"))
                continue;
            while (json.NextField())
                ReadShare(ref json, shares);
        }
    }

    private static void ReadShare(ref JsonBody json, Dictionary<string, double> shares)
    {
        var version = json.Name;
        var text = json.MoveToValue() ? json.ReadText("shares") : null;
        if (text is null)
            return;
        if (!PercentText.TryParse(text, out var percent))
            json.Refuse("shares", $"the share of {Echo.Quote(version)} is {Echo.Quote(text)}; it must be from 0% to 100%, such as 10%");
        else if (!shares.TryAdd(version, percent))
            json.Refuse("shares", $"{Echo.Quote(version)} occurs twice");
    }

    private static void Answer<T>(HttpContext context, T document, JsonTypeInfo<T> type)
    {
        using var buffer = JsonBuffer.Rent();
        JsonSerializer.Serialize(buffer.Json, document, type);
        buffer.Answer(context.Response);
    }
}
