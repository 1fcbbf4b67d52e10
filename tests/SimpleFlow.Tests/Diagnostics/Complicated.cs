namespace SimpleFlow.Tests.Diagnostics;

/// <summary>A graph with everything that makes back-propagation hard to follow:
/// shared nodes, broadcasting, softmax, slicing, a random mask and two losses.</summary>
internal static class Complicated
{
    public static readonly Node[] Losses;
    public static readonly Feed Feed;

    static Complicated()
    {
        var x = new Placeholder("x", [null, 4]);
        var target = new Placeholder("target", [null, 3]);
        var w = new Variable("w", [4, 6], Initializer.Glorot());
        var shared = (x.MatMul(w) + new Variable("b", [6], Initializer.Constant(0.1f))).Tanh("shared");
        var left = shared.Slice(1, 0, 3, name: "left");
        var right = shared.Slice(1, 3, null, name: "right");
        var attention = (left * right + right).Softmax(name: "attention");
        var dropped = attention * attention.RandomMask(0.5f) + left.MatMul(shared.Slice(1, 1, 4), transposeRight: true).Sum(axis: 1,
            keep: true);
        Losses = [Flow.SoftmaxCrossEntropy(dropped, target).Mean(name: "first"),
            (left.Power(2).Sum(axis: 0) * new Variable("scale", [])).Max(name: "second")];
        var random = new Random(3);
        float[,] Numbers(int columns)
        {
            var numbers = new float[5, columns];
            for (var i = 0; i < numbers.Length; i++) numbers[i / columns, i % columns] = random.NextSingle() * 2 - 1;
            return numbers;
        }
        Feed = new Feed { [x] = Numbers(4), [target] = Numbers(3) };
    }

    public static GradientCheckResult Check() => GradientCheck.Of(Losses, Feed, new() { All = true });
}
