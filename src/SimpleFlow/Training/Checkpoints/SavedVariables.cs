namespace SimpleFlow;

/// <summary>Variables as the tensors of a file, and back.</summary>
internal static class SavedVariables
{
    /// <summary>The variables with the names that a file gives them; two of one name are told apart by their order.</summary>
    public static IReadOnlyList<(string Name, Variable Variable)> Named(IEnumerable<Variable> variables)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. variables.Select(variable =>
        {
            var count = seen[variable.Name!] = seen.GetValueOrDefault(variable.Name!) + 1;
            return (count == 1 ? variable.Name! : $"{variable.Name}#{count}", variable);
        })];
    }

    /// <summary>What the variables hold, under their names.</summary>
    public static Dictionary<string, NamedTensor> Of(IEnumerable<(string Name, Variable Variable)> variables) => variables.ToDictionary(
        one => one.Name, one => new NamedTensor([.. one.Variable.Shape.Select(size => size!.Value)], one.Variable.Memory.Span.ToArray()), StringComparer.Ordinal);

    /// <summary>Lets the variables hold what a file says, all of them or none.</summary>
    /// <param name="path">The file, for the message.</param>
    /// <param name="tensors">What it holds.</param>
    /// <param name="variables">The variables.</param>
    /// <param name="isOptional">Names that may be on one side alone.</param>
    /// <exception cref="DataException">They do not fit; the message lists what differs.</exception>
    public static void Set(string path, IReadOnlyDictionary<string, NamedTensor> tensors, IReadOnlyList<(string Name, Variable Variable)> variables, Predicate<string>? isOptional = null)
    {
        Compare(path, tensors, variables, isOptional);
        foreach (var (name, variable) in variables)
        {
            if (tensors.TryGetValue(name, out var tensor)) variable.Set(tensor.Values);
        }
    }

    /// <summary>Finds out whether a file fits the variables, before any of them has memory.</summary>
    /// <exception cref="DataException">They do not fit; the message lists what differs.</exception>
    public static void Compare(string path, IReadOnlyDictionary<string, NamedTensor> tensors, IReadOnlyList<(string Name, Variable Variable)> variables, Predicate<string>? isOptional = null)
    {
        var differences = new List<string>();
        foreach (var (name, variable) in variables)
        {
            if (!tensors.TryGetValue(name, out var tensor))
            {
                if (isOptional?.Invoke(name) != true) differences.Add($"`{name}` is missing");
            }
            else if (!tensor.Shape.SequenceEqual(variable.Shape.Select(size => size!.Value)))
            {
                differences.Add($"`{name}` is [{string.Join(", ", tensor.Shape)}] and should be {variable.Shape}");
            }
        }
        var unused = tensors.Keys.Except(variables.Select(one => one.Name), StringComparer.Ordinal).Where(name => isOptional?.Invoke(name) != true);
        differences.AddRange(unused.Select(name => $"`{name}` is not used here"));
        if (differences.Count > 0) throw new DataException($"{path} does not fit: {string.Join("; ", differences)}.");
    }
}
