using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>Reads one graph of the file, node by node: the main graph, a branch, the body of a loop or of a function.</summary>
internal sealed class GraphImport(ModelContext model, GraphImport? outer, IReadOnlyDictionary<string, int> opsets, int depth = 0)
{
    // Larger results are left to the compiler, which knows what is worth computing in advance.
    private const int LargestFolded = 65_536;

    private readonly Dictionary<string, OnnxValue> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TypeProto> _declared = new(StringComparer.Ordinal);

    public ModelContext Model => model;

    /// <summary>The values of the graph by their names, those of the graphs around it included.</summary>
    public OnnxValue? Find(string name) => _values.TryGetValue(name, out var value) ? value : outer?.Find(name);

    /// <summary>The nodes of the graph by the names of the values.</summary>
    public IEnumerable<KeyValuePair<string, OnnxValue>> Values => _values;

    public void Bind(string name, OnnxValue value)
    {
        if (name.Length > 0 && !_values.TryAdd(name, value)) throw new OnnxException($"the name '{name}' is used twice.");
    }

    /// <summary>Reads a graph whose inputs have these values.</summary>
    public OnnxValue[] Run(GraphProto graph, IReadOnlyList<OnnxValue> inputs)
    {
        if (inputs.Count > graph.Input.Count)
            throw new OnnxException($"the graph '{graph.Name}' has {graph.Input.Count} inputs, and {inputs.Count} are given.");
        for (var i = 0; i < inputs.Count; i++) Bind(graph.Input[i].Name, inputs[i]);
        return Run(graph);
    }

