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

    /// <summary>Copies the elements of other variables into these, pair by pair, such as those of a network into its copy.
    /// Runs of models on other threads see all of it or nothing.</summary>
    /// <param name="variables">The variables to set.</param>
    /// <param name="source">As many variables, of the same shapes in the same order.</param>
    /// <exception cref="ArgumentException">There are more or fewer, or two shapes differ; the message names the variables.</exception>
    public static void CopyFrom(this IReadOnlyList<Variable> variables, IReadOnlyList<Variable> source) =>
        variables.MoveTowards(source, share: 1);

    /// <summary>Moves these variables towards others, pair by pair: w ← w + share·(source − w). A slowly following copy of a network, as
    /// agents use it, moves by a small share after each step.</summary>
    /// <param name="variables">The variables to move.</param>
    /// <param name="source">As many variables, of the same shapes in the same order.</param>
    /// <param name="share">How far: 0 stays, 1 copies.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is not from 0 to 1.</exception>
    /// <exception cref="ArgumentException">There are more or fewer, or two shapes differ; the message names the variables.</exception>
    public static void MoveTowards(this IReadOnlyList<Variable> variables, IReadOnlyList<Variable> source, float share)
    {
        if (!(share is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "The share must be from 0 to 1.");
        if (Required.List(variables).Count != Required.List(source).Count)
            throw new ArgumentException(
                $"{NumberText.Count(source.Count, "variable")} cannot be copied to {NumberText.Count(variables.Count, "variable")}: "
                    + "both lists must have the same number of variables.", nameof(source));
        for (var i = 0; i < source.Count; i++)
        {
            if (!source[i].Shape.Equals(variables[i].Shape))
                throw new ArgumentException(
                    $"`{source[i].Name}` {source[i].Shape} cannot be copied to `{variables[i].Name}` {variables[i].Shape}: the shapes "
                        + "differ. Are the variables of both in the same order?", nameof(source));
        }
        using var _ = new VariableAccess(read: source, written: variables).Enter();
        // Of variables on both sides, what they were before counts.
        var before = source.Intersect(variables).ToDictionary(variable => variable, variable => variable.Memory.Span.ToArray());
        for (var i = 0; i < source.Count; i++)
        {
            var to = variables[i].Memory.Span;
            var from = before.TryGetValue(source[i], out var old) ? old : source[i].Memory.Span;
            if (share == 1) from.CopyTo(to);
            else for (var j = 0; j < to.Length; j++) to[j] += share * (from[j] - to[j]);
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
