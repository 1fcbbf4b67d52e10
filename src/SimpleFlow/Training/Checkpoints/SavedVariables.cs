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

    /// <summary>Reads the variables from a file straight into their memory, all of them or none.</summary>
    /// <param name="file">The file.</param>
    /// <param name="variables">The variables.</param>
    /// <param name="mayLack">Names that the file may lack.</param>
    /// <param name="mayHave">Names that the file may have for something else.</param>
    /// <exception cref="DataException">They do not fit, and the message lists what differs; or the file can no longer be read, and the
    /// message says that some variables are changed.</exception>
    public static void Read(SafetensorsReader file, IReadOnlyList<(string Name, Variable Variable)> variables,
        Predicate<string>? mayLack = null, Predicate<string>? mayHave = null)
    {
        Compare(file.Path, file.Shapes(), variables, mayLack, mayHave);
        Fill(file, [.. variables.Where(one => file.Find(one.Name) is not null)
            .Select(one => (file.Find(one.Name)!.Value, one.Variable))]);
    }

    /// <summary>Reads variables from tensors of their shapes.</summary>
    public static void Fill(SafetensorsReader file, IReadOnlyList<(TensorPlace Place, Variable Variable)> variables)
    {
        foreach (var (place, _) in variables) file.Check(place);
        Fill(file.Path, [.. variables.Select(one => one.Variable)],
            i => file.Read(variables[i].Place, variables[i].Variable.Memory.Span));
    }

    /// <summary>Fills variables, one after the other, from a file in which all of them were found to be whole.</summary>
    /// <param name="path">The file, for the message.</param>
    /// <param name="variables">The variables.</param>
    /// <param name="fill">Fills the variable of this number.</param>
    /// <exception cref="DataException">The file can no longer be read.</exception>
    public static void Fill(string path, IReadOnlyList<Variable> variables, Action<int> fill)
    {
        using var _ = VariableAccess.Writing(variables);
        for (var i = 0; i < variables.Count; i++)
        {
            try
            {
                fill(i);
            }
            catch (Exception exception) when (exception is DataException || WholeFile.IsOfFiles(exception))
            {
                throw new DataException(
                    $"{path} was whole, and could not be read a second time: {exception.Message} `{variables[i].Name}` and the variables "
                        + $"after it do not have their values from the file, and {NumberText.Count(i, "other")} have. Load a file again "
                        + "before you use the model.", exception);
            }
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
