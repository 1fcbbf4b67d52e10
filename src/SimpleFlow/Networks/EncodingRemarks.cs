namespace SimpleFlow;

/// <summary>Counts how the cells of each column differ from those in training, over all the pieces that a table is read in.</summary>
internal sealed class EncodingRemarks
{
    private readonly Dictionary<string, (int Count, Func<int, string> Sentence)> _columns = new(StringComparer.Ordinal);

    /// <summary>Counts cells of a column.</summary>
    /// <param name="column">The column.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="sentence">The sentence about all of them; the first one is kept.</param>
    public void Add(string column, int count, Func<int, string> sentence) =>
        _columns[column] = _columns.TryGetValue(column, out var before) ? (before.Count + count, before.Sentence) : (count, sentence);

    /// <summary>Reports once for each column.</summary>
    public void Say(IEnumerable<TableColumn> columns, Action<string> say)
    {
        foreach (var column in columns)
        {
            if (_columns.TryGetValue(column.Name, out var one)) say($"column '{column.Name}': {one.Sentence(one.Count)}");
        }
    }
}
