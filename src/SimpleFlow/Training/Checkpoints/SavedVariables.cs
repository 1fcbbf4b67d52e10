namespace SimpleFlow;

/// <summary>Converts variables to the tensors of a file, and back.</summary>
internal static class SavedVariables
{
    /// <summary>The variables with their names in a file. Two of the same name are numbered in their order, <c>w</c> and <c>w#2</c>; if
    /// another has that name, the next free number is taken.</summary>
    /// <param name="variables">The variables.</param>
    /// <param name="before">Names that are given already.</param>
    public static IReadOnlyList<(string Name, Variable Variable)> Named(IEnumerable<Variable> variables, IEnumerable<string>? before = null)
    {
        List<Variable> all = [.. variables];
        var names = new FreeNames(before ?? []);
        // The first of each name keeps it, whoever comes before.
        var first = new HashSet<Variable>(all.Where(variable => names.Take(variable.Name!)), ReferenceEqualityComparer.Instance);
        return [.. all.Select(variable => (first.Contains(variable) ? variable.Name! : names.Next(variable.Name!), variable))];
    }

    /// <summary>Writes the values of the variables under their names, straight from their memory, so that saving a model needs no second
    /// copy of it. Nobody may change them meanwhile.</summary>
    /// <param name="variables">The variables.</param>
    /// <param name="write">Writes them; it may put others beside them.</param>
    public static void Write(IEnumerable<(string Name, Variable Variable)> variables, Action<Dictionary<string, WrittenTensor>> write)
    {
        List<(string Name, Variable Variable)> all = [.. variables];
        using var _ = new VariableAccess(read: all.Select(one => one.Variable), written: []).Enter();
        write(all.ToDictionary(one => one.Name, one => new WrittenTensor(one.Variable.Shape.Sizes(), one.Variable.Memory.Whole),
            StringComparer.Ordinal));
    }

    /// <summary>Sets the variables to the values in a file, all of them or none.</summary>
    /// <param name="path">The file, for the message.</param>
    /// <param name="tensors">What it holds.</param>
    /// <param name="variables">The variables.</param>
    /// <param name="mayLack">Names that the file may lack.</param>
    /// <param name="mayHave">Names that the file may have for something else.</param>
    /// <exception cref="DataException">They do not fit; the message lists what differs.</exception>
    public static void Set(
        string path, IReadOnlyDictionary<string, NamedTensor> tensors, IReadOnlyList<(string Name, Variable Variable)> variables,
        Predicate<string>? mayLack = null, Predicate<string>? mayHave = null)
    {
        Compare(path, tensors.Select(one => (one.Key, one.Value.Shape)), variables, mayLack, mayHave);
        using var _ = VariableAccess.Writing(variables.Select(one => one.Variable));
        foreach (var (name, variable) in variables)
        {
            if (tensors.TryGetValue(name, out var tensor)) tensor.Values.CopyTo(variable.Memory.Span);
        }
    }

    /// <summary>Checks whether a file fits the variables, before any of them has memory.</summary>
    /// <exception cref="DataException">They do not fit; the message lists what differs.</exception>
    public static void Compare(
        string path, IEnumerable<(string Name, IReadOnlyList<long> Shape)> tensors,
        IReadOnlyList<(string Name, Variable Variable)> variables, Predicate<string>? mayLack = null, Predicate<string>? mayHave = null)
    {
        var shapes = tensors.ToDictionary(one => one.Name, one => one.Shape, StringComparer.Ordinal);
        var differences = new List<string>();
        foreach (var (name, variable) in variables)
        {
            if (!shapes.Remove(name, out var shape))
            {
                if (mayLack?.Invoke(name) != true) differences.Add($"`{name}` is missing");
            }
            else if (!shape.SequenceEqual(variable.Shape.Sizes()))
            {
                differences.Add($"`{name}` is [{string.Join(", ", shape)}] and should be {variable.Shape}");
            }
        }
        differences.AddRange(shapes.Keys.Where(name => mayHave?.Invoke(name) != true)
            .Select(name => $"`{Quotation.Of(name)}` is not used here"));
        if (differences.Count > 0)
            throw new DataException(
                $"{path} does not fit: "
                    + $"{string.Join("; ", differences.Take(MostTold))}"
                    + $"{(differences.Count > MostTold ? $"; and {differences.Count - MostTold:N0} more" : "")}.");
    }

    /// <summary>The first of many names, in quotes.</summary>
    public static string Listed(IEnumerable<string> names)
    {
        List<string> all = [.. names];
        return $"{string.Join(", ", all.Take(MostTold).Select(name => $"`{Quotation.Of(name)}`"))}"
            + $"{(all.Count > MostTold ? $" and {all.Count - MostTold:N0} more" : "")}";
    }

    // What a person reads; a file may have a million tensors.
    private const int MostTold = 20;

    private static IReadOnlyList<long> Sizes(this Shape shape) => [.. shape.Select(size => size!.Value)];
}
