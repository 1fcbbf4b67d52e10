using SimpleFlow.Onnx;

namespace SimpleFlow.Cli.Examples;

/// <summary>An ONNX file of another program to look into. It says nothing about a loss: the mean squared difference to a target stands for
/// it, and made-up numbers for its inputs.</summary>
internal static class ForeignExample
{
    // For sizes other than the number of rows that the file leaves open: pictures that convolutions can halve five times.
    private const int OpenSize = 32;

    public static ExampleNetwork Of(string path, Optimizer optimizer, int rows, ulong seed)
    {
        var model = OnnxModel.Load(path);
        var predicted = model.Outputs.FirstOrDefault(output => output.Node.ElementType == ElementType.Float32)?.Node
            ?? throw new DataException($"{path} computes whole numbers only: there is nothing to derive.");
        var random = new Random((int)(seed % int.MaxValue));
        var feed = new Feed();
        foreach (var input in model.Inputs)
        {
            var shape = input.Shape.Select((size, axis) => size ?? (axis == 0 ? rows : OpenSize)).ToArray();
            var count = shape.Aggregate(1L, (product, size) => product * size);
            feed[input] = input.ElementType == ElementType.Float32
                ? DataArray.From(Enumerable.Range(0, (int)count).Select(_ => 2 * random.NextSingle() - 1).ToArray()).Reshape(shape)
                : DataArray.From(Enumerable.Range(0, (int)count).Select(_ => random.Next(2)).ToArray()).Reshape(shape);
        }
        var result = new Model(losses: default, predictions: predicted).Predict(feed);
        var target = new Placeholder("target", predicted.Shape);
        feed[target] = DataArray.From(new float[result.FlattenedLength]).Reshape([.. result.Lengths.ToArray().Select(size => (long)size)]);
        var loss = (predicted - target).Power(2).Mean(name: "loss");
        return new ExampleNetwork("network",
            new Model(loss, predicted, model.Variables.Any(one => one.IsTrainable) ? optimizer : null, seed: seed), loss, predicted, feed);
    }
}
