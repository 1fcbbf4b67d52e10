namespace SimpleFlow.Onnx.Export;

/// <summary>A size of a value in the file: a number, the name of a size that a feed gives, or neither, if it follows from such sizes in a
/// way that ONNX has no words for.</summary>
internal readonly record struct FreeSize(long? Number, string? Name)
{
    public static FreeSize Unknown => default;
}

/// <summary>The shapes of values with the names of their free sizes: which of a node's free sizes are those of its inputs.</summary>
internal static class FreeShape
{
    /// <summary>The name of an open number of rows.</summary>
    public const string Batch = "batch";

    public static FreeSize[] Of(Placeholder placeholder) => [.. placeholder.Shape.Select((size, axis) => size is { } known
        ? new FreeSize(known, null) : new FreeSize(null, axis == 0 ? Batch : $"{placeholder.Name}_{axis}"))];

    public static FreeSize[] Known(Shape shape) => [.. shape.Select(size => new FreeSize(size, null))];

    /// <param name="node">The node; sizes that its shape knows are taken from there.</param>
    /// <param name="inputs">The shapes of its inputs.</param>
    public static FreeSize[] Of(Operation node, FreeSize[][] inputs)
    {
        var names = node.Shape.IsKnown ? null : Names(node, inputs);
        return [.. node.Shape.Select((size, axis) => size is null && names is not null ? names(axis) : new FreeSize(size, null))];
    }

    private static Func<int, FreeSize>? Names(Operation node, FreeSize[][] inputs)
    {
        var (x, rank) = (inputs[0], node.Shape.Rank);
        return node.Op switch
        {
            Elementwise or AlongAxis or Broadcast => axis => Stretched(inputs, axis - rank),
            BroadcastLike or ReshapeLike => axis => inputs[1][axis],
            MatMul product => axis => axis < rank - 2 ? Stretched(inputs, axis - rank)
                : axis == rank - 2 ? x[^(product.TransposeLeft ? 1 : 2)] : inputs[1][^(product.TransposeRight ? 2 : 1)],
            Reduce { Keep: true } => axis => x[axis],
            Reduce reduced => Remaining(x, reduced.Axes is { } axes ? [.. axes] : [.. Enumerable.Range(0, x.Length)]),
            ArgMax most => Remaining(x, [most.Along]),
            Transpose { Order: null } => axis => x[^(axis + 1)],
            Transpose { Order: { } order } => axis => x[order[axis] < 0 ? order[axis] + rank : order[axis]],
            Unsqueeze added => axis => x[axis - added.Axes.Count(one => one < axis)],
            Concat joined => axis => axis == FromZero(joined.Along, rank) ? FreeSize.Unknown : First(inputs, axis),
            Slice cut => axis => axis == FromZero(cut.Along, rank) && cut is not { Start: 0, End: null, Step: 1 }
                ? FreeSize.Unknown : x[axis],
            Pad padded => axis => axis == FromZero(padded.Along, rank) && (padded.Before, padded.After) != (0, 0)
                ? FreeSize.Unknown : x[axis],
            OneHot => axis => x[axis],
            Gather picked => axis => Picked(x, inputs[1], FromZero(picked.Along, x.Length), axis),
            Conv2D or ConvTranspose2D or MaxPool2D or AveragePool2D => axis => axis < 2 ? x[axis] : FreeSize.Unknown,
            Reshape => Reshaped(node, x),
            SoftmaxCrossEntropy => axis => x[axis],
            _ => null,
        };
    }

    private static int FromZero(int axis, int rank) => axis < 0 ? axis + rank : axis;

    // A free size is never stretched, so where the result's size is free, that of an input is the same.
    private static FreeSize Stretched(FreeSize[][] inputs, int fromEnd) =>
        inputs.Where(input => input.Length + fromEnd >= 0).Select(input => input[input.Length + fromEnd])
            .FirstOrDefault(size => size.Name is not null);

    private static FreeSize First(FreeSize[][] inputs, int axis) =>
        inputs.Select(input => input[axis]).FirstOrDefault(size => size.Name is not null);

    private static Func<int, FreeSize> Remaining(FreeSize[] x, int[] axes)
    {
        var gone = Array.ConvertAll(axes, axis => FromZero(axis, x.Length));
        int[] remaining = [.. Enumerable.Range(0, x.Length).Except(gone)];
        return axis => x[remaining[axis]];
    }

    private static FreeSize Picked(FreeSize[] table, FreeSize[] indices, int along, int axis) =>
        axis < along ? table[axis] : axis < along + indices.Length ? indices[axis - along] : table[axis - indices.Length + 1];

    // One free size on either side, and as many elements beside it: they are the same.
    private static Func<int, FreeSize>? Reshaped(Operation node, FreeSize[] x)
    {
        FreeSize[] free = [.. x.Where(size => size.Number is null)];
        if (free.Length != 1 || node.Shape.Count(size => size is null) != 1) return null;
        var (before, after) = (Product(x.Select(size => size.Number)), Product(node.Shape));
        return before == after ? _ => free[0] : null;
    }

    private static long Product(IEnumerable<long?> sizes) => sizes.Aggregate(1L, (product, size) => product * (size ?? 1));
}
