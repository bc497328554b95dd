using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json.Serialization;

namespace Rollcall.Architecture.Tests;

/// <summary>
/// The public surface of each library is listed in PublicAPI.txt beside it, so that a change of it shows in review.
/// To accept a change: run the tests with ROLLCALL_ACCEPT_PUBLIC_API=1 and commit the file.
/// </summary>
public sealed class PublicApiTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Theory]
    [InlineData("Rollcall", "Rollcall.Core")]
    [InlineData("Rollcall.AspNetCore", "Rollcall.AspNetCore")]
    [InlineData("Rollcall.Consul", "Rollcall.Consul")]
    [InlineData("Rollcall.Etcd", "Rollcall.Etcd")]
    [InlineData("Rollcall.Gossip", "Rollcall.Gossip")]
    [InlineData("Rollcall.Kubernetes", "Rollcall.Kubernetes")]
    [InlineData("Rollcall.Registry", "Rollcall.Registry")]
    public void The_public_surface_is_the_listed_one(string project, string assembly)
    {
        var file = Path.Combine(Repository.Root, "src", project, "PublicAPI.txt");
        var actual = Describe(Assembly.Load(assembly));
        if (Environment.GetEnvironmentVariable("ROLLCALL_ACCEPT_PUBLIC_API") == "1")
            File.WriteAllText(file, actual);
        var expected = File.Exists(file) ? File.ReadAllText(file) : "";
        Assert.Equal(expected, actual, ignoreLineEndingDifferences: true);
    }

    private static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(static type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{KindOf(type)} {NameOf(type)}\n");
            if (typeof(JsonSerializerContext).IsAssignableFrom(type))
                continue; // its members are generated from the documents, which are listed
            var members = type.GetMembers(Declared).Where(IsVisible).Select(Describe).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
            foreach (var member in members)
                text.Append(CultureInfo.InvariantCulture, $"    {member}\n");
        }

        return text.ToString();
    }

    private static bool IsVisible(MemberInfo member) => member switch
    {
        _ when member.Name.Contains('<', StringComparison.Ordinal) => false,
        MethodBase method => (method.IsPublic || method.IsFamily) && !(method.IsSpecialName && method is MethodInfo && !member.Name.StartsWith("op_", StringComparison.Ordinal)),
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(static accessor => accessor.IsPublic || accessor.IsFamily),
        EventInfo found => found.AddMethod is { IsPublic: true },
        FieldInfo field => (field.IsPublic || field.IsFamily) && !field.IsSpecialName,
        _ => false,
    };

    private static string Describe(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        MethodInfo method => $"{(method.IsStatic ? "static " : "")}{NameOf(method.ReturnType)} {method.Name}{Generic(method)}({Parameters(method)})",
        PropertyInfo property => $"{(property.GetAccessors(nonPublic: true)[0].IsStatic ? "static " : "")}{NameOf(property.PropertyType)} {property.Name} {{ {Accessors(property)} }}",
        FieldInfo { IsLiteral: true } field => $"const {NameOf(field.FieldType)} {field.Name} = {field.GetRawConstantValue()}",
        FieldInfo field => $"{(field.IsStatic ? "static " : "")}{NameOf(field.FieldType)} {field.Name}",
        EventInfo found => $"event {NameOf(found.EventHandlerType!)} {found.Name}",
        _ => member.ToString()!,
    };

    private static string Accessors(PropertyInfo property)
    {
        var accessors = new List<string>();
        if (property.GetMethod is { IsPublic: true } or { IsFamily: true })
            accessors.Add("get;");
        if (property.SetMethod is { IsPublic: true } or { IsFamily: true })
        {
            var isInit = property.SetMethod.ReturnParameter.GetRequiredCustomModifiers()
                .Any(static modifier => modifier.FullName == "System.Runtime.CompilerServices.IsExternalInit");
            accessors.Add(isInit ? "init;" : "set;");
        }

        return string.Join(' ', accessors);
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(static parameter =>
        $"{(parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? "ref " : "")}{NameOf(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? " = …" : "")}"));

    private static string Generic(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(static argument => argument.Name))}>" : "";

    private static string KindOf(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsSealed: true } => "sealed class",
        { IsAbstract: true } => "abstract class",
        _ => "class",
    };

    private static string NameOf(Type type)
    {
        if (type.IsByRef)
            return NameOf(type.GetElementType()!);
        if (type.IsArray)
            return $"{NameOf(type.GetElementType()!)}[]";
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return $"{NameOf(underlying)}?";
        var name = type.IsGenericParameter || type.Namespace is "System" or "System.Collections.Generic" or "System.Threading" or "System.Threading.Tasks"
            ? type.Name
            : type.FullName ?? $"{type.Namespace}.{type.Name}";
        if (!type.IsGenericType)
            return name;
        var tick = name.IndexOf('`', StringComparison.Ordinal);
        return $"{(tick < 0 ? name : name[..tick])}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>";
    }
}
