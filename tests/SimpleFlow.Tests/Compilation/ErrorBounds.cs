namespace SimpleFlow.Tests.Compilation;

/// <summary>
/// How far the compiled reading may be from the plain one: for every element of every node a radius, by running error analysis
/// (Higham, "Accuracy and stability of numerical algorithms", 2002, chapter 3).
/// </summary>
/// <remarks>
/// The plain reading in float64 counts as exact: its errors are 2²⁹ times smaller. The radius of a node has two parts. What it inherits:
/// if each operand is within its radius, how far can the op's exact result be?
/// Monotone functions are evaluated at both ends of the interval; products, quotients and sums follow the triangle inequality;
/// where an interval lets a comparison go either way, the result may be anything it could choose. What it adds:
/// the op's own rounding, u = 2⁻²⁴ relative for one IEEE operation, n·u·Σ|x| for a sum of n terms in whatever order (so for every blocking
/// and for fused multiply-add), and a few u for the vectorised functions. Nothing here is fitted to what the kernels give, so a radius is a
/// proof, and an infinite one an honest "cannot tell": the tests count how many there are.
/// </remarks>
internal static partial class ErrorBounds
{
    private const double U = 1.0 / (1 << 24);
    private const double Functions = 8 * U;          // exp, log, tanh, …: a few units in the last place
    private const double Underflow = 1e-37;

    private readonly record struct Within(double Value, double Radius)
    {
        public double Size => Math.Abs(Value) + Radius;

        public bool Overlaps(Within other) => Radius + other.Radius > 0 && Math.Abs(Value - other.Value) <= Radius + other.Radius;

        public static Within operator *(Within a, Within b) => Of(a.Value * b.Value, a.Radius * b.Size + b.Radius * Math.Abs(a.Value));

        public static Within operator -(Within a, Within b) => Of(a.Value - b.Value, a.Radius + b.Radius);

        private static Within Of(double value, double inherited) => new(value, Rounded(inherited, value, U));
    }

    /// <summary>The radius of every element of every node.</summary>
    /// <param name="values">The plain values of all nodes that the outputs need.</param>
    /// <param name="outputs">The graph.</param>
    public static Dictionary<Node, double[]> Of(Dictionary<Node, PlainTensor> values, IEnumerable<Node> outputs)
    {
        var radii = new Dictionary<Node, double[]>(ReferenceEqualityComparer.Instance);
        foreach (var node in GraphOrder.Of(outputs)) radii[node] = node switch
        {
            Operation operation =>
                Array.ConvertAll(Radii(operation, values, radii), radius => double.IsNaN(radius) ? double.PositiveInfinity : radius),
            Constant => Array.ConvertAll(values[node].Elements, element => Math.Abs(element - (float)element)),
            _ => new double[values[node].Count],
        };
        return radii;
    }

