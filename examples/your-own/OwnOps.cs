using SimpleFlow;

namespace YourOwn;

/// <summary>An op of one input, element by element: x / (1 + |x|). Its slope is 1 / (1 + |x|)². The value in float64 and the gradient rule
/// are enough: it runs in one step with its neighbours.</summary>
public sealed record Softsign : Unary
{
    protected override double Plain(double x) => x / (1 + Math.Abs(x));

    protected override Node? Gradient(Operation node, Node upstream, int input) => upstream / (1f + node.Inputs[0].Abs()).Power(2);
}

/// <summary>An op that is not elementwise: the sums of the first elements of every row. Its gradient runs from the end to the
/// beginning.</summary>
public sealed record RunningSum(bool FromEnd = false) : CustomOp
{
    protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => inputs[0].Rank > 0 ? inputs[0]
        : throw new ShapeException("a single number has no running sum.", "Give it rows of numbers.");

    protected override Node? Gradient(Operation node, Node upstream, int input) => upstream.RunningSum(!FromEnd);

    protected override void Plain(IReadOnlyList<PlainTensor> inputs, PlainTensor result)
    {
        var length = result.Size(-1);
        for (var start = 0; start < result.Values.Length; start += length)
        {
            var sum = 0.0;
            for (var i = 0; i < length; i++)
            {
                var at = start + (FromEnd ? length - 1 - i : i);
                result.Values[at] = sum += inputs[0].Values[at];
            }
        }
    }
}

/// <summary>How the ops are written in a graph.</summary>
public static class OwnFlow
{
    public static Node Softsign(this Node x, string? name = null) => Flow.AddFlow(x, new Softsign(), name);

    public static Node RunningSum(this Node x, bool fromEnd = false, string? name = null) => Flow.AddFlow(x, new RunningSum(fromEnd), name);
}

/// <summary>A network with both ops: checked, explained and trained.</summary>
internal static class OwnOps
{
    public static void Run()
    {
        var x = new Placeholder("x", [null, 6]);
        var y = new Placeholder("y", [null, 6]);
        var hidden = Layers.Dense(x, 24, node => node.Softsign(), name: "hidden");
        var prediction = Layers.Dense(hidden, 6, name: "steps").RunningSum(name: "path");
        var loss = Losses.MeanSquaredError(prediction, y);

        // Paths whose steps follow from the six inputs.
        var random = new Random(1);
        var (inputs, paths) = (new float[500, 6], new float[500, 6]);
        for (var row = 0; row < 500; row++)
        {
            var place = 0f;
            for (var i = 0; i < 6; i++) inputs[row, i] = random.NextSingle() * 2 - 1;
            for (var i = 0; i < 6; i++) paths[row, i] = place += inputs[row, i] * inputs[row, (i + 1) % 6];
        }
        var few = new Feed { [x] = DataArray.From(inputs).Slice(0, 4), [y] = DataArray.From(paths).Slice(0, 4) };
        var check = GradientCheck.Of(loss, few);
        Console.WriteLine($"  gradients: {(check.IsRight ? "right" : check.ToText())}");

        var model = new Model(loss, prediction, new Adam(0.01f), seed: 1);
        Console.WriteLine(
            $"  {model.Derivation().ToText().Split('\n').First(line => line.Contains("softsign′", StringComparison.Ordinal)).Trim()}");
        var history = model.Fit(new Dataset { [x] = inputs, [y] = paths }, epochs: 60);
        Console.WriteLine($"  loss: {history.Epochs[0].Loss:F3} → {history.Last.Loss:F4}");
        if (!check.IsRight || history.Last.Loss > history.Epochs[0].Loss / 10)
            throw new InvalidOperationException("The ops are wrong, or the network has not learned.");
    }
}
