using System.Reflection;
using System.Reflection.Emit;

namespace SimpleFlow.Tests.Architecture;

/// <summary>
/// Which methods of an assembly may come back to themselves, by its compiled code. A method calls what it mentions, so a lambda counts as
/// called where it is made; a virtual call may reach every override of the types below.
/// </summary>
internal sealed class RecursiveMethods
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    private readonly Dictionary<MethodBase, List<MethodBase>> _calls = [];
    private readonly ILookup<string, MethodInfo> _virtual;
    private readonly Assembly _assembly;

    private RecursiveMethods(Assembly assembly)
    {
        _assembly = assembly;
        // Collections of the compiler and matchers of the regex generator are not ours.
        var own = assembly.GetTypes().Where(type => !type.Name.StartsWith("<>z__", StringComparison.Ordinal)
            && type.Namespace?.StartsWith("System", StringComparison.Ordinal) != true);
        var methods = own.SelectMany(type => type.GetMembers(Everything))
            .OfType<MethodBase>().ToList();
        _virtual = methods.OfType<MethodInfo>().Where(method => method.IsVirtual).ToLookup(LastName, StringComparer.Ordinal);
        foreach (var method in methods) _calls[method] = [.. Called(method).Where(one => one.Module.Assembly == assembly).Distinct()];
    }

    /// <summary>The methods that may call each other in a circle, circle by circle.</summary>
    public static List<List<string>> CirclesOf(Assembly assembly) => new RecursiveMethods(assembly).Circles();

    private IEnumerable<MethodBase> Called(MethodBase method)
    {
        foreach (var (instruction, member) in TypeUse.Mentioned(method))
        {
            if (member is not MethodBase mentioned) continue;
            var called = Definition(mentioned);
            yield return called;
            // What an iterator does, it does when its caller asks for the next element.
            if (called is ConstructorInfo && called.DeclaringType!.Name.Contains(">d__", StringComparison.Ordinal))
                yield return called.DeclaringType.GetMethod("MoveNext", Everything)!;
            if (called is not MethodInfo { IsVirtual: true } any || !(instruction == OpCodes.Callvirt || instruction == OpCodes.Ldvirtftn))
                continue;
            foreach (var one in _virtual[LastName(any)].Where(one => Overrides(one, any))) yield return one;
        }
    }

    // What others declare, such as ToString, is not followed: anything could be behind it.
    private bool Overrides(MethodInfo one, MethodInfo any)
    {
        if (any.GetBaseDefinition().Module.Assembly != _assembly) return false;
        return any.DeclaringType!.IsInterface
            ? one.GetParameters().Length == any.GetParameters().Length
                && one.DeclaringType!.GetInterfaces().Any(contract => Plain(contract) == any.DeclaringType)
            : Definition(one.GetBaseDefinition()) == Definition(any.GetBaseDefinition());
    }

    private static Type Plain(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

    // Members of generic types and generic methods are compared as they are declared.
    private static MethodBase Definition(MethodBase method)
    {
        if (method is MethodInfo { IsGenericMethod: true } generic) method = generic.GetGenericMethodDefinition();
        return method.DeclaringType is { IsGenericType: true } type
            ? MethodBase.GetMethodFromHandle(method.MethodHandle, type.GetGenericTypeDefinition().TypeHandle)! : method;
    }

    // An explicit implementation carries the name of its interface.
    private static string LastName(MethodBase method) => method.Name[(method.Name.LastIndexOf('.') + 1)..];

    // Strongly connected components (R. Tarjan, "Depth-first search and linear graph algorithms", 1972).
    private List<List<string>> Circles()
    {
        var (places, lowest, open) = (new Dictionary<MethodBase, int>(), new Dictionary<MethodBase, int>(), new Stack<MethodBase>());
        var isOpen = new HashSet<MethodBase>();
        var circles = new List<List<string>>();
        foreach (var method in _calls.Keys)
        {
            if (!places.ContainsKey(method)) Visit(method);
        }
        return circles;

        void Visit(MethodBase method)
        {
            places[method] = lowest[method] = places.Count;
            open.Push(method);
            isOpen.Add(method);
            foreach (var called in _calls.GetValueOrDefault(method, []))
            {
                if (!places.TryGetValue(called, out var place))
                {
                    Visit(called);
                    lowest[method] = Math.Min(lowest[method], lowest[called]);
                }
                else if (isOpen.Contains(called)) lowest[method] = Math.Min(lowest[method], place);
            }
            if (lowest[method] != places[method]) return;
            var circle = new List<MethodBase>();
            do
            {
                isOpen.Remove(open.Peek());
                circle.Add(open.Pop());
            }
            while (circle[^1] != method);
            if (circle.Count > 1 || _calls.GetValueOrDefault(method, []).Contains(method))
                circles.Add([.. circle.Select(one => $"{one.DeclaringType!.Name}.{LastName(one)}").Order(StringComparer.Ordinal)]);
        }
    }
}