    private static double[] Radii(Operation node, Dictionary<Node, PlainTensor> values, Dictionary<Node, double[]> radii)
    {
        var x = Array.ConvertAll(node.InputArray, input => values[input]);
        var r = Array.ConvertAll(node.InputArray, input => new PlainTensor(values[input].Shape, radii[input]));
        var y = values[node];
        double[] On(params PlainTensor[] inputs) => node.Op.Evaluate(inputs, default).Elements;
        double[] Each(Func<Within[], double, double> radius) => Elementwise(x, r, y, radius);
        PlainTensor Sizes(int input) =>
            new(x[input].Shape, [.. x[input].Elements.Zip(r[input].Elements, (value, error) => Math.Abs(value) + error)]);

        return node.Op switch
        {
            RandomOp or CountElements => new double[y.Count],
            Assign => r[1].Elements,
            ToIndices => Array.ConvertAll(r[0].Elements, radius => radius == 0 ? 0 : double.PositiveInfinity),
            Comparison => Each((at, _) => at[0].Overlaps(at[1]) ? 1 : 0),
            Select =>
                Each((at, _) => at[0].Radius > 0 ? Math.Abs(at[1].Value - at[2].Value) + at[1].Radius + at[2].Radius : at[0].Value != 0
                    ? at[1].Radius : at[2].Radius),
            StopGradient or Cast or RunningAverage => r[0].Elements,
            Dropout dropout => [.. r[0].Elements.Zip(y.Elements, (radius, value) => Rounded(radius / (1 - dropout.Rate), value, 4 * U))],
            Abs => r[0].Elements,
            Negate => r[0].Elements,
            Power power => Each((at, value) => Rounded(Power(power, at[0], value), value, power.Exponent is 1 ? 0 : Functions)),
            Unary unary => Each((at, value) => Rounded(Monotone(unary.Plain, at[0], value), value, OwnError(unary))) is var own
                && unary is Tanh or Softplus or Log or Sigmoid
                ? Array.ConvertAll(own, radius => radius + 4 * U) : own,
            Add or Subtract => Each((at, value) => Rounded(at[0].Radius + at[1].Radius, value, U)),
            Multiply => Each((at, value) => Rounded(at[0].Radius * at[1].Size + at[1].Radius * Math.Abs(at[0].Value), value, U)),
            Divide =>
                Each((at, value) =>
                    Rounded(Math.Abs(at[1].Value) <= at[1].Radius ? double.PositiveInfinity
                        : (at[0].Radius + Math.Abs(value) * at[1].Radius) / (Math.Abs(at[1].Value) - at[1].Radius), value, U)),
            Maximum or Minimum => Each((at, _) => Math.Max(at[0].Radius, at[1].Radius)),
            ReduceMax => On(r[0]),
            ReduceSum or ReduceMean => Plus(On(r[0]), On(Sizes(0)), (x[0].Count / Math.Max(1, y.Count) + 3) * U),
            MatMul or PackedMatMul or Conv2D or PackedConv2D or ConvTranspose2D or Conv2DInputGradient or Conv2DWeightGradient =>
                Products(node.Op, x, Sizes(0), Sizes(1), r),
            Scan scan => Steps(scan, x, r),
            MaxPool2D => On(r[0]),
            MaxPool2D.MaxPool2DPick => OfCertainPlanes(x[1], r[1], y, On(r[0], x[1])),
            MaxPool2D.MaxPool2DGradient => OfCertainPlanes(x[1], r[1], y, Plus(On(r[0], x[1]), On(Sizes(0), x[1]), Plane(x[0]) * U)),
            AveragePool2D => Plus(On(r[0]), On(Sizes(0)), (Plane(x[0]) + 3) * U),
            AveragePool2D.AveragePool2DGradient => Plus(On(r[0], x[1]), On(Sizes(0), x[1]), (Plane(x[0]) + 3) * U),
            Softmax or LogSoftmax => AlongAxis((AlongAxis)node.Op, x[0], r[0], y),
            SoftmaxCrossEntropy => CrossEntropy(x, r),
            SoftmaxCrossEntropy.ByLogits => CrossEntropyByLogits(x, r),
            ArgMax argMax => Largest(argMax, x[0], r[0], y),
            OneHot oneHot => [.. Enumerable.Range(0, y.Count).Select(i => r[0].Elements[i / oneHot.Classes] > 0 ? 1.0 : 0)],
            Gather => Certain(r[1]) ? On(r[0], x[1]) : Unknown(y),
            Gather.ScatterAdd => Certain(r[1]) ? Plus(On(r[0], x[1], x[2]), On(Sizes(0), x[1], x[2]), x[1].Count * U) : Unknown(y),
            Transpose or Reshape or ReshapeLike or Slice or Slice.Unslice or Pad or Concat or ConcatPart or ConcatPart.Unpart or ConcatPlace
                or Broadcast or BroadcastLike or Unsqueeze or ScanPart or ScanPart.Unpart =>
                On([.. Enumerable.Range(0, x.Length).Select(input => node.Op.UsesOnlyShape(input) ? x[input] : r[input])]),
            _ => throw new NotSupportedException(
                $"{node.Op.Name} has no error bound yet: say here how its error follows from its operands'."),
        };
    }

    // Step by step: the errors of a state are those that the next step inherits.
    private static double[] Steps(Scan scan, PlainTensor[] x, PlainTensor[] r)
    {
        var (body, layout) = (scan.Body, ScanLayout.Of(scan.Body, Array.ConvertAll(x, input => input.Shape)));
        var result = new double[layout.Length];
        var (states, errors) = (x[body.Sequences.Length..], r[body.Sequences.Length..]);
        for (var i = 0; i < body.States.Length; i++) Keep(i, scan.Reverse ? layout.Time : 0, errors[i].Elements);
        for (var place = 0; place < layout.Time; place++)
        {
            var t = scan.Reverse ? layout.Time - 1 - place : place;
            var values = new Dictionary<Node, PlainTensor>(ReferenceEqualityComparer.Instance);
            var radii = new Dictionary<Node, double[]>(ReferenceEqualityComparer.Instance);
            for (var i = 0; i < body.Leaves.Length; i++)
            {
                var isSequence = i < body.Sequences.Length;
                values[body.Leaves[i]] = isSequence ? At(x[i], t) : states[i - body.Sequences.Length];
                radii[body.Leaves[i]] = (isSequence ? At(r[i], t) : errors[i - body.Sequences.Length]).Elements;
            }
            foreach (var node in body.Order)
            {
                if (values.ContainsKey(node)) continue;
                if (node is Constant constant)
                {
                    values[node] = new PlainTensor(constant.Shape, constant.Elements.ToArray());
                    radii[node] = Array.ConvertAll(values[node].Elements, element => Math.Abs(element - (float)element));
                    continue;
                }
                values[node] = ((Operation)node).Evaluate(Array.ConvertAll(node.InputArray, input => values[input]), default);
                radii[node] = Radii((Operation)node, values, radii);
            }
            for (var i = 0; i < body.Results.Length; i++)
                Keep(i, i < body.States.Length && !scan.Reverse ? t + 1 : t, radii[body.Results[i]]);
            for (var i = 0; i < body.States.Length; i++)
                (states[i], errors[i]) = (values[body.Next[i]], new PlainTensor(values[body.Next[i]].Shape, radii[body.Next[i]]));
        }
        return result;

        void Keep(int section, int at, double[] found) => found.CopyTo(result, layout.Starts[section] + at * layout.Stride(section));

        static PlainTensor At(PlainTensor sequence, int t) => new(sequence.Shape.Slice(1, sequence.Rank - 1),
            sequence.Elements[(t * sequence.Count / sequence.Sizes[0])..((t + 1) * sequence.Count / sequence.Sizes[0])]);
    }

