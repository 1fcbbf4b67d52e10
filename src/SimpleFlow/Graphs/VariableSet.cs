namespace SimpleFlow;

/// <summary>What can be done with several variables at once: those of a node, of a layer, or of a model.</summary>
public static class VariableSet
{
    /// <summary>The variables that a node is computed from, in the order in which the graph reaches them.</summary>
    public static IReadOnlyList<Variable> Variables(this Node node) => [.. GraphOrder.Of([Required.Value(node)]).OfType<Variable>()];

    /// <summary>The elements of all variables, one variable after the other, each in row-major order.</summary>
    public static float[] ToVector(this IReadOnlyList<Variable> variables)
    {
        var vector = new float[Length(variables)];
        var at = 0;
        using var _ = new VariableAccess(read: variables, written: []).Enter();
        foreach (var variable in variables)
        {
            variable.Memory.Span.CopyTo(vector.AsSpan(at));
            at += variable.Memory.Length;
        }
        return vector;
    }

    /// <summary>Replaces the elements of all variables by those of a vector as <see cref="ToVector"/> gives it. Runs of models on other
    /// threads see all of them or none.</summary>
    /// <exception cref="ArgumentException">The vector has another length.</exception>
    public static void SetVector(this IReadOnlyList<Variable> variables, ReadOnlySpan<float> vector)
    {
        if (vector.Length != Length(variables))
            throw new ArgumentException(
                $"The variables have {NumberText.Count(Length(variables), "element")} together, and {vector.Length} were given.",
                nameof(vector));
        var at = 0;
        using var _ = new VariableAccess(read: [], written: variables).Enter();
        foreach (var variable in variables)
        {
            vector.Slice(at, variable.Memory.Length).CopyTo(variable.Memory.Span);
            at += variable.Memory.Length;
        }
    }

    /// <summary>New variables with the same elements. Nobody may change them meanwhile.</summary>
    internal static Dictionary<Variable, Variable> Copied(IEnumerable<Variable> variables)
    {
        var copies = new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance);
        foreach (var variable in variables)
        {
            var copy = copies[variable] = new Variable(variable.Name!, variable.Shape, Initializer.Zeros(), variable.IsTrainable);
            variable.Memory.Span.CopyTo(copy.Memory.Span);
        }
        return copies;
    }

    private static long Length(IReadOnlyList<Variable> variables) =>
        Required.List(variables).Sum(variable => variable.Shape.ElementCount);
}
