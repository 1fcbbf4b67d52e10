namespace SimpleFlow;

/// <summary>What a person says about columns, by their names. What is not said is found out from the cells.</summary>
public sealed record ColumnChoices
{
    /// <summary>Columns to leave out.</summary>
    public IReadOnlyList<string> Ignore { get; init => field = Required.Texts(value); } = [];

    /// <summary>Columns whose cells are kinds, even if they look like numbers or dates: each different text is a value.</summary>
    public IReadOnlyList<string> Categorical { get; init => field = Required.Texts(value); } = [];

    /// <summary>Columns whose cells are numbers, even if some are not or have leading zeros: what is not a number is missing.</summary>
    public IReadOnlyList<string> Numeric { get; init => field = Required.Texts(value); } = [];

    /// <summary>Refuses what a table cannot follow.</summary>
    /// <exception cref="DataException">A column is not there, is the one to predict, or is named twice.</exception>
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
