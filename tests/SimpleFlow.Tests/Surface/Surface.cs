using System.Reflection;
using System.Text.Json.Serialization;

namespace SimpleFlow.Tests.Surface;

/// <summary>The public members of the library, and with what to call them.</summary>
internal static class Surface
{
    private const BindingFlags Public = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    /// <summary>All public types with members of their own, without what the compiler makes for extension members, what only the serializer
    /// calls, and what lives on the stack of a call of the library.</summary>
    public static IReadOnlyList<Type> Types { get; } =
        [.. typeof(Node).Assembly.GetExportedTypes()
            .Where(type => !type.IsEnum && !type.IsInterface && !type.IsAssignableTo(typeof(Exception))
                && !type.IsAssignableTo(typeof(Delegate)) && !type.IsAssignableTo(typeof(JsonConverter)) && !type.IsByRefLike
                && !type.FullName!.Contains('<'))
            .Select(type => type.IsGenericTypeDefinition ? type.MakeGenericType(typeof(int)) : type)
            .OrderBy(type => type.FullName, StringComparer.Ordinal)];

    /// <summary>Its constructors, methods, operators and properties. A type or method for any type
    /// is called with whole numbers, or with the type that it demands.</summary>
    public static IEnumerable<HostileCall> Calls(Type type)
    {
        var methods = type.GetMethods(Public).Where(method => !method.Name.Contains('<'))
            .Select(method => method.IsGenericMethodDefinition ? method.MakeGenericMethod(Demanded(method)) : method);
        return ((IEnumerable<MethodBase>)methods).Concat(type.IsAbstract ? [] : ConstructorsOf(type))
            .Select(member => new HostileCall(member));
    }

    private static Type Demanded(MethodInfo method) =>
        method.GetGenericArguments()[0].GetGenericParameterConstraints().FirstOrDefault(one => one.IsClass && one != typeof(ValueType))
            ?? typeof(int);

    /// <summary>What a member is called on.</summary>
    public static IEnumerable<object?> Selves(MethodBase member) =>
        member.IsStatic || member is ConstructorInfo ? [null]
            : HostileValues.Of(member.DeclaringType!, "").Where(value => value is not null);

    /// <summary>Good arguments; one bad among good ones, for every value of every parameter; bad ones alone.
    /// For several nodes the good ones are, in turn, nodes of all kinds.</summary>
    public static IEnumerable<object?[]> Arguments(HostileCall call)
    {
        var values = call.Parameters.Select(Values).ToArray();
        foreach (var good in Enumerable.Range(0, call.Parameters.Any(IsNode) ? HostileValues.Of(typeof(Node), "").Count : 1)
            .Where(i => i != 1))
        {
            var arguments = values.Select((choice, i) => IsNode(call.Parameters[i]) ? choice[good] : choice[0]).ToArray();
            yield return arguments;
            for (var i = 0; i < values.Length; i++)
            {
                foreach (var bad in values[i].Skip(1)) yield return [.. arguments[..i], bad, .. arguments[(i + 1)..]];
            }
        }
        for (var depth = 1; depth < 4; depth++) yield return values.Select(choice => choice[Math.Min(depth, choice.Count - 1)]).ToArray();
    }

    /// <summary>Values of a type: itself, or the types that follow from it, made by their own constructors with good and with
    /// bad arguments, where these let them.</summary>
    public static IEnumerable<object> Specimens(Type type)
    {
        foreach (var concrete in Types.Where(one => !one.IsAbstract && one.IsAssignableTo(type)))
        {
            foreach (var call in ConstructorsOf(concrete).Select(constructor => new HostileCall(constructor)))
            {
                foreach (var arguments in call.Parameters.Length == 0 ? [[]] : Arguments(call).Take(concrete == type ? 24 : 3))
                {
                    if (call.TryMake(arguments) is { } made) yield return made;
                }
            }
        }
    }

    // What has members that the compiler demands cannot be made without them.
    private static ConstructorInfo[] ConstructorsOf(Type type) =>
        type.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "RequiredMemberAttribute") ? [] : type.GetConstructors();

    private static bool IsNode(ParameterInfo parameter) => parameter.ParameterType == typeof(Node);

    // Where the call was written is nothing that a caller says.
    private static IReadOnlyList<object?> Values(ParameterInfo parameter) =>
        parameter is { Name: "file", ParameterType.Name: "String" } ? [""] : parameter is { Name: "line", ParameterType.Name: "Int32" }
            ? [0] : HostileValues.Of(parameter.ParameterType, parameter.Name!);
}
