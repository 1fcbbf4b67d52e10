using Google.Protobuf;
using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx.Bodies;

/// <summary>The part of a file that a value is computed from, with the large weights taken out of it.</summary>
/// <param name="Packed">The graph as text.</param>
/// <param name="At">The name of the value.</param>
/// <param name="Weights">The weights that were taken out, by their names.</param>
internal sealed record CutGraph(string Packed, string At, IReadOnlyDictionary<string, TensorData> Weights)
{
    // What stands between the last dense layer and the output of a classifier.
    private static readonly HashSet<string> Behind = ["Softmax", "LogSoftmax", "Identity", "Sigmoid", "ArgMax", "Cast"];

    /// <summary>Cuts a file.</summary>
    /// <param name="model">The file; it is changed.</param>
    /// <param name="name">Where to cut; null: before the classifier.</param>
    /// <param name="folder">Where tensors in other files are.</param>
    /// <exception cref="OnnxException">There is no such value, or an op before it is not supported.</exception>
    public static CutGraph Of(ModelProto model, string? name, ExternalFolder folder)
    {
        if (model.Graph is null) throw new OnnxException("the file has no graph: it is no ONNX model, or was cut off.");
        PictureInput.Of(model);
        StoreWeights(model.Graph);
        var makers = new Dictionary<string, NodeProto>(StringComparer.Ordinal);
        foreach (var node in model.Graph.Node)
        {
            foreach (var output in node.Output) makers.TryAdd(output, node);
        }
        var at = name is null ? BeforeClassifier(model.Graph, makers) : PrunedGraph.Named(model.Graph, name);
        PrunedGraph.To(model.Graph, [at]);
        foreach (var node in model.Graph.Node) node.ClearDocString();
        Support.Require(model);
        model.MetadataProps.Clear();
        model.DocString = "";
        var weights = TakenOut(model.Graph, folder);
        return new CutGraph(Convert.ToBase64String(model.ToByteArray()), at, weights);
    }

    // Weights that are written as nodes, as PaddlePaddle does, are stored as those of all others.
    private static void StoreWeights(GraphProto graph)
    {
        foreach (var node in SimpleFlow.Onnx.Weights.InNodes(graph))
        {
            var tensor = SimpleFlow.Onnx.Weights.InNode(node)!.Clone();
            tensor.Name = node.Output[0];
            graph.Initializer.Add(tensor);
            graph.Node.Remove(node);
        }
    }

    // The features are what the last dense layer takes: its product, before a bias and whatever makes probabilities of the scores.
    private static string BeforeClassifier(GraphProto graph, Dictionary<string, NodeProto> makers)
    {
        if (graph.Output.Count == 0) throw new OnnxException("the file has no outputs.");
        var (weights, last) = (graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal), graph.Output[0].Name);
        for (var at = last; makers.TryGetValue(at, out var node) && node.Input.Count > 0;)
        {
            if (node.OpType is "Gemm" or "MatMul" && node.Input.Count > 1 && weights.Contains(node.Input[1])) return node.Input[0];
            var isBias = node.OpType == "Add" && node.Input.Count == 2;
            if (isBias && weights.Contains(node.Input[1])) at = node.Input[0];
            else if (isBias && weights.Contains(node.Input[0])) at = node.Input[1];
            else if (Behind.Contains(node.OpType)) at = node.Input[0];
            else break;
        }
        return last;
    }

    // Numbers that an op may ask for while the graph is read stay in it; the others are the network's variables.
    private static Dictionary<string, TensorData> TakenOut(GraphProto graph, ExternalFolder folder)
    {
        var weights = new Dictionary<string, TensorData>(StringComparer.Ordinal);
        for (var i = 0; i < graph.Initializer.Count; i++)
        {
            var tensor = graph.Initializer[i];
            var data = TensorData.Of(tensor, folder);
            if (DataTypes.IsFloat(data.Type) && data.Sizes.Length > 0 && data.Count > SimpleFlow.Onnx.Weights.LargestSetting)
            {
                weights[tensor.Name] = data;
                graph.Initializer[i] = Without(tensor);
            }
            else if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
            {
                graph.Initializer[i] = Within(tensor, data);
            }
        }
        return weights;
    }

    private static TensorProto Without(TensorProto tensor)
    {
        var empty = new TensorProto
        {
            Name = tensor.Name,
            DataType = tensor.DataType,
            DataLocation = TensorProto.Types.DataLocation.External,
        };
        empty.Dims.AddRange(tensor.Dims);
        return empty;
    }

    // The numbers of another file, which the body does not have.
    private static TensorProto Within(TensorProto tensor, TensorData data)
    {
        var isFloat = DataTypes.IsFloat(data.Type);
        var own = new TensorProto { Name = tensor.Name, DataType = (int)(isFloat ? DataType.Float : DataType.Int64) };
        own.Dims.AddRange(tensor.Dims);
        if (isFloat) own.FloatData.AddRange(data.Numbers().Select(number => (float)number));
        else own.Int64Data.AddRange(data.Numbers().Select(number => (long)number));
        return own;
    }
}
