namespace SimpleFlow;

/// <summary>Class labels of a data set: whole numbers from 0 to the number of classes − 1, and
/// perhaps one that marks rows to leave out.</summary>
internal static class ClassLabels
{
    private const int AtOnce = 4096;

    /// <summary>All labels, each checked.</summary>
    /// <exception cref="DataException">One is not a class; the message names its row.</exception>
    public static int[] Of(DataArray labels, int classes, int? ignoreIndex = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var own = new int[labels.Count];
        labels.CopyTo(own.AsSpan());
        Require(own, (int)Math.Max(1, labels.RowLength), 0, classes, ignoreIndex);
        return own;
    }

    /// <summary>Checks all labels without keeping them.</summary>
    /// <inheritdoc cref="Of"/>
    public static void Require(DataArray labels, int classes)
    {
        if (labels.Count == 0) return;
        var length = (int)labels.RowLength;
        var rows = Math.Max(1, AtOnce / length);
        var own = new int[rows * length];
        for (var row = 0; row < labels.Rows; row += rows)
        {
            var count = Math.Min(rows, labels.Rows - row);
            labels.Read(row, count, own.AsSpan(0, count * length));
            Require(own.AsSpan(0, count * length), length, row, classes, ignoreIndex: null);
        }
    }

    /// <summary>The error about a label that is not a class.</summary>
    public static DataException Outside(int row, int label, int classes) =>
        new($"Row {row}: the label is {label}, and with {classes} classes it must be from 0 to {classes - 1}.") { Row = row };

    private static void Require(ReadOnlySpan<int> labels, int length, int firstRow, int classes, int? ignoreIndex)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)classes && labels[i] != ignoreIndex) throw Outside(firstRow + i / length, labels[i], classes);
        }
    }
}
