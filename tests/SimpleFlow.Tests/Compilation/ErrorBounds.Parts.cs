namespace SimpleFlow.Tests.Compilation;

// Ops of several terms: products of matrices and windows, pools, cross-entropies.
internal static partial class ErrorBounds
{
    /// <summary>
    /// Sums of products of two operands: |Σ a·b| moves by at most Σ (|a| + rₐ)·r_b + rₐ·|b|, and a sum of n products is rounded by n + 1
    /// units of Σ |a|·|b|. The op itself does all these sums, and tells n from ones.
    /// </summary>
    private static double[] Products(Op op, PlainTensor[] x, PlainTensor leftSizes, PlainTensor rightSizes, PlainTensor[] r)
    {
        double[] On(PlainTensor left, PlainTensor right) => op.Evaluate([left, right, .. x[2..]], default).Elements;
        PlainTensor Each(PlainTensor of, Func<double, double> value) =>
            new(of.Shape, Array.ConvertAll(of.Elements, element => value(element)));
        var inherited = Plus(On(leftSizes, r[1]), On(r[0], Each(x[1], Math.Abs)), 1);
        var (sizes, terms) = (On(leftSizes, rightSizes), On(Each(x[0], _ => 1), Each(x[1], _ => 1)));
        return [.. inherited.Select((radius, i) => radius + (terms[i] + 1) * U * sizes[i] + Underflow)];
    }

    /// <summary>The elements of one image and channel.</summary>
    private static int Plane(PlainTensor images) => images.Sizes[2] * images.Sizes[3];

    /// <summary>These radii where all elements of a plane are clearly apart, so that both readings see the same largest ones;
    /// else any element may have won.</summary>
    private static double[] OfCertainPlanes(PlainTensor images, PlainTensor r, PlainTensor y, double[] radii)
    {
        var size = Plane(images);
        var at = images.Elements.Zip(r.Elements, (value, radius) => new Within(value, radius)).ToArray();
        bool IsCertain(int plane)
        {
            var elements = at.AsSpan(plane * size, size);
            for (var i = 0; i < size; i++)
                for (var j = 0; j < i; j++)
                    if (elements[i].Overlaps(elements[j])) return false;
            return true;
        }
        bool[] certain = [.. Enumerable.Range(0, images.Sizes[0] * images.Sizes[1]).Select(IsCertain)];
        return [.. radii.Select((radius, i) => certain[i / Plane(y)] ? radius : double.PositiveInfinity)];
    }

    // Σ t·(−z) with z = ln softmax(x), each term a product of two intervals.
    private static double[] CrossEntropy(PlainTensor[] x, PlainTensor[] r)
    {
        var logarithm = new LogSoftmax(-1);
        var z = logarithm.Evaluate([x[0]], default);
        var error = AlongAxis(logarithm, x[0], r[0], z);
        var classes = x[0].Sizes[^1];
        double Row(int row) => Enumerable.Range(row * classes, classes).Sum(i =>
        {
            var (target, term) = (new Within(x[1].Elements[i], r[1].Elements[i]), new Within(z.Elements[i], error[i]));
            return (target * term).Radius + (classes + 1) * U * target.Size * term.Size;
        });
        return [.. Enumerable.Range(0, x[0].Sizes[..^1].Aggregate(1, (product, size) => product * size)).Select(Row)];
    }

    // u·(s·Σt − t) with s = softmax(x). The kernel divides Σt by the sum of exponentials instead of these by it: one more rounding.
    private static double[] CrossEntropyByLogits(PlainTensor[] x, PlainTensor[] r)
    {
        var softmax = new Softmax(-1);
        var s = softmax.Evaluate([x[1]], default);
        var error = AlongAxis(softmax, x[1], r[1], s);
        var classes = x[1].Sizes[^1];
        Within At(int input, int i) => new(x[input].Elements[i], r[input].Elements[i]);
        return [.. Enumerable.Range(0, s.Count).Select(i =>
        {
            var row = Enumerable.Range(i / classes * classes, classes).Select(j => At(2, j)).ToList();
            var total = new Within(row.Sum(target => target.Value), row.Sum(target => target.Radius + (classes + 1) * U * target.Size));
            return (At(0, i / classes) * (new Within(s.Elements[i], error[i] + U * s.Elements[i]) * total - At(2, i))).Radius;
        })];
    }
}
