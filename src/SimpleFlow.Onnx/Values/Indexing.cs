namespace SimpleFlow.Onnx;

/// <summary>Positions in row-major order.</summary>
internal static class Indexing
{
    public static int Count(int[] sizes) => sizes.Aggregate(1, (product, size) => checked(product * size));

    extension(Shape shape)
    {
        /// <summary>What holds of this shape and of another with as many axes: the sizes that are the same.</summary>
        public Shape Widened(Shape other) => Shape.Create([.. shape.Zip(other, (own, size) => own == size ? own : null)]);
    }

    /// <summary>The sizes that two shapes are stretched to.</summary>
    public static int[] Stretched(int[] left, int[] right)
    {
        var sizes = new int[Math.Max(left.Length, right.Length)];
        for (var i = 1; i <= sizes.Length; i++)
        {
            var (a, b) = (i <= left.Length ? left[^i] : 1, i <= right.Length ? right[^i] : 1);
            sizes[^i] = a == 1 ? b : b == 1 || a == b ? a : throw new ShapeException(
                $"the shapes [{string.Join(", ", left)}] and [{string.Join(", ", right)}] do not broadcast.", "Correct the file.");
        }
        return sizes;
    }

    /// <summary>Where the element of a tensor is that is stretched to position <paramref name="offset"/>.</summary>
    public static int StretchedOffset(int offset, int[] stretched, int[] sizes)
    {
        var (place, stride) = (0, 1);
        for (var i = 1; i <= stretched.Length; i++)
        {
            var index = offset % stretched[^i];
            offset /= stretched[^i];
            if (i > sizes.Length) continue;
            if (sizes[^i] != 1) place += index * stride;
            stride *= sizes[^i];
        }
        return place;
    }

    public static int[] Strides(int[] sizes)
    {
        var strides = new int[sizes.Length];
        var stride = 1;
        for (var axis = sizes.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= sizes[axis];
        }
        return strides;
    }
}