    /// <summary>Reads a graph whose inputs are bound.</summary>
    public OnnxValue[] Run(GraphProto graph)
    {
        model.RequireDepth(depth);
        foreach (var info in graph.ValueInfo.Concat(graph.Output)) _declared[info.Name] = info.Type;
        if (graph.SparseInitializer.Count > 0) throw new OnnxException("sparse initializers are not supported.");
        var statistics = Statistics(graph.Node);
        var weightNodes = depth == 0 ? Weights.InNodes(graph) : [];
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tensor in graph.Initializer)
        {
            if (!names.Add(tensor.Name)) throw new OnnxException($"the initializer '{tensor.Name}' is defined twice.");
            BindInitial(tensor.Name, tensor, statistics);
        }
        foreach (var node in weightNodes) BindInitial(node.Output[0], Weights.InNode(node)!, statistics);
        Apply([.. graph.Node.Where(node => !weightNodes.Contains(node))], null);
        return [.. graph.Output.Select(output => Find(output.Name)
            ?? throw new OnnxException($"the output '{output.Name}' is made by no node."))];
    }

    private void BindInitial(string name, TensorProto tensor, HashSet<string> statistics)
    {
        if (!_values.ContainsKey(name)) Bind(name, Initial(name, tensor, statistics));
    }

    private OnnxValue Initial(string name, TensorProto tensor, HashSet<string> statistics)
    {
        if (!model.Initializers.TryGetValue(tensor, out var value))
            model.Initializers[tensor] = value = Weights.Of(model, name, tensor, trainable: !statistics.Contains(name));
        return value;
    }

    /// <summary>All that the graphs within a node need: what they take from around it, and the weights that they hold.</summary>
    public Surroundings SurroundingsOf(NodeProto node) => new(
        Captured.By(node).Distinct(StringComparer.Ordinal).Where(name => Find(name) is not null)
            .ToDictionary(name => name, name => Find(name)!, StringComparer.Ordinal),
        Captured.Graphs(node).SelectMany(graph => Statistics(graph.Node) is var statistics
                ? graph.Initializer.Select(tensor => (tensor, Value: Initial(tensor.Name, tensor, statistics))) : [])
            .ToDictionary(one => one.tensor, one => one.Value, (IEqualityComparer<TensorProto>)ReferenceEqualityComparer.Instance));

    /// <summary>What reads the graphs within a node again, with these values around them in place of its own.</summary>
    public GraphImport Again(Surroundings around, Effort effort)
    {
        var again = new GraphImport(model.Again(around.Weights, effort), null, opsets, depth);
        foreach (var (name, value) in around.Names) again.Bind(name, value);
        return again;
    }

    /// <summary>Reads the graph within a node.</summary>
    public OnnxValue[] Within(GraphProto graph, IReadOnlyList<OnnxValue> inputs) =>
        new GraphImport(model, this, opsets, depth + 1).Run(graph, inputs);

    /// <summary>The shapes that the file declares for the outputs of a node.</summary>
    public Shape[] DeclaredShapes(OnnxNode node) => [.. node.Proto.Output.Select(output => DeclaredShape(output)
        ?? throw node.Fault($"the number of axes of '{output}' follows from sizes that are not known when the file is read, and the "
            + "file does not declare it (value_info). Run ONNX's shape inference on the file."))];

    /// <summary>The shape that the file declares for an output of a node; null if it does not.</summary>
    public Shape? DeclaredShape(string output) => output.Length == 0 ? Shape.Scalar
        : _declared.TryGetValue(output, out var type) ? DeclaredType.ShapeOf(type) : null;

    private void Apply(IReadOnlyList<NodeProto> nodes, IReadOnlyDictionary<string, AttributeProto>? attributes)
    {
        var order = NodeOrder.Of(nodes, name => Find(name) is not null);
        for (var i = 0; i < order.Count; i++)
        {
            var outputs = Convert(order[i], attributes);
            for (var output = 0; output < order[i].Output.Count; output++)
            {
                var name = order[i].Output[output];
                if (name.Length == 0) continue;
                if (output >= outputs.Length || outputs[output] is null)
                    throw new OnnxException($"{OnnxNode.LabelOf(order[i])}: its output {output}, '{name}', is not supported.");
                Bind(name, Named(outputs[output], name, order[i], i));
            }
        }
    }

    private OnnxValue Named(OnnxValue value, string name, NodeProto node, int index)
    {
        if (value.Static is not null || value.Sequence is not null || value.IsNothing || value.Node is not Operation) return value;
        // A node that passes its input on has made nothing to give a name to.
        if (node.Input.Any(input => input.Length > 0 && Find(input) is { Static: null, Sequence: null, IsNothing: false } from
            && ReferenceEquals(from.Node, value.Node)))
            return value;
        return OnnxValue.Of(value.Node.Named(model.Prefix + name, model.File, index + 1), value.Type);
    }

    private OnnxValue[] Convert(NodeProto proto, IReadOnlyDictionary<string, AttributeProto>? attributes)
    {
        var domain = ModelContext.Standard(proto.Domain);
        var inputs = proto.Input.Select(name => name.Length == 0 ? null : Find(name)).ToList();
        model.Effort.CountNode();
        try
        {
            var opset = opsets.GetValueOrDefault(domain, 1);
            var node = new OnnxNode { Proto = proto, Opset = opset, Inputs = inputs, Graph = this, Outer = attributes };
            if (model.Readers.GetValueOrDefault(OpName.Of(domain, proto.OpType)) is { } read) return OnnxReader.Run(read, node);
            if (OperatorTable.Find(domain, proto.OpType, opset) is { } by) return Conversion.Of(by, node, LargestFolded);
            return Inline(model.Function(proto) ?? throw node.Fault("this op is not supported."), node);
        }
        catch (SimpleFlowException exception) when (exception is not OnnxException)
        {
            throw new OnnxException($"{OnnxNode.LabelOf(proto)}: {exception.Message}", exception);
        }
        catch (OnnxException exception) when (exception.NeededInputs.Count == 0
            && !exception.Message.Contains(OnnxNode.LabelOf(proto), StringComparison.Ordinal))
        {
            throw new OnnxException($"{OnnxNode.LabelOf(proto)}: {exception.Message}", exception);
        }
        catch (Exception exception) when (OnnxNode.IsOfContradiction(exception))
        {
            throw OnnxNode.Contradiction(proto, exception);
        }
    }

    /// <summary>The nodes of a function in place of the node that calls it.</summary>
    private OnnxValue[] Inline(FunctionProto function, OnnxNode node)
    {
        model.RequireDepth(depth);
        var body = new GraphImport(model, null, function.OpsetImport.Count > 0 ? ModelContext.OpsetsOf(function.OpsetImport) : opsets,
            depth + 1);
        for (var i = 0; i < function.Input.Count; i++) body.Bind(function.Input[i], node.Optional(i) ?? OnnxValue.Nothing);
        var attributes = function.AttributeProto.Concat(node.Proto.Attribute).GroupBy(one => one.Name, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);
        foreach (var (name, attribute) in attributes.ToList())
        {
            if (attribute.RefAttrName.Length > 0 && node.Outer?.GetValueOrDefault(attribute.RefAttrName) is { } given)
                attributes[name] = given;
        }
        body.Apply(function.Node, attributes);
        return [.. function.Output.Select(output => body.Find(output)
            ?? throw node.Fault($"the function makes no '{output}'."))];
    }

    private static HashSet<string> Statistics(IEnumerable<NodeProto> nodes)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            foreach (var by in OperatorTable.All.Where(one => string.Equals(one.Name, node.OpType, StringComparison.Ordinal)).Take(1))
                for (var i = 0; i < node.Input.Count; i++)
                    if (by.IsStatistic(i)) names.Add(node.Input[i]);
        }
        return names;
    }
}
