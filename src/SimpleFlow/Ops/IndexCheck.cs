namespace SimpleFlow;

/// <summary>Refuses invalid indices; the error names the tensor, the row, the value and the valid range.</summary>
internal static class IndexCheck
{
    /// <summary>Which indices an operation with known sizes accepts; null for an operation that reads no indices.</summary>
    public static IndexRange? RangeOf(Operation node) => node.Op.Indices(Array.ConvertAll(node.InputArray, input => input.Shape));

    /// <summary>Refuses the first index that an operation does not accept.</summary>
    /// <exception cref="DataException">An index is out of range.</exception>
    public static void Require(Operation node, PlainTensor[] inputs)
    {
        if (node.Op.Indices(Array.ConvertAll(inputs, input => input.Shape)) is not { } range) return;
        var indices = inputs[range.Input].Elements;
        var place = Array.FindIndex(indices, index => !range.Takes(index));
        if (place >= 0) throw Refusal(node, range, place, (int)indices[place], dataRows: []);
    }

    /// <summary>The error about one index.</summary>
    /// <param name="node">The operation that does not accept it.</param>
    /// <param name="range">The accepted range.</param>
    /// <param name="place">The position of the index among all indices, in row-major order.</param>
    /// <param name="index">The index.</param>
    /// <param name="dataRows">The rows of the dataset in the batch; empty if a feed was given.</param>
    public static DataException Refusal(Operation node, IndexRange range, int place, int index, ReadOnlySpan<int> dataRows)
    {
        var holder = node.InputArray[range.Input];
        var (source, row) = RowOf(holder, place);
        int? dataRow = row is { } fed && fed < dataRows.Length ? dataRows[fed] : null;
        var where = dataRow is { } known ? $" in row {known} of the dataset" : row is { } own ? $" in row {own}" : holder.Shape.Rank > 0
            ? $" at position {place}" : "";
        var allowed = range.Count == 0 ? "no index exists"
            : $"indices run from 0 to {range.Count - 1}{(range.Ignored is { } ignored ? $", beside the ignored {ignored}" : "")}";
        return range.Table is { } table
            ? new DataException(
                $"`{source.Label}` has the index {index}{where}, but `{node.InputArray[table].Label}` has "
                    + $"{NumberText.Count(range.Count, "entry", "entries")}: {allowed}, and negative ones do not count from the end. "
                    + "Correct the index, or make the table larger.")
            { Row = dataRow ?? row }
            : new DataException(
                $"`{source.Label}` has the class {index}{where}, but there are {NumberText.Count(range.Count, "class", "classes")}: "
                    + $"{allowed}. Number the classes from 0; if {index} marks rows that should not count, pass ignoreIndex: {index}.")
            {
                Row = dataRow ?? row
            };
    }

    /// <summary>The placeholder that an index comes from, and its row there, if the index was only moved on the way; otherwise the node
    /// that holds it, and no row.</summary>
    private static (Node Source, int? Row) RowOf(Node holder, int place)
    {
        var node = holder;
        while (node is Operation operation)
        {
            var input = operation.InputArray[0];
            if (operation.Op is Slice slice && slice.Along != 0 && slice.Along != -node.Shape.Rank && RowLength(node) is { } length
                && RowLength(input) is { } whole)
                place = place / length * whole;
            else if (operation.Op is not (Reshape or Unsqueeze or CheckClasses)) return (holder, null);
            node = input;
        }
        return node is Placeholder ? (node, node.Shape.Rank > 0 && RowLength(node) is { } elements ? place / elements : null)
            : (holder, null);
    }

    private static int? RowLength(Node node)
    {
        var length = 1L;
        for (var axis = 1; axis < node.Shape.Rank; axis++)
        {
            if (node.Shape[axis] is not { } size) return null;
            length *= size;
        }
        return length is > 0 and <= int.MaxValue ? (int)length : null;
    }
}
