using System.Diagnostics;
using System.Linq.Expressions;
using System.Reflection;

namespace SimpleFlow.Tests.Surface;

/// <summary>
/// A public member that is called with arguments of any kind. It goes through a compiled expression and not through
/// <see cref="MethodBase.Invoke(object, object[])"/>, which cannot pass spans: an argument for a span is an array.
/// </summary>
internal sealed class HostileCall
{
    private readonly Func<object?, object?[], object?> _call;

    public HostileCall(MethodBase member)
    {
        Member = member;
        Parameters = member.GetParameters();
        var (self, arguments) = (Expression.Parameter(typeof(object)), Expression.Parameter(typeof(object[])));
        var given = Parameters.Select((parameter, i) =>
            Argument(Expression.ArrayIndex(arguments, Expression.Constant(i)), parameter.ParameterType)).ToList();
        var locals = given.OfType<ParameterExpression>().ToList();
        Expression call = member is ConstructorInfo constructor ? Expression.New(constructor, given)
            : Expression.Call(member.IsStatic ? null : Expression.Convert(self, member.DeclaringType!), (MethodInfo)member, given);
        var body = call.Type == typeof(void) || call.Type.IsByRefLike ? Expression.Block(typeof(object), locals, call,
            Expression.Constant(null)) : Expression.Block(typeof(object), locals, Expression.Convert(call, typeof(object)));
        _call = Expression.Lambda<Func<object?, object?[], object?>>(body, self, arguments).Compile();
    }

    public MethodBase Member { get; }

    public ParameterInfo[] Parameters { get; }

    /// <summary>The accident that came out of the call; null where it went well or was refused on purpose.</summary>
    public Exception? Accident(object? self, object?[] arguments)
    {
        try
        {
            // What is read only when it is asked for is asked for.
            if (_call(self, arguments) is System.Collections.IEnumerable sequence and not string)
                foreach (var _ in sequence.Cast<object?>().Take(10)) { }
            return null;
        }
        catch (Exception exception)
        {
            return IsMeant(exception) ? null : exception;
        }
    }

    /// <summary>What a constructor makes; null where it refuses.</summary>
    public object? TryMake(object?[] arguments)
    {
        try
        {
            return _call(null, arguments);
        }
        catch (Exception)
        {
            return null;
        }
    }

    /// <summary>Errors of the library's own, those about arguments and states if the library threw them
    /// itself, and what the system says of files.</summary>
    private static bool IsMeant(Exception exception) => exception switch
    {
        SimpleFlowException or OperationCanceledException or IOException or UnauthorizedAccessException => true,
        ArgumentException or InvalidOperationException or KeyNotFoundException => WasThrownByTheLibrary(exception),
        _ => false,
    };

    private static bool WasThrownByTheLibrary(Exception exception)
    {
        foreach (var frame in new StackTrace(exception).GetFrames())
        {
            var type = frame.GetMethod()?.DeclaringType;
            // A short member is compiled into the expression that calls it, which has no type.
            if (type is null || type.Assembly == typeof(Node).Assembly) return true;
            // ArgumentNullException.ThrowIfNull and its like, and paths that are none.
            if (!type.IsAssignableTo(typeof(ArgumentException))
                && type.Namespace?.StartsWith("System.IO", StringComparison.Ordinal) != true)
                return false;
        }
        return false;
    }

    private static Expression Argument(Expression given, Type type)
    {
        if (type.IsByRef) return Expression.Variable(type.GetElementType()!);
        if (!type.IsByRefLike)
            return type.IsValueType && Nullable.GetUnderlyingType(type) is null ? Expression.Unbox(given, type)
                : Expression.Convert(given, type);
        var array = type.GetGenericArguments()[0].MakeArrayType();
        return Expression.Convert(Expression.Convert(given, array), type);
    }
}
