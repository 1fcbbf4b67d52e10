using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace SimpleFlow.Tests.Surface;

/// <summary>The public members of an assembly as text, a line each, in an order that does not
/// depend on how the source is arranged.</summary>
internal static class SurfaceText
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance
        | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        var types = assembly.GetExportedTypes().Where(type => !type.Name.Contains('<')).OrderBy(Name, StringComparer.Ordinal).ToList();
        text.Append(CultureInfo.InvariantCulture, $"{types.Count} types\n");
        foreach (var type in types)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{Heading(type)}\n");
            foreach (var member in Members(type).Distinct().Order(StringComparer.Ordinal)) text.Append("  ").Append(member).Append('\n');
        }
        return text.ToString();
    }

    private static string Heading(Type type)
    {
        if (type.IsEnum) return $"enum {Name(type)}";
        if (type.IsAssignableTo(typeof(Delegate))) return $"delegate {Signature(type.GetMethod("Invoke")!)}".Replace("Invoke", Name(type));
        var kind = type.IsInterface ? "interface" : type.IsValueType ? "struct" : IsRecord(type) ? "record" : "class";
        var modifier = type.IsInterface || type.IsValueType ? "" : type is { IsAbstract: true, IsSealed: true } ? "static "
            : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "";
        var of = type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) ? $" : {Name(parent)}" : "";
        return $"{modifier}{kind} {Name(type)}{of}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsAssignableTo(typeof(Delegate))) yield break;
        foreach (var field in type.GetFields(Declared).Where(field => (field.IsPublic || field.IsFamily) && !field.IsSpecialName))
            yield return type.IsEnum ? field.Name : $"{(field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}";
        if (type.IsEnum) yield break;
        foreach (var constructor in type.GetConstructors(Declared).Where(IsVisible))
            yield return $"{(constructor.IsFamily ? "protected " : "")}new({Parameters(constructor)})";
        foreach (var property in type.GetProperties(Declared))
        {
            if ((property.GetMethod ?? property.SetMethod) is not { } accessor || !IsVisible(accessor)
                || accessor.GetBaseDefinition() != accessor)
                continue;
            var writable = property.SetMethod is { } setter && IsVisible(setter)
                ? setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init" : " set" : "";
            var index = property.GetIndexParameters() is { Length: > 0 } indices ? $"[{string.Join(", ", indices.Select(Parameter))}]" : "";
            yield return $"{Modifiers(accessor)}{Type(property)} {property.Name}{index} {{ get;{writable} }}";
        }
        foreach (var member in type.GetEvents(Declared)) yield return $"event {Name(member.EventHandlerType!)} {member.Name}";
        foreach (var method in type.GetMethods(Declared).Where(method => IsVisible(method) && !IsGenerated(method)))
            yield return $"{Modifiers(method)}{Signature(method)}";
    }

    // What a record, a property or an override brings along is not a decision of its own.
    private static bool IsGenerated(MethodInfo method) =>
        method.Name.Contains('<') || (method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal))
        || method.GetBaseDefinition() != method
        || method.IsDefined(typeof(CompilerGeneratedAttribute)) || (IsRecord(method.DeclaringType!) && method.Name == "Deconstruct");

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Modifiers(MethodBase method) =>
        (method.IsPublic ? "" : "protected ") + (method.IsStatic ? "static " : method.DeclaringType!.IsInterface ? "" : method.IsAbstract
            ? "abstract " : method.IsVirtual && !method.IsFinal ? "virtual " : "");

    private static string Signature(MethodInfo method)
    {
        var generic = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        return $"{Type(method.ReturnParameter)} {method.Name}{generic}({Parameters(method)})";
    }

    private static string Parameters(MethodBase method)
    {
        var extension = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        return extension + string.Join(", ", method.GetParameters().Where(parameter => !IsPlaceOfCall(parameter)).Select(Parameter));
    }

    // Where a call was written is filled in by the compiler.
    private static bool IsPlaceOfCall(ParameterInfo parameter) =>
        parameter.IsDefined(typeof(CallerFilePathAttribute)) || parameter.IsDefined(typeof(CallerLineNumberAttribute));

    private static string Parameter(ParameterInfo parameter)
    {
        var way = parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? parameter.IsIn ? "in " : "ref "
            : parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) ? "params " : "";
        return $"{way}{Type(parameter)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {Value(parameter.DefaultValue)}" : "")}";
    }

    private static string Value(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{value}",
    };

    private static string Type(ParameterInfo parameter) =>
        Mark(Name(parameter.ParameterType), parameter.ParameterType, Nullability.Create(parameter));

    private static string Type(PropertyInfo property) =>
        Mark(Name(property.PropertyType), property.PropertyType, Nullability.Create(property));

    private static string Mark(string name, Type type, NullabilityInfo info) =>
        !type.IsValueType && !type.IsByRef && (info.ReadState is NullabilityState.Nullable || info.WriteState is NullabilityState.Nullable)
            ? $"{name}?" : name;

    private static string Name(Type type)
    {
        if (type.IsByRef) return Name(type.GetElementType()!);
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Nullable.GetUnderlyingType(type) is { } underlying) return $"{Name(underlying)}?";
        var outer = type.DeclaringType is { } declaring && !type.IsGenericParameter ? $"{Name(declaring)}." : "";
        var simple = type.Name.Split('`')[0];
        return type.IsGenericType && type.Name.Contains('`')
            ? $"{outer}{simple}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : Keyword(type) ?? $"{outer}{simple}";
    }

    private static string? Keyword(Type type) => type.FullName switch
    {
        "System.Void" => "void",
        "System.Object" => "object",
        "System.String" => "string",
        "System.Boolean" => "bool",
        "System.Byte" => "byte",
        "System.Int32" => "int",
        "System.Int64" => "long",
        "System.UInt64" => "ulong",
        "System.Single" => "float",
        "System.Double" => "double",
        _ => null,
    };
}
