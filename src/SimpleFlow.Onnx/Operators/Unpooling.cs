namespace SimpleFlow.Onnx.Operators;

/// <summary>Where the maxima of a pool are, and how they get back to these places (Zeiler and Fergus, 2014).</summary>
internal static class Unpooling
{
    // Places are computed with as floats.
    private const long MostPlaces = 1 << 24;

    public static IEnumerable<Operator> All =>
        [
        new("MaxUnpool", Unpooled)
        {
            AtKnownSizes = Operator.Always,
            Settings = [2],
            OpenShapes = node => [Windows.Results(node, node.Input(0).Shape[1], new int[node.Input(0).Rank - 2])],
        },
        ];

    /// <summary>The place of each maximum in the flat tensor of all images.</summary>
    /// <param name="node">The pool.</param>
    /// <param name="x">The images; all sizes are known.</param>
    /// <param name="windows">The windows, with the padding that all places need.</param>
    public static Node PlacesOfMaxima(OnnxNode node, Node x, Windows windows)
    {
        if (x.Shape.ElementCount > MostPlaces) throw node.Fault($"the places of maxima in {x.Shape} are beyond 2²⁴, and not exact.");
        int[] sizes = [.. x.Shape.Skip(2).Select(size => (int)size!.Value)];
        var strides = node.Flag("storage_order") ? ByColumns(sizes) : Indexing.Strides(sizes);
        var (images, padded, axes) = ((int)(x.Shape[0]! * x.Shape[1]!).Value, x.StopGradient(), windows.Axes);
        int[] results = [.. Enumerable.Range(0, axes).Select(i => windows.Places(i, sizes[i], ceil: false))];
        for (var i = 0; i < axes; i++)
            padded = Paddings.Extended(padded, 2 + i, windows.Before[i], windows.After[i], float.NegativeInfinity);
        var (seen, offsets) = (new List<Node>(), new List<double>());
        for (var k = 0; k < Indexing.Count(windows.Sizes); k++)
        {
            var (shifted, offset, inWindow) = (padded, 0.0, Indexing.Strides(windows.Sizes));
            for (var i = 0; i < axes; i++)
            {
                var shift = k / inWindow[i] % windows.Sizes[i] * windows.Dilations[i];
                offset += shift * (double)strides[i];
                shifted = shifted.Slice(2 + i, shift, shift + (results[i] - 1) * windows.Strides[i] + 1, windows.Strides[i]);
            }
            seen.Add(shifted.Unsqueeze([0]));
            offsets.Add(offset);
        }
        var first = new double[images * Indexing.Count(results)];
        var inResult = Indexing.Strides(results);
        for (var at = 0; at < first.Length; at++)
        {
            first[at] = at / Indexing.Count(results) * (double)Indexing.Count(sizes);
            for (var i = 0; i < axes; i++)
                first[at] += (at / inResult[i] % results[i] * windows.Strides[i] - windows.Before[i]) * (double)strides[i];
        }
        var winner = Flow.Concat([.. seen], 0).ArgMax(0);
        return ((Node)Constant.Of([.. offsets], [offsets.Count])).Gather(winner) + Constant.Of(first, winner.Shape);
    }

    private static int[] ByColumns(int[] sizes) =>
        [.. Enumerable.Range(0, sizes.Length).Select(i => Indexing.Count(sizes[..i]))];

    private static OnnxValue[] Unpooled(OnnxNode node)
    {
        var x = node.Float(0);
        var windows = Windows.Of(node, node.Ints("kernel_shape") ?? throw node.Fault("the attribute kernel_shape is missing."), x.Shape);
        int[] sizes = [(int)x.Shape[0]!, (int)x.Shape[1]!, .. Enumerable.Range(0, windows.Axes).Select(i =>
            (int)(x.Shape[2 + i]!.Value - 1) * windows.Strides[i] + windows.Sizes[i] - windows.Before[i] - windows.After[i])];
        var (count, places) = (x.Shape.ElementCount, node.Float(1));
        Effort.Require(Indexing.Count(sizes));
        var y = Flow.AddFlow(((Node)0f).Broadcast([Indexing.Count(sizes), 1]),
            new ScatterRows(places.Reshape([count]).ToIndices(), x.Reshape([count, 1]), "none"))
            .Reshape(Shape.Create([.. sizes.Select(size => (long?)size)]));
        if (!node.Has(2)) return node.Result(y);
        // A size that the pool has lost the rest of is given: what is missing comes after.
        var wanted = node.Longs(2);
        for (var axis = 2; axis < sizes.Length; axis++)
        {
            y = wanted[axis] < sizes[axis] ? y.Slice(axis, 0, wanted[axis]) : y.Pad(axis, 0, wanted[axis] - sizes[axis]);
        }
        return node.Result(y);
    }
}
