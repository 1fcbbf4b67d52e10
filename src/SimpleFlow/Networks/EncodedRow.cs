namespace SimpleFlow;

/// <summary>A row of a table as a network computes with it.</summary>
/// <param name="Inputs">The numbers of the piece that it belongs to.</param>
/// <param name="Targets">What the piece's rows should give; null if that is not known.</param>
/// <param name="Row">Its number in the piece.</param>
internal readonly record struct EncodedRow(DataArray Inputs, DataArray? Targets, int Row)
{
    /// <summary>The class it should give.</summary>
    public int Label
    {
        get
        {
            var label = 0;
            Targets!.GatherRows([Row], new Span<int>(ref label));
            return label;
        }
    }

    /// <summary>The number it should give.</summary>
    public float Number
    {
        get
        {
            var number = 0f;
            Targets!.GatherRows([Row], new Span<float>(ref number));
            return number;
        }
    }

    public void CopyInputTo(Span<float> numbers) => Inputs.GatherRows([Row], numbers);

    /// <summary>The rows of a file, one after the other.</summary>
    public static IEnumerable<EncodedRow> Of(TableInput input, NetworkOutput? output, string path, CsvOptions? options) =>
        from piece in input.EncodePieces(path, options)
        let targets = output?.Encode(input.Like(piece.Table))
        from row in Enumerable.Range(0, piece.Table.Rows)
        select new EncodedRow(piece.Numbers, targets, row);
}
