namespace SimpleFlow.Onnx.Operators;

/// <summary>Fourier transforms, written as products with matrices of cosines and sines: so they have derivatives, and any length works.
/// Complex numbers are pairs in the last axis.</summary>
internal static class Spectra
{
    public static IEnumerable<Operator> All =>
        [
        new("DFT", Transformed)
        {
            AtKnownSizes = Operator.Always,
            Settings = [1, 2],
            OpenShapes = node => [Shape.Create([.. node.Input(0).Shape.SkipLast(1).Select(_ => (long?)null), null])],
        },
        new("STFT", ShortTime) { AtKnownSizes = Operator.Always, Settings = [1, 3], OpenShapes = _ => [[null, null, null, 2]] },
        new("MelWeightMatrix", Mel)
        {
            AtKnownSizes = Operator.Always,
            Settings = [0, 1, 2, 3, 4],
            OpenShapes = _ => [[null, null]],
            OutputType = (node, _) => (DataType)node.Int("output_datatype", (int)DataType.Float),
        },
        ];

    private static OnnxValue[] Transformed(OnnxNode node)
    {
        var x = node.Float(0);
        var rank = x.Shape.Rank;
        var axis = node.Axis(node.Opset < 20 ? node.Int("axis", 1) : (long)node.Number(2, -2), rank);
        if (axis == rank - 1) throw node.Fault("the last axis holds the parts of the numbers, and cannot be transformed.");
        var (isInverse, isOneSided) = (node.Flag("inverse"), node.Flag("onesided"));
        var given = x.Shape[axis]!.Value;
        var length = node.Has(1) ? (long)node.Number(1) : isInverse && isOneSided ? 2 * (given - 1) : given;
        if (length < 1) throw node.Fault($"its length is {length}, and must be at least 1.");
        // Along the axis before the last: [… n, 1 or 2].
        var order = Ranks.Swapped(rank, axis, rank - 2);
        var fitted = Fitted(x, axis, isInverse && isOneSided ? length / 2 + 1 : length).Transpose(order);
        return node.Result(Of(fitted, length, isInverse, isOneSided).Transpose(order));
    }

    private static Node Fitted(Node x, int axis, long length) => x.Shape[axis]!.Value is var size && size > length
        ? x.Slice(axis, 0, length) : x.Pad(axis, 0, length - size);

    // X[k] = Σ x[n] · e^(∓2πi·k·n / length), of the axis before the last.
    private static Node Of(Node x, long length, bool isInverse, bool isOneSided)
    {
        var rank = x.Shape.Rank;
        var (given, outer) = (x.Shape[rank - 2]!.Value, x.Shape.Take(rank - 2).ToArray());
        var isReal = isInverse && isOneSided;
        var results = isOneSided && !isInverse ? length / 2 + 1 : length;
        Effort.Require(given * results);
        var rows = outer.Aggregate(1L, (product, size) => product * size!.Value);
        Node Part(int part) => x.Slice(rank - 1, part, part + 1).Reshape([rows, given]);
        var (cos, sin) = (Waves(Math.Cos), Waves(angle => isInverse ? -Math.Sin(angle) : Math.Sin(angle)));
        var isComplex = x.Shape[^1] == 2;
        var real = Part(0).MatMul(cos);
        if (isComplex) real += Part(1).MatMul(sin);
        if (isReal) return real.Reshape(Shape.Create([.. outer, results, 1]));
        var imaginary = -Part(0).MatMul(sin);
        if (isComplex) imaginary += Part(1).MatMul(cos);
        return Flow.Concat([real.Unsqueeze([2]), imaginary.Unsqueeze([2])], 2).Reshape(Shape.Create([.. outer, results, 2]));

        Node Waves(Func<double, double> of)
        {
            var numbers = new double[given * results];
            for (var i = 0L; i < numbers.Length; i++)
            {
                var (n, k) = (i / results, i % results);
                // One side stands for both: all but the first and the middle count twice.
                var times = isReal && n != 0 && 2 * n != length ? 2 : 1;
                numbers[i] = times * of(2 * Math.PI * (n * k % length) / length) / (isInverse ? length : 1);
            }
            return Constant.Of(numbers, [given, results]);
        }
    }

    private static OnnxValue[] ShortTime(OnnxNode node)
    {
        var (x, step) = (node.Float(0), (long)node.Number(1));
        if (x.Shape.Rank == 2) x = x.Unsqueeze([2]);
        var window = node.Has(2) ? node.Float(2) : null;
        var length = node.Has(3) ? (long)node.Number(3) : window?.Shape[0] ?? throw node.Fault("neither a window nor a length is given.");
        var signal = x.Shape[1]!.Value;
        if (step < 1 || length < 1 || length > signal)
            throw node.Fault($"a signal of {signal} has no frames of {length} in steps of {step}.");
        var frames = (signal - length) / step + 1;
        Effort.Require(frames * length);
        double[] places = [.. Enumerable.Range(0, (int)frames).SelectMany(frame =>
            Enumerable.Range(0, (int)length).Select(i => (double)(frame * step + i)))];
        var cut = x.Gather(Constant.Of(places, [frames, length], ElementType.Int32), 1);
        if (window is not null) cut *= window.Reshape([length, 1]);
        return node.Result(Of(cut, length, isInverse: false, node.Flag("onesided", true)));
    }

    // Triangles that overlap by half, evenly spaced in mel (Stevens, Volkmann and Newman, 1937).
    private static OnnxValue[] Mel(OnnxNode node)
    {
        var (bands, length, rate) = ((int)node.Number(0), (int)node.Number(1), node.Number(2));
        var bins = length / 2 + 1;
        Effort.Require((long)bins * bands);
        var (least, most) = (ToMel(node.Number(3)), ToMel(node.Number(4)));
        int[] edges = [.. Enumerable.Range(0, bands + 2).Select(i => least + i * (most - least) / (bands + 2))
            .Select(mel => (int)Math.Floor((length + 1) * 700 * (Math.Pow(10, mel / 2595) - 1) / rate))];
        if (edges.Any(edge => edge < 0 || edge >= bins)) throw node.Fault("the frequencies are beyond half of the sample rate.");
        var weights = new double[bins * bands];
        for (var band = 0; band < bands; band++)
        {
            var (low, centre, high) = (edges[band], edges[band + 1], edges[band + 2]);
            for (var bin = low; bin <= centre; bin++)
                weights[bin * bands + band] = centre == low ? 1 : (bin - low) / (double)(centre - low);
            for (var bin = centre; bin < high; bin++) weights[bin * bands + band] = (high - bin) / (double)(high - centre);
        }
        return [OnnxValue.Of(new StaticTensor([bins, bands], weights), (DataType)node.Int("output_datatype", (int)DataType.Float))];

        static double ToMel(double hertz) => 2595 * Math.Log10(1 + hertz / 700);
    }
}
