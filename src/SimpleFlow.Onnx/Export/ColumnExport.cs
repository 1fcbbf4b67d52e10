namespace SimpleFlow.Onnx.Export;

/// <summary>A column of a table as an input of the file, and its way to the numbers that the network computes with.</summary>
internal static class ColumnExport
{
    // float32 has 24 bits: beyond this ratio fewer than about 10 are left for what differs.
    private const double FarFromZero = 1 << 14;

    public static Node Of(TableColumn column, List<string> remarks)
    {
        switch (column)
        {
            case NumberColumn number:
                if (Math.Abs(number.Mean) > FarFromZero * number.Deviation)
                    remarks.Add($"The numbers of '{number.Name}' differ little beside their size, and the file takes them in float32: "
                        + "their last digits are lost.");
                return Standardised(number);
            case CategoryColumn texts:
                remarks.Add($"The input `{texts.Name}` takes the place of a text in \"values\" of this column in the metadata entry "
                    + $"{NetworkExport.DescriptionEntry}, counted from 0; {texts.Values.Count} for any other text and for none.");
                return Placed(texts);
            default:
                remarks.Add($"The input `{column.Name}` takes the {column.Width} numbers that SimpleFlow makes of a cell: ONNX has no ops "
                    + "for dates. TableInput.Encode shows them.");
                return new Placeholder(column.Name, [null, column.Width]);
        }
    }

    // A missing number is NaN, as in pandas. It becomes the mean, which is 0, and is flagged if it may be missing.
    private static Node Standardised(NumberColumn column)
    {
        var cell = new Placeholder(column.Name, [null, 1]);
        var inDeviations = Flow.Select(cell.Equal(cell), (cell - (float)column.Mean) / (float)column.Deviation, 0f);
        return column.MayBeMissing ? Flow.Concat([inDeviations, cell.NotEqual(cell).Cast()], 1) : inDeviations;
    }

    private static Node Placed(CategoryColumn column)
    {
        var place = new Placeholder(column.Name, [null, 1], ElementType.Int32);
        return column.AsIndex ? place.Cast() : place.OneHot(column.Width).Reshape([null, column.Width]);
    }
}
