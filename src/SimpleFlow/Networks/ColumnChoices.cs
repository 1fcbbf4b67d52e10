namespace SimpleFlow;

/// <summary>What the user says about columns, by their names. Everything else is decided from the cells.</summary>
public sealed record ColumnChoices
{
    /// <summary>Columns to leave out.</summary>
    public IReadOnlyList<string> Ignore { get; init => field = Required.Texts(value); } = [];

    /// <summary>Categorical columns, even if their cells look like numbers or dates: each different text is a value.</summary>
    public IReadOnlyList<string> Categorical { get; init => field = Required.Texts(value); } = [];

    /// <summary>Numeric columns, even if some cells are not numbers or have leading zeros: what is not a number counts as
    /// missing.</summary>
    public IReadOnlyList<string> Numeric { get; init => field = Required.Texts(value); } = [];

    /// <summary>Refuses choices that do not fit a table.</summary>
    /// <exception cref="DataException">A column does not exist, is the one to predict, or is named twice.</exception>
    internal void Check(CsvTable table, string target)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in Ignore.Concat(Categorical).Concat(Numeric))
        {
            table.Column(name);
            if (name == target && Ignore.Contains(name, StringComparer.Ordinal))
                throw new DataException($"{table.Path}: column '{name}' is to be predicted and cannot be left out.");
            if (!seen.Add(name))
                throw new DataException(
                    $"{table.Path}: column '{name}' is named twice: it is either left out, or categorical, or numeric.");
        }
    }
}
