using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Rollcall.Api;

namespace Rollcall.Node.OpenApi;

/// <summary>The OpenAPI document, made from the routes' own descriptions when it is first asked for.</summary>
internal static partial class ApiDocument
{
    /// <summary>Where it is.</summary>
    public const string Path = "/openapi/v1.json";

    /// <summary>Adds what makes the document.</summary>
    public static void AddTo(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(static options =>
        {
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            // A number is a number: by default the document would allow text in its place, which the node refuses.
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.AddOpenApi("v1", static options =>
        {
            options.AddDocumentTransformer(static (document, _, _) =>
            {
                document.Info = new OpenApiInfo
                {
                    Title = "Rollcall node",
                    Version = "v1",
                    Description = "Registers, renews and drains instances; reads, watches and remembers services. Every problem is RFC 9457.",
                };
                // The node answers under more than one name; a client knows by which it asked.
                document.Servers = [];
                document.Tags = null;
                ApiSchemas.Sort(document);
                return Task.CompletedTask;
            });
            options.AddSchemaTransformer(static (schema, context, _) =>
            {
                ApiSchemas.Refine(schema, context);
                return Task.CompletedTask;
            });
            options.AddOperationTransformer(DescribeAsync);
        });
    }

    private static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var route = context.Description.ActionDescriptor.EndpointMetadata.OfType<RouteDescription>().FirstOrDefault();
        if (route is null)
            return;
        operation.Summary = route.Summary;
        operation.Tags = new HashSet<OpenApiTagReference>();
        operation.Parameters =
        [
            .. Braces().Matches(context.Description.RelativePath ?? "").Select(static match => (IOpenApiParameter)PathParameter(match.Groups["name"].Value)),
            .. route.Parameters.Select(static parameter => (IOpenApiParameter)Parameter(parameter)),
        ];
        if (route.Body is not null)
        {
            operation.RequestBody = new OpenApiRequestBody { Required = true, Content = await ContentAsync(context, "application/json", route.Body, cancellationToken) };
        }

        var answer = await ContentAsync(context, route.MediaType, route.Answer, cancellationToken);
        if (route.Events.Count > 0)
            answer[route.MediaType].Extensions = await EventsAsync(context, route.Events, cancellationToken);
        var problem = await ContentAsync(context, "application/problem+json", typeof(ProblemDocument), cancellationToken);
        operation.Responses = [];
        foreach (var status in route.Successes)
        {
            operation.Responses[Text(status)] = status == 304
                ? new OpenApiResponse { Description = "As the client has it already." }
                : new OpenApiResponse { Description = status == 201 ? "Created." : "Done.", Content = answer };
        }

        foreach (var status in route.Problems)
            operation.Responses[Text(status)] = new OpenApiResponse { Description = "A problem.", Content = problem };
        operation.Responses["default"] = new OpenApiResponse { Description = "A problem.", Content = problem };
    }

    private static async Task<IDictionary<string, OpenApiMediaType>> ContentAsync(
        OpenApiOperationTransformerContext context, string mediaType, Type? type, CancellationToken cancellationToken)
    {
        if (type is null || context.Document is not { } document)
            return new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [mediaType] = new OpenApiMediaType { Schema = Text() } };
        var schema = ApiSchemas.Hoist(document, await context.GetOrCreateSchemaAsync(type, null, cancellationToken));
        return new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [mediaType] = new OpenApiMediaType { Schema = schema } };
    }

    // OpenAPI 3.1 has no words for the documents of an event stream.
    private static async Task<IDictionary<string, IOpenApiExtension>> EventsAsync(
        OpenApiOperationTransformerContext context, IReadOnlyDictionary<string, Type> events, CancellationToken cancellationToken)
    {
        var names = new JsonObject();
        foreach (var (name, type) in events)
        {
            if (ApiSchemas.Hoist(context.Document!, await context.GetOrCreateSchemaAsync(type, null, cancellationToken)) is OpenApiSchemaReference reference)
                names[name] = new JsonObject { ["$ref"] = reference.Reference.ReferenceV3 };
        }

        return new Dictionary<string, IOpenApiExtension>(StringComparer.Ordinal) { ["x-events"] = new JsonNodeExtension(names) };
    }

    private static OpenApiParameter PathParameter(string name) =>
        new() { Name = name, In = ParameterLocation.Path, Required = true, Schema = Text() };

    private static OpenApiParameter Parameter(ParameterDescription parameter) => new()
    {
        Name = parameter.Name,
        In = parameter.IsHeader ? ParameterLocation.Header : ParameterLocation.Query,
        Description = parameter.Meaning,
        Schema = parameter.Repeats ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = Text() } : Text(),
    };

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\{(?<name>\w+)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Braces();
}
