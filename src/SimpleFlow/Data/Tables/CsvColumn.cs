using System.Diagnostics.CodeAnalysis;

namespace SimpleFlow;

/// <summary>
/// The cells of a column, each read once: as numbers, or as places in a list of the texts that occur.
/// A column begins as numbers, and becomes one of texts as soon as too many cells are not numbers.
/// </summary>
internal sealed class CsvColumn
{
    // A typo at the beginning does not make a column one of texts; this choice affects speed and nothing else.
    private const int FewestRows = 100;
    private const double MostOthers = 0.1;

    private readonly CsvText _text;
    private readonly CsvMeaning _meaning;
    private readonly int _index;
    private double[]? _numbers, _values;
    private int[]? _codes;
    private Dictionary<CsvField, int>? _places;
    private List<CsvField>? _fields;
    private bool _areUnified;
    private int _others;
    private readonly Lock _lock = new();

    public CsvColumn(CsvText text, int index, CsvMeaning meaning)
    {
        (_text, _index, _meaning) = (text, index, meaning);
        _numbers = GC.AllocateUninitializedArray<double>(text.Rows);
    }

    /// <summary>Whether cells are read as numbers.</summary>
    [MemberNotNullWhen(true, nameof(_numbers))]
    public bool IsNumbers => _numbers is not null;

    /// <summary>The number in a row of the file, or what <see cref="CsvNumber"/> says instead of one.</summary>
    public double this[int row] => _numbers is not null ? _numbers[row] : Values[_codes![row]];

    /// <summary>How many different texts there are, those of missing values among them.</summary>
    public int TextCount => Codes.Length == 0 ? 0 : _fields!.Count;

    /// <summary>The number of the text in each row of the file.</summary>
    public int[] Codes
    {
        get
        {
            if (Volatile.Read(ref _areUnified)) return _codes!;
            lock (_lock)
            {
                if (_codes is null) ReadTexts(_text.Rows);
                if (!_areUnified) Unify();
                Volatile.Write(ref _areUnified, true);
            }
            return _codes!;
        }
    }

    /// <summary>The bytes of a text, with quotes still doubled.</summary>
    public ReadOnlySpan<byte> Bytes(int text) => _text.Bytes(_fields![text]);

    /// <summary>A text.</summary>
    public string String(int text) => _text.String(_fields![text]);

    /// <summary>What each text is as a number, or what <see cref="CsvNumber"/> says instead of one.
    /// It is read once for all rows that have it.</summary>
    public double[] Values
    {
        get
        {
            if (Volatile.Read(ref _values) is { } known) return known;
            var values = new double[TextCount];
            for (var i = 0; i < values.Length; i++) values[i] = _meaning.Number(Bytes(i));
            Volatile.Write(ref _values, values);
            return values;
        }
    }

    /// <summary>Whether a text stands for a missing value.</summary>
    public bool IsMissing(int text) => CsvNumber.IsMissing(Values[text]);

    /// <summary>How many cells are percentages; unknown for a column of texts.</summary>
    public int Percentages { get; private set; }

    /// <summary>Adds a plain number.</summary>
    public void Add(int row, double number) => _numbers![row] = number;

    /// <summary>Adds any cell.</summary>
    public void Add(int row, CsvField field)
    {
        if (_numbers is null)
        {
            _codes![row] = CodeOf(field);
            return;
        }
        var number = _numbers[row] = _meaning.Number(_text.Bytes(field));
        if (!double.IsNaN(number) && CsvNumber.IsPercentage(_text.Bytes(field))) Percentages++;
        if (!CsvNumber.IsText(number) && !CsvNumber.IsCode(number)) return;
        _others++;
        if (row < FewestRows || _others <= MostOthers * row) return;
        ReadTexts(row + 1);
        _numbers = null;
    }

    private void ReadTexts(int rows)
    {
        (_codes, _fields, _places) = (GC.AllocateUninitializedArray<int>(_text.Rows), [], new(new FieldComparer(_text)));
        for (var row = 0; row < rows; row++) _codes[row] = CodeOf(_text.Field(row, _index));
    }

    private int CodeOf(CsvField field)
    {
        ref var place = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_places!, field, out var isKnown);
        if (isKnown) return place;
        place = _fields!.Count;
        _fields.Add(field);
        return place;
    }

    // The same text may be written with and without doubled quotes: both get the same number.
    private void Unify()
    {
        if (!_fields!.Exists(field => field.HasDoubledQuotes)) return;
        var firsts = new Dictionary<string, int>(StringComparer.Ordinal);
        int[] first = [.. _fields.Select((field, i) => firsts.TryAdd(_text.String(field), i) ? i : firsts[_text.String(field)])];
        for (var row = 0; row < _codes!.Length; row++) _codes[row] = first[_codes[row]];
    }

    /// <summary>Compares fields by their bytes, where they lie.</summary>
    private sealed class FieldComparer(CsvText text) : IEqualityComparer<CsvField>
    {
        public bool Equals(CsvField left, CsvField right) =>
            left.HasDoubledQuotes == right.HasDoubledQuotes && text.Bytes(left).SequenceEqual(text.Bytes(right));

        // Drawn at random in each process, so that nobody can make a file of texts with equal hashes.
        public int GetHashCode(CsvField field)
        {
            var hash = default(HashCode);
            hash.AddBytes(text.Bytes(field));
            return hash.ToHashCode();
        }
    }
}