    private static double OwnError(Unary op) => op is Relu or Sign or Clip ? 0 : op is LeakyRelu ? 2 * U : Functions;

    private static double Rounded(double inherited, double value, double unit) =>
        inherited + unit * (Math.Abs(value) + inherited) + (unit == 0 ? 0 : Underflow);

    private static double Monotone(Func<double, double> function, Within at, double value) =>
        at.Radius == 0 ? 0 : Math.Max(Math.Abs(function(at.Value + at.Radius) - value), Math.Abs(function(at.Value - at.Radius) - value));

    private static double Power(Power power, Within at, double value)
    {
        if (at.Radius == 0 || power.Exponent == 0) return 0;
        // Every power is monotone in |x|; an interval round 0 reaches down to 0 and, for odd and even
        // exponents alike, no further out than its larger end.
        var (lowest, highest) = (Math.Max(0, Math.Abs(at.Value) - at.Radius), Math.Abs(at.Value) + at.Radius);
        if (lowest == 0)
            return power.Exponent < 0 || power.Exponent % 1 != 0 ? double.PositiveInfinity
                : Math.Abs(value) + Math.Pow(highest, power.Exponent);
        return Math.Max(Math.Abs(Math.Pow(highest, power.Exponent) - Math.Abs(value)),
            Math.Abs(Math.Pow(lowest, power.Exponent) - Math.Abs(value)));
    }

    // softmax: every exponent is off by at most R + R of the maximum; the quotient of exponentials by e^±2R. Its logarithm by 2R.
    // The sum of n exponentials adds n·u.
    private static double[] AlongAxis(AlongAxis op, PlainTensor x, PlainTensor r, PlainTensor y)
    {
        var radii = new double[y.Count];
        foreach (var lane in Lanes(x, op.Along))
        {
            var largest = lane.Max(i => x.Elements[i]);
            var shifted = lane.Max(i => r.Elements[i] + U * (largest - x.Elements[i]));
            var rounding = (lane.Length + 16) * U;
            foreach (var i in lane)
            {
                radii[i] = op is Softmax
                    ? y.Elements[i] * (Math.Exp(2 * shifted + rounding) - 1) + Underflow
                    : 2 * shifted + rounding + 2 * U * Math.Abs(y.Elements[i]);
            }
        }
        return radii;
    }

    private static double[] Largest(ArgMax op, PlainTensor x, PlainTensor r, PlainTensor y)
    {
        var lanes = Lanes(x, op.Along).ToList();
        return [.. lanes.Select((lane, number) =>
        {
            var best = lane[(int)y.Elements[number]];
            var isCertain = lane.All(i =>
                i == best || !new Within(x.Elements[i], r.Elements[i]).Overlaps(new Within(x.Elements[best], r.Elements[best])));
            return isCertain ? 0.0 : lane.Length;
        })];
    }

    private static IEnumerable<int[]> Lanes(PlainTensor x, int along)
    {
        var (outer, length, inner) = Axis.Split(x.Sizes, along < 0 ? along + x.Rank : along);
        if (length == 0) yield break;
        for (var i = 0; i < outer; i++)
            for (var j = 0; j < inner; j++)
                yield return [.. Enumerable.Range(0, length).Select(k => (i * length + k) * inner + j)];
    }

    private static double[] Elementwise(PlainTensor[] x, PlainTensor[] r, PlainTensor y, Func<Within[], double, double> radius)
    {
        var radii = new double[y.Count];
        var index = new int[y.Rank];
        var at = new Within[x.Length];
        for (var i = 0; i < radii.Length; i++)
        {
            y.IndexOf(i, index);
            for (var input = 0; input < x.Length; input++)
            {
                var offset = x[input].BroadcastOffset(index);
                at[input] = new Within(x[input].Elements[offset], r[input].Elements[offset]);
            }
            radii[i] = radius(at, y.Elements[i]);
        }
        return radii;
    }

    private static double[] Plus(double[] radii, double[] sizes, double unit) =>
        [.. radii.Zip(sizes, (radius, size) => radius + unit * size)];

    private static bool Certain(PlainTensor radii) => Array.TrueForAll(radii.Elements, radius => radius == 0);

    private static double[] Unknown(PlainTensor y)
    {
        var radii = new double[y.Count];
        Array.Fill(radii, double.PositiveInfinity);
        return radii;
    }
}
