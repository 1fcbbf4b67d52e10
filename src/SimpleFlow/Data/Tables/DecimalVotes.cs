namespace SimpleFlow;

/// <summary>Decides which decimal sign the cells of a table use. Each column has one vote, so that a long one of addresses or versions
/// counts once.</summary>
/// <param name="columns">How many columns there are.</param>
internal sealed class DecimalVotes(int columns)
{
    private const int LongestNumber = 40;

    // Narrow numbers: a table may have as many columns as its file has bytes, nearly.
    private readonly (short Points, short Commas, bool IsOpen)[] _columns = new (short, short, bool)[columns];

    /// <summary>Looks at a cell.</summary>
    public void Add(int column, ReadOnlySpan<byte> cell)
    {
        if (cell.Length > LongestNumber || !cell.ContainsAny((byte)'.', (byte)',')) return;
        var (withPoint, withComma) = (CsvNumber.Of(cell, (byte)'.'), CsvNumber.Of(cell, (byte)','));
        if (double.IsNaN(withPoint) && double.IsNaN(withComma)) return;
        ref var votes = ref _columns[column];
        if (double.IsNaN(withComma)) votes.Points++;
        else if (double.IsNaN(withPoint)) votes.Commas++;
        else if (cell.Contains((byte)',')) votes.IsOpen = true;
    }

    /// <summary>The sign, and whether the cells leave it open.</summary>
    public (char Sign, bool IsOpen) Result(byte delimiter)
    {
        var (points, commas) = (_columns.Count(one => one.Points > one.Commas), _columns.Count(one => one.Commas > one.Points));
        if (points != commas) return (points > commas ? '.' : ',', false);
        // '1,234' alone leaves it open. Fields separated by semicolons suggest that the comma was taken.
        var isOpen = delimiter == ';' && Array.Exists(_columns, one => one.Points == one.Commas && one.IsOpen);
        return (isOpen ? ',' : '.', true);
    }
}
