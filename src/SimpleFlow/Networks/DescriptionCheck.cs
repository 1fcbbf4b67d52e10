namespace SimpleFlow;

/// <summary>Checks what the types and constructors of a description leave open, before a network is built from a description in a
/// file.</summary>
internal static class DescriptionCheck
{
    /// <summary>Refuses an invalid description.</summary>
    /// <exception cref="DataException">A name appears twice, or a number is invalid.</exception>
    public static void Of(NetworkDescription description)
    {
        switch (description.Input)
        {
            case TableInput { Columns: var columns }:
                Once("column", columns.Select(column => column.Name));
                foreach (var column in columns) Of(column);
                if (columns.Count == 0) throw new DataException("a table has no columns");
                break;
            case ImageInput { Channels: var channels, Rows: var rows, Columns: var columns }:
                if (channels < 1 || rows < 1 || columns < 1)
                    throw new DataException($"images of {channels} × {rows} × {columns} are invalid");
                break;
            case TextInput { Length: < 1 }:
                throw new DataException("a network must read at least one character");
            case TextInput text:
                _ = text.Vocabulary;
                break;
        }
        switch (description.Output)
        {
            case NumberOutput { Mean: var mean, Deviation: var deviation }:
                Spread(mean, deviation);
                break;
            case NextCharacterOutput { Count: var count }:
                if (description.Input is not TextInput { Vocabulary.Count: var known } || known != count)
                    throw new DataException("it writes other characters than it reads");
                break;
        }
    }

    private static void Of(TableColumn column)
    {
        if (column is CategoryColumn { Values: var values }) Once("value", values);
        if (column is CategoryColumn { AsIndex: true, EmbeddingSize: null })
            throw new DataException($"column '{column.Name}' has an index and no embedding");
        if (column is NumberColumn { Mean: var mean, Deviation: var deviation }) Spread(mean, deviation);
        if (column is not DateColumn { Year: var year, Age: var age }) return;
        Spread(year.Mean, year.Deviation);
        Spread(age.Mean, age.Deviation);
    }

    // JSON can say 1e999.
    private static void Spread(double mean, double deviation)
    {
        if (!double.IsFinite(mean) || !double.IsFinite(deviation) || !(deviation > 0))
            throw new DataException($"the mean {mean} with the deviation {deviation} is invalid");
    }

    private static void Once(string what, IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (!seen.Add(name)) throw new DataException($"the {what} '{name}' appears twice");
        }
    }
}
