namespace SimpleFlow;

/// <summary>
/// Checks whether the rows of a table have as many fields as there are names. It allows for two habits:
/// a delimiter at the end of every row, in the row of names or not, and R's rows, whose first field, their own name, has none.
/// </summary>
/// <param name="named">How many fields the row of names has.</param>
/// <param name="isLastNamed">Whether its last one is filled.</param>
internal sealed class CsvShape(int named, bool isLastNamed)
{
    private int _longer;
    private bool _hasLastCell, _hasCellBeyond;
    private (int Row, int Fields, int Line)? _other, _beyond, _shorter;

    public int Rows { get; private set; }

    /// <summary>How many fields the row of names has.</summary>
    public int Named => named;

    /// <summary>Whether the first column has no name: every row has one field more than there are
    /// names, and it is filled at the end.</summary>
    public bool FirstHasNoName => _hasCellBeyond && _longer == Rows && Rows > 1 && isLastNamed;

    /// <summary>Whether nothing follows the last delimiter of any row.</summary>
    public bool HasEndingDelimiter => IsLastColumnNothing || (_longer > 0 && !FirstHasNoName);

    /// <summary>How many columns there are.</summary>
    public int Columns => FirstHasNoName ? named + 1 : IsLastColumnNothing ? named - 1 : named;

    /// <summary>The first row with another number of fields; null if there is none.</summary>
    public (int Row, int Fields, int Line)? Wrong =>
        new[] { _other, FirstHasNoName ? null : _beyond, IsLastColumnNothing ? null : _shorter }.Where(wrong => wrong is not null)
            .MinBy(wrong => wrong!.Value.Row);

    /// <summary>Refuses a table with a row of another number of fields.</summary>
    /// <exception cref="DataException">There is one; the message names its row and line.</exception>
    public void Require(string path)
    {
        if (Wrong is not { } wrong) return;
        throw new DataException(
            $"{path}: row {wrong.Row} (line {wrong.Line}) has {NumberText.Count(wrong.Fields, "field")}, where the header has "
                + $"{NumberText.Count(named, "column")}.");
    }

    private bool IsLastColumnNothing => !isLastNamed && named > 1 && !_hasLastCell;

    /// <summary>Looks at a row.</summary>
    public void Add(int fields, bool isLastFilled, int line)
    {
        Rows++;
        if (fields == named)
        {
            _hasLastCell |= isLastFilled;
        }
        else if (fields == named + 1)
        {
            _longer++;
            _hasCellBeyond |= isLastFilled;
            if (isLastFilled || !isLastNamed) _beyond ??= (Rows, fields, line);
        }
        else if (fields == named - 1)
        {
            _shorter ??= (Rows, fields, line);
        }
        else
        {
            _other ??= (Rows, fields, line);
        }
    }
}
