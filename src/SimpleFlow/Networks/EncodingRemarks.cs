namespace SimpleFlow;

/// <summary>What of the cells of a table was not like that in training, counted for each column over all the pieces that the table is
/// read in.</summary>
internal sealed class EncodingRemarks
{
    private readonly Dictionary<string, (int Count, Func<int, string> Sentence)> _columns = new(StringComparer.Ordinal);

    /// <summary>Counts cells of a column.</summary>
    /// <param name="column">The column.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="sentence">What is said of all of them; the first one counts.</param>
    public void Add(string column, int count, Func<int, string> sentence) =>
        _columns[column] = _columns.TryGetValue(column, out var before) ? (before.Count + count, before.Sentence) : (count, sentence);

    /// <summary>Says it, once for each column.</summary>
    public void Say(IEnumerable<TableColumn> columns, Action<string> say)
    {
        foreach (var column in columns)
        {
            if (_columns.TryGetValue(column.Name, out var one)) say($"column '{column.Name}': {one.Sentence(one.Count)}");
        }
    }
}
