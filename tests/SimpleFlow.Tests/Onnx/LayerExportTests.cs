using SimpleFlow.Onnx;
using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Onnx;

/// <summary>Every layer, exported: the ops of ONNX that it becomes, and what ONNX Runtime computes with them.</summary>
public class LayerExportTests
{
    private static readonly Dictionary<string, (Shape Input, Func<Node, Node> Build, string Ops)> Layers = new(StringComparer.Ordinal)
    {
        ["Dense"] = ([null, 5], x => SimpleFlow.Layers.Dense(x, 4, Activations.Relu), "Gemm Relu"),
        ["Dense of sequences"] = ([null, 3, 5], x => SimpleFlow.Layers.Dense(x, 4), "MatMul Add"),
        ["Conv1D"] = ([null, 2, 7], x => SimpleFlow.Layers.Conv1D(x, 4, 3), "Conv"),
        ["Conv2D"] = ([null, 2, 6, 5], x => SimpleFlow.Layers.Conv2D(x, 4, 3, Activations.Relu, padding: 1), "Conv Relu"),
        ["ConvTranspose2D"] = ([null, 2, 4, 3], x => SimpleFlow.Layers.ConvTranspose2D(x, 3, 3, stride: 2), "ConvTranspose"),
        ["MaxPool2D"] = ([null, 2, 6, 4], x => x.MaxPool2D(2), "MaxPool"),
        ["AveragePool2D"] = ([null, 2, 6, 4], x => x.AveragePool2D(2, dilation: 2, stride: 1), "AveragePool"),
        ["GlobalAveragePool"] = ([null, 2, 6, 4], x => x.GlobalAveragePool(), "ReduceMean"),
        ["BatchNorm"] = ([null, 3, 4, 4], x => SimpleFlow.Layers.BatchNorm(x), "BatchNormalization"),
        ["BatchNorm of rows"] = ([null, 3], x => SimpleFlow.Layers.BatchNorm(x), "BatchNormalization"),
        ["LayerNorm"] = ([null, 3, 8], x => SimpleFlow.Layers.LayerNorm(x), "LayerNormalization"),
        ["RmsNorm"] = ([null, 3, 8], x => SimpleFlow.Layers.RmsNorm(x), "ReduceMean"),
        ["GroupNorm"] = ([null, 4, 3, 3], x => SimpleFlow.Layers.GroupNorm(x, 2), "ReduceMean"),
        ["Dropout"] = ([null, 4], x => SimpleFlow.Layers.Dropout(x, 0.5f).Tanh(), "Tanh"),
        ["Rnn"] = ([null, 4, 3], x => SimpleFlow.Layers.Rnn(x, 5, sequence: true), "Tanh"),
        ["Lstm"] = ([null, 4, 3], x => SimpleFlow.Layers.Lstm(x, 5), "LSTM"),
        ["Lstm of all steps"] = ([null, 4, 3], x => SimpleFlow.Layers.Lstm(x, 5, sequence: true), "LSTM"),
        ["Lstm from the end"] = ([null, 4, 3], x => SimpleFlow.Layers.Lstm(x, 5, reverse: true), "LSTM"),
        ["Lstm of all steps from the end"] = ([null, 4, 3], x => SimpleFlow.Layers.Lstm(x, 5, sequence: true, reverse: true), "LSTM"),
        ["Lstm of one step"] = ([null, 1, 3], x => SimpleFlow.Layers.Lstm(x, 5, sequence: true), "Sigmoid Tanh"),
        ["Lstm on another"] = ([null, 4, 3],
            x => SimpleFlow.Layers.Lstm(SimpleFlow.Layers.Lstm(x, 5, sequence: true, name: "a"), 2, name: "b"), "LSTM Squeeze"),
        ["Lstm of which a step is used"] = ([null, 4, 3],
            x => SimpleFlow.Layers.Lstm(x, 5, sequence: true) is var all ? all + all.Slice(1, 2, 3) : x, "LSTM"),
        ["Gru"] = ([null, 4, 3], x => SimpleFlow.Layers.Gru(x, 5, reverse: true), "Sigmoid Tanh"),
        ["MultiHeadAttention"] = ([null, 4, 6],
            x => SimpleFlow.Layers.MultiHeadAttention(x, 2, causal: true, dropoutRate: 0.1f), "Softmax"),
        ["TransformerBlock"] = ([null, 4, 6], x => SimpleFlow.Layers.TransformerBlock(x, 2), "LayerNormalization Softmax Erf"),
        ["PositionalEmbedding"] = ([null, 4, 6], x => SimpleFlow.Layers.PositionalEmbedding(x), "Add"),
        ["SinusoidalPositions"] = ([null, 4, 6], x => SimpleFlow.Layers.SinusoidalPositions(x), "Add"),
        ["Elu"] = ([null, 4], x => x.Elu(0.7f), "Elu"),
        ["Gelu"] = ([null, 4], x => x.Gelu(), "Erf"),
        ["Silu"] = ([null, 4], x => x.Silu(), "Sigmoid Mul"),
        ["Flatten"] = ([null, 2, 3, 2], x => x.Flatten(), "Reshape"),
    };

    public static TheoryData<string> Names => [.. Layers.Keys];

    [Theory, MemberData(nameof(Names))]
    public void It_means_the_same_in_ONNX_Runtime_for_any_batch(string name)
    {
        var (x, model) = Of(name);
        foreach (var batch in new[] { 1, 3 })
            Assert.Null(Exported.Difference(model.Predictions, Feed(x, batch)));
    }

    [Theory, MemberData(nameof(Names))]
    public void Read_again_it_predicts_the_same(string name)
    {
        var (x, model) = Of(name);
        Assert.Null(Exported.OtherBitsAfterReading(model.Predictions, Feed(x, 3)));
    }

    [Theory, MemberData(nameof(Names))]
    public void It_becomes_the_ops_that_ONNX_has_for_it(string name)
    {
        var (_, model) = Of(name);
        using var stream = new MemoryStream();
        model.ExportOnnx(stream);
        var file = SimpleFlow.Onnx.Schema.ModelProto.Parser.ParseFrom(stream.ToArray());
        foreach (var op in Layers[name].Ops.Split(' ')) Assert.Contains(file.Graph.Node, node => node.OpType == op);
        Assert.Equal("batch", file.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimParam);
        Assert.Equal("batch", file.Graph.Output[0].Type.TensorType.Shape.Dim[0].DimParam);
        Assert.Equal(file.Graph.Node.Count, file.Graph.Node.SelectMany(node => node.Output).Where(output => output.Length > 0)
            .Distinct(StringComparer.Ordinal).Count());
    }

    /// <summary>A layer whose variables all have values that matter: a batch norm of zeros and ones would hide a mistake.</summary>
    private static (Placeholder X, Model Model) Of(string name)
    {
        var x = new Placeholder("x", Layers[name].Input);
        var model = new Model(losses: default, predictions: Layers[name].Build(x));
        var random = new Random(5);
        foreach (var variable in model.Variables)
            variable.Set([.. Enumerable.Range(0, (int)variable.Shape.ElementCount).Select(_ => 0.2f + random.NextSingle())]);
        return (x, model);
    }

    private static PlainFeed Feed(Placeholder x, int batch)
    {
        var shape = Shape.Create([batch, .. x.Shape.Skip(1)]);
        var random = new Random(batch);
        var elements = new double[shape.ElementCount];
        for (var i = 0; i < elements.Length; i++) elements[i] = random.NextSingle() * 2 - 1;
        return new PlainFeed { [x] = new PlainTensor(shape, elements) };
    }
}
