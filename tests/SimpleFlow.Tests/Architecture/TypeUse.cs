using System.Reflection;
using System.Reflection.Emit;

namespace SimpleFlow.Tests.Architecture;

/// <summary>Which types a type uses, read from the compiled assembly: in its base, its members' signatures and every instruction of its
/// methods. So calls of extension methods are seen, too.</summary>
internal static class TypeUse
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes =
        typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>The outermost types that <paramref name="type"/> and the types within it use.</summary>
    public static IEnumerable<Type> Of(Type type)
    {
        var used = new HashSet<Type>();
        Add(type);
        return used;

        void Add(Type within)
        {
            Use(within.BaseType);
            foreach (var contract in within.GetInterfaces()) Use(contract);
            foreach (var field in within.GetFields(Everything)) Use(field.FieldType);
            foreach (var method in within.GetMembers(Everything).OfType<MethodBase>())
            {
                foreach (var parameter in method.GetParameters()) Use(parameter.ParameterType);
                Use((method as MethodInfo)?.ReturnType);
                foreach (var local in method.GetMethodBody()?.LocalVariables ?? []) Use(local.LocalType);
                foreach (var (_, member) in Mentioned(method))
                {
                    Use(member as Type ?? member.DeclaringType);
                    if (member is MethodInfo { IsGenericMethod: true } generic)
                        foreach (var argument in generic.GetGenericArguments()) Use(argument);
                }
            }
            foreach (var nested in within.GetNestedTypes(Everything)) Add(nested);
        }

        void Use(Type? mentioned)
        {
            if (mentioned is null || mentioned.IsGenericParameter) return;
            if (mentioned.HasElementType) Use(mentioned.GetElementType());
            foreach (var argument in mentioned.GetGenericArguments()) Use(argument);
            while (mentioned.DeclaringType is { } outer) mentioned = outer;
            used.Add(mentioned.IsGenericType ? mentioned.GetGenericTypeDefinition() : mentioned);
        }
    }

    /// <summary>The types, methods and fields that stand in a method's instructions, with the instruction.</summary>
    public static IEnumerable<(OpCode Instruction, MemberInfo Member)> Mentioned(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        var typeArguments = method.DeclaringType!.GetGenericArguments();
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (var at = 0; at < code.Length;)
        {
            // Two-byte codes begin with 0xFE.
            var instruction = Codes[code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at]];
            at += instruction.Size;
            if (instruction.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType
                or OperandType.InlineTok)
                yield return (instruction, method.Module.ResolveMember(BitConverter.ToInt32(code, at), typeArguments, methodArguments)!);
            at += instruction.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
                _ => 4,
            };
        }
    }
}
