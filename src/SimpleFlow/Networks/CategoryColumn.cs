using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>A text as a one-hot vector: 1 at its place and 0 elsewhere; or, of many texts, as the place itself. The last place is for
/// missing and unseen values.</summary>
/// <param name="Name">The column.</param>
/// <param name="Values">The texts that occurred in training.</param>
/// <param name="EmbeddingSize">The size of the vector that is learned for each text; null for the one-hot vector itself, if there are few
/// texts.</param>
public sealed record CategoryColumn(string Name, IReadOnlyList<string> Values, int? EmbeddingSize = null) : TableColumn(Name)
{
    private const int MostSeparate = 12;

    /// <summary>How many different texts a column may have: their places must be whole numbers that a float holds.</summary>
    internal const int MostTexts = 16_777_215;

    /// <summary>The texts that occurred in training.</summary>
    public IReadOnlyList<string> Values { get; init => field = Required.Texts(value); } = Required.Texts(Values);

    /// <summary>Whether a cell becomes one number, the place of its text, and not a one-hot vector, which for thousands of texts would take
    /// thousands of numbers a row. It needs an <see cref="EmbeddingSize"/>. Older files of networks have vectors.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AsIndex { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override int Width => AsIndex ? 1 : Values.Count + 1;

    /// <summary>A column of these texts; if there are more than a few, a vector is learned for each.</summary>
    internal static CategoryColumn Of(string name, string[] values) => values.Length <= MostSeparate ? new(name, values)
        // The usual rule of thumb: about the fourth root times six, and never more than fifty.
        : new(name, values, Math.Min(50, (int)Math.Round(1.6 * Math.Pow(values.Length, 0.56)))) { AsIndex = true };

    internal override void Encode(CsvTable table, int column, EncodedRows numbers, EncodingRemarks? remarks)
    {
        var cells = table.Cells(column);
        var codes = cells.Codes;
        var known = Values.Index().ToDictionary(one => one.Item, one => one.Index, StringComparer.Ordinal);
        const int New = -1;
        var places = new int[cells.TextCount];
        // What was a value in training is one now, even if it looks like a missing value.
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = known.TryGetValue(cells.String(i), out var place) ? place
                : CsvNumber.IsMissing(cells.Values[i]) ? Values.Count : New;
        }
        var (unseen, first) = (0, 0);
        for (var row = 0; row < table.Rows; row++)
        {
            var place = places[codes[table.InText(row)]];
            if (place == New && unseen++ == 0) first = row;
            if (place == New) place = Values.Count;
            if (AsIndex) numbers.Row(row)[0] = place;
            else numbers.Row(row)[place] = 1;
        }
        if (unseen == 0 || remarks is null) return;
        var (text, name) = (Quotation.Of(table[first, column]), table.RowName(first));
        remarks.Add(Name, unseen, count => $"{(count == 1 ? "1 cell has" : $"{count:N0} cells have")} a text that training never saw, "
            + $"the first \"{text}\" in {name}; treated as unknown");
    }

    internal override Node Build(Node numbers)
    {
        if (EmbeddingSize is not { } size) return numbers;
        var table = new Variable($"{Name}/table", [Values.Count + 1, size], Initializer.Normal(0.1f));
        // A row with a single 1 times a table is a row of the table, too.
        return AsIndex ? table.Gather(Flow.AddFlow(numbers.Reshape([null]), new ToIndices())) : Flow.MatMul(numbers, table);
    }

    /// <inheritdoc/>
    public bool Equals(CategoryColumn? other) => other is not null
        && (Name, EmbeddingSize, AsIndex) == (other.Name, other.EmbeddingSize, other.AsIndex)
        && Values.SequenceEqual(other.Values, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, EmbeddingSize, Values.Count);
}
