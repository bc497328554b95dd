using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Rollcall.Node.OpenApi;

/// <summary>Schemas as the wire has them: each document once, under its name; what may be absent is left out and never null.</summary>
internal static class ApiSchemas
{
    // Where the framework notes what a schema is of.
    private const string Id = "x-schema-id";

    /// <summary>Says which properties are always there, and of one that has only certain values, which.</summary>
    public static void Refine(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        if (context.JsonTypeInfo is { Kind: JsonTypeInfoKind.Object } type)
            schema.Required = new SortedSet<string>(type.Properties.Where(static property => !property.IsGetNullable).Select(static property => property.Name), StringComparer.Ordinal);
        if (context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(AllowedValuesAttribute), inherit: false) is [AllowedValuesAttribute allowed])
            schema.Enum = [.. allowed.Values.OfType<string>().Select(static value => (JsonNode)JsonValue.Create(value))];
    }

    /// <summary>Moves a schema and those inside it to the document's components, and gives what stands in its place.</summary>
    public static IOpenApiSchema Hoist(OpenApiDocument document, IOpenApiSchema schema)
    {
        if (WithoutNull(schema) is not OpenApiSchema own)
            return schema;
        if (own.Items is not null)
            own.Items = Hoist(document, own.Items);
        if (own.AdditionalProperties is not null)
            own.AdditionalProperties = Hoist(document, own.AdditionalProperties);
        foreach (var (name, property) in own.Properties?.ToArray() ?? [])
            own.Properties![name] = Hoist(document, property);

        if (own.Properties is not { Count: > 0 } || own.Metadata is not { } metadata || !metadata.TryGetValue(Id, out var found) || found is not string id)
            return own;
        document.AddComponent(id, (IOpenApiSchema)own);
        return new OpenApiSchemaReference(id, document);
    }

    /// <summary>Puts the components in the order of their names, so that what is new in the document is where it belongs.</summary>
    public static void Sort(OpenApiDocument document)
    {
        if (document.Components?.Schemas is { } schemas)
            document.Components.Schemas = new SortedDictionary<string, IOpenApiSchema>(new Dictionary<string, IOpenApiSchema>(schemas, StringComparer.Ordinal), StringComparer.Ordinal);
    }

    private static IOpenApiSchema WithoutNull(IOpenApiSchema schema)
    {
        if (schema is not OpenApiSchema own)
            return schema;
        if (Choices(own)?.Where(static choice => choice.Type != JsonSchemaType.Null).ToArray() is [var only])
            return only;
        if (own.Type is { } type)
            own.Type = type & ~JsonSchemaType.Null;
        return own;
    }

    private static IList<IOpenApiSchema>? Choices(OpenApiSchema schema) => schema.OneOf is { Count: > 0 } one ? one : schema.AnyOf is { Count: > 0 } any ? any : null;
}
