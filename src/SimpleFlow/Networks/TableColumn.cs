using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>Converts the cells of a column to numbers, with statistics from the training rows.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(NumberColumn), "number")]
[JsonDerivedType(typeof(CategoryColumn), "category")]
[JsonDerivedType(typeof(DateColumn), "date")]
public abstract record TableColumn(string Name)
{
    /// <summary>The column's name.</summary>
    public string Name { get; init => field = Required.Text(value); } = Required.Text(Name);

    /// <summary>How many numbers a cell becomes.</summary>
    [JsonIgnore]
    public abstract int Width { get; }

    /// <summary>Writes the numbers of all cells.</summary>
    /// <param name="table">The rows.</param>
    /// <param name="column">The column's number in the table.</param>
    /// <param name="numbers">Receives them; all are 0 before.</param>
    /// <param name="remarks">Receives how the cells differ from those in training.</param>
    /// <exception cref="DataException">A cell cannot be read; the message names its row.</exception>
    internal abstract void Encode(CsvTable table, int column, EncodedRows numbers, EncodingRemarks? remarks);

    /// <summary>The same column with statistics from some rows.</summary>
    internal virtual TableColumn FittedTo(CsvTable rows) => this;

    /// <summary>The node that the layers take, made from the numbers.</summary>
    internal virtual Node Build(Node numbers) => numbers;

    /// <summary>A hint for the user if a cell is a number with the other decimal sign.</summary>
    internal static string DecimalHint(CsvTable table, int row, int column)
    {
        var other = table.Dialect.Decimal == '.' ? ',' : '.';
        var number = CsvNumber.Of(System.Text.Encoding.UTF8.GetBytes(table[row, column]), (byte)other);
        return double.IsNaN(number) ? "" : $" Is it a number with a decimal {(other == ',' ? "comma" : "point")}? (--decimal {other})";
    }

    /// <summary>What to do about a cell that cannot be read.</summary>
    private protected static string Cure(string cell) =>
        $"Correct it; or if it stands for a missing value, say so: --missing {cell} (CsvOptions.Missing).";

    /// <summary>Remarks on the cells without a value.</summary>
    /// <param name="remarks">Receives the remark.</param>
    /// <param name="table">The rows.</param>
    /// <param name="column">The column's number in the table.</param>
    /// <param name="first">The first row without a value.</param>
    /// <param name="missing">How many values are missing although none was in training.</param>
    /// <param name="unreadable">How many cells cannot be read, in a column whose values may be missing.</param>
    /// <param name="kind">What the cells should be: <c>number</c>.</param>
    /// <param name="noun">What is missing: <c>value</c>.</param>
    private protected void Remark(EncodingRemarks? remarks, CsvTable table, int column, int first, int missing, int unreadable, string kind,
        string noun)
    {
        if (missing + unreadable == 0 || remarks is null) return;
        var (place, cell) = (table.RowName(first), Quotation.Of(table[first, column]));
        if (unreadable > 0)
            remarks.Add(Name, unreadable, count => $"{Counted(count, "cell")} not {(count == 1 ? $"a {kind}" : $"{kind}s")}, "
                + $"the first \"{cell}\" in {place}; treated as missing");
        else
            remarks.Add(Name, missing, count =>
                $"{Counted(count, noun)} missing, the first in {place}; none was missing in training, so the mean is used");
    }

    /// <summary>A count with its noun and verb: <c>1 cell is</c>, <c>3 cells are</c>.</summary>
    private protected static string Counted(int count, string noun) => count == 1 ? $"1 {noun} is" : $"{count:N0} {noun}s are";
}

/// <summary>The places of one column's numbers in the rows of a table.</summary>
/// <param name="numbers">All numbers, row by row.</param>
/// <param name="start">The column's place in a row.</param>
/// <param name="width">How many numbers a row has.</param>
internal readonly ref struct EncodedRows(Span<float> numbers, int start, int width)
{
    private readonly Span<float> _numbers = numbers;

    /// <summary>A row's numbers, those of this column first.</summary>
    public Span<float> Row(int row) => _numbers[(row * width + start)..];
}
