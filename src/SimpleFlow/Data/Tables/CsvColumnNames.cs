using System.Collections;
using System.Globalization;
using System.Text;

namespace SimpleFlow;

/// <summary>
/// The names in the first row, as they are in the text, and their alphabetical order for lookups.
/// A column without a name, as pandas writes its index, is called by its place: <c>column 1</c>.
/// </summary>
internal sealed class CsvColumnNames : IReadOnlyList<string>
{
    private const int MostListed = 30;
    private readonly CsvText _text;
    private readonly int[] _marks, _sorted;
    private readonly int _before;

    /// <param name="text">The table.</param>
    /// <param name="start">Where the row of names begins.</param>
    /// <param name="named">How many fields it has.</param>
    /// <param name="count">How many columns there are: one more if the first one has no field there,
    /// one fewer if the last field is empty.</param>
    /// <exception cref="DataException">Two columns have the same name, or none has one.</exception>
    public CsvColumnNames(CsvText text, int start, int named, int count)
    {
        (_text, Count, _before) = (text, count, Math.Max(0, count - named));
        _marks = new int[CsvFields.MarksOf(named)];
        text.WalkFrom(start).NextRow(_marks);
        var filled = 0;
        for (var i = 0; i < count; i++)
        {
            if (HasName(i)) filled++;
        }
        if (filled == 0) throw new DataException($"{text.Path}: the first row names no column; it must name all of them.");
        // Only those with a name: a row of commas is short, and must not cost more than its length.
        _sorted = new int[filled];
        for (var i = count - 1; filled > 0; i--)
        {
            if (HasName(i)) _sorted[--filled] = i;
        }
        _sorted.AsSpan().Sort((left, right) => Compare(left, Field(right)));
        for (var i = 1; i < _sorted.Length; i++)
        {
            if (Compare(_sorted[i - 1], Field(_sorted[i])) == 0)
                throw new DataException($"{text.Path}: two columns are called '{this[_sorted[i]]}'.");
        }
        foreach (var i in _sorted)
        {
            if (PlaceIn(_text.Bytes(Field(i))) is { } place && !HasName(place))
                throw new DataException($"{text.Path}: two columns are called '{this[i]}'.");
        }
    }

    public int Count { get; }

    public string this[int index] => HasName(index) ? _text.String(Field(index)) : $"column {index + 1}";

    /// <summary>Whether the first row names a column.</summary>
    public bool HasName(int index) => index >= _before && Field(index).Length > 0;

    /// <summary>The column of a name; −1 if there is none.</summary>
    public int Find(string name)
    {
        var wanted = Encoding.UTF8.GetBytes(name);
        var (low, high) = (0, _sorted.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = Compare(_sorted[middle], wanted, isDoubled: false);
            if (order == 0) return _sorted[middle];
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return PlaceIn(wanted) is { } place && !HasName(place) ? place : -1;
    }

    /// <summary>The names for an error; if there are very many, the first ones.</summary>
    public override string ToString() => string.Join(", ", this.Take(MostListed).Select(name => $"'{Quotation.Of(name)}'"))
        + (Count > MostListed ? $" and {Count - MostListed:N0} more" : "");

    public IEnumerator<string> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // The place that a name of the form 'column 12' refers to.
    private int? PlaceIn(ReadOnlySpan<byte> name) =>
        name.StartsWith("column "u8) && int.TryParse(name["column "u8.Length..], NumberStyles.None, CultureInfo.InvariantCulture,
            out var number) && number >= 1 && number <= Count && name["column "u8.Length] != '0' ? number - 1 : null;

    private int Compare(int column, CsvField other) => Compare(column, _text.Bytes(other), other.HasDoubledQuotes);

    // Byte by byte, so that nothing is copied to be compared.
    private int Compare(int column, ReadOnlySpan<byte> other, bool isDoubled)
    {
        var field = Field(column);
        var name = _text.Bytes(field);
        if (!field.HasDoubledQuotes && !isDoubled) return name.SequenceCompareTo(other);
        var (i, j) = (0, 0);
        for (; i < name.Length && j < other.Length; i++, j++)
        {
            if (name[i] != other[j]) return name[i] - other[j];
            if (name[i] != '"') continue;
            if (field.HasDoubledQuotes) i++;
            if (isDoubled) j++;
        }
        return name.Length - i - (other.Length - j);
    }

    private CsvField Field(int index) => _text.Field(_marks, index - _before);
}
