using SimpleFlow;

namespace YourOwn;

/// <summary>
/// An initializer: weights whose columns are perpendicular to each other and of length 1, so that a signal keeps its length through any
/// number of layers (Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks",
/// 2014).
/// </summary>
internal static class Orthogonal
{
    public static Initializer Weights { get; } = Initializer.Of((values, shape, random) =>
    {
        var (rows, columns) = ((int)shape[0]!, (int)shape[1]!);
        if (columns > rows) throw new ArgumentException($"{columns} columns of {rows} numbers cannot be perpendicular to each other.");
        for (var i = 0; i < values.Length; i++) values[i] = random.Normal();
        // Gram and Schmidt: what a column shares with those before it is taken away.
        for (var column = 0; column < columns; column++)
        {
            for (var before = 0; before < column; before++)
            {
                var shared = 0f;
                for (var row = 0; row < rows; row++) shared += values[row * columns + column] * values[row * columns + before];
                for (var row = 0; row < rows; row++) values[row * columns + column] -= shared * values[row * columns + before];
            }
            var squares = 0f;
            for (var row = 0; row < rows; row++) squares += values[row * columns + column] * values[row * columns + column];
            for (var row = 0; row < rows; row++) values[row * columns + column] /= MathF.Sqrt(squares);
        }
    }, "orthogonal");

    public static void Run()
    {
        var x = new Placeholder("x", [null, 32]);
        var deep = Enumerable.Range(1, 50).Aggregate((Node)x, (node, layer) =>
            Layers.Dense(node, 32, weights: Weights, name: $"layer {layer}"));
        var model = new Model(default, deep, seed: 1);
        var signal = Enumerable.Range(0, 32).Select(i => MathF.Cos(i)).ToArray();
        var before = MathF.Sqrt(signal.Sum(one => one * one));
        var after = MathF.Sqrt(model.Predict(new Feed { [x] = DataArray.From(signal).Reshape(1, 32) }).ToArray().Sum(one => one * one));
        Console.WriteLine($"  a signal of length {before:F3} has the length {after:F3} after fifty layers");
        if (MathF.Abs(after / before - 1) > 0.001f) throw new InvalidOperationException("The weights are not orthogonal.");
    }
}
