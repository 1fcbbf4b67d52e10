namespace SimpleFlow.Onnx;

/// <summary>A box that was chosen.</summary>
/// <param name="Image">The image, from 0.</param>
/// <param name="Class">The class, from 0.</param>
/// <param name="Box">The box, from 0.</param>
/// <param name="Score">The score of the class for the box.</param>
public readonly record struct ChosenBox(int Image, int Class, int Box, float Score);

/// <summary>Which boxes are kept.</summary>
public sealed record BoxLimits
{
    /// <summary>The most boxes of a class in an image.</summary>
    public int MostPerClass { get; init; } = 100;

    /// <summary>A box is left out if it and a better one of its class share more than this of the area that they cover together, from 0 to
    /// 1.</summary>
    public float Overlap { get; init; } = 0.5f;

    /// <summary>Boxes with no more than this score are left out.</summary>
    public float Score { get; init; } = float.NegativeInfinity;

    /// <summary>Whether a box is x and y of its centre, width and height, as PyTorch's models give it; else y and x of two opposite
    /// corners, as TensorFlow's do.</summary>
    public bool AreCentred { get; init; }
}

/// <summary>
/// Non-maximum suppression: of boxes that overlap, the one with the best score stays. A detector gives thousands of boxes and their scores;
/// this chooses among them, as the op NonMaxSuppression does at the end of an ONNX file.
/// </summary>
public static class BoxChoice
{
    /// <summary>Chooses boxes, the best of each class first.</summary>
    /// <param name="boxes">[images, boxes, 4].</param>
    /// <param name="scores">[images, classes, boxes].</param>
    /// <param name="limits">Which boxes are kept.</param>
    /// <exception cref="ArgumentException">The arrays do not have these shapes, or do not fit each other.</exception>
    public static IReadOnlyList<ChosenBox> Of(DataArray boxes, DataArray scores, BoxLimits limits)
    {
        ArgumentNullException.ThrowIfNull(boxes);
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(limits);
        var (ofBoxes, ofScores) = (boxes.Dimensions.ToArray(), scores.Dimensions.ToArray());
        if (ofBoxes is not [var images, var count, 4] || ofScores.Length != 3 || ofScores[0] != images || ofScores[2] != count)
            throw new ArgumentException($"Boxes are [images, boxes, 4] and scores [images, classes, boxes]; given are "
                + $"[{string.Join(", ", ofBoxes)}] and [{string.Join(", ", ofScores)}].", nameof(scores));
        return Of(Numbers(boxes), Numbers(scores), Array.ConvertAll(ofScores, size => (int)size), limits);
    }

    internal static List<ChosenBox> Of(double[] boxes, double[] scores, int[] sizes, BoxLimits limits)
    {
        var (classes, count) = (sizes[1], sizes[2]);
        var chosen = new List<ChosenBox>();
        for (var row = 0; row < sizes[0] * classes; row++)
        {
            var (image, first) = (row / classes, chosen.Count);
            foreach (var box in Enumerable.Range(0, count).Where(box => scores[row * count + box] > limits.Score)
                .OrderByDescending(box => scores[row * count + box]))
            {
                if (chosen.Count - first >= limits.MostPerClass) break;
                var corners = Corners(image, box);
                if (chosen.Skip(first).All(better => Overlap(Corners(image, better.Box), corners) <= limits.Overlap))
                    chosen.Add(new(image, row % classes, box, (float)scores[row * count + box]));
            }
        }
        return chosen;

        (double Top, double Left, double Bottom, double Right) Corners(int image, int box)
        {
            var at = boxes.AsSpan((image * count + box) * 4, 4);
            return limits.AreCentred
                ? (at[1] - at[3] / 2, at[0] - at[2] / 2, at[1] + at[3] / 2, at[0] + at[2] / 2)
                : (Math.Min(at[0], at[2]), Math.Min(at[1], at[3]), Math.Max(at[0], at[2]), Math.Max(at[1], at[3]));
        }
    }

    // The area of both over the area of either.
    private static double Overlap((double Top, double Left, double Bottom, double Right) a,
        (double Top, double Left, double Bottom, double Right) b)
    {
        var down = Math.Max(0, Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Top, b.Top));
        var across = Math.Max(0, Math.Min(a.Right, b.Right) - Math.Max(a.Left, b.Left));
        var both = down * across;
        return both == 0 ? 0 : both / ((a.Bottom - a.Top) * (a.Right - a.Left) + (b.Bottom - b.Top) * (b.Right - b.Left) - both);
    }

    private static double[] Numbers(DataArray array)
    {
        var numbers = new float[array.Count];
        array.CopyTo(numbers);
        return Array.ConvertAll(numbers, number => (double)number);
    }
}
