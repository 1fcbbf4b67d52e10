using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx.Export;

/// <summary>Writes a graph as a model of ONNX's schema: checks every node, finds compositions that ONNX has one op for, and writes the
/// nodes in order.</summary>
internal sealed class GraphExport
{
    private readonly GraphProto _graph = new() { Name = "graph" };
    private readonly Dictionary<Node, string> _names = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, FreeSize[]> _shapes = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, Composition> _compositions = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(Node, string), string> _stored = [];
    private readonly HashSet<Node> _isStored = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, string> _numbers = new(StringComparer.Ordinal);
    private readonly HashSet<Node> _outputs;
    private readonly UsedNodes _order;
    private readonly SortedDictionary<string, int> _domains = new(StringComparer.Ordinal);

    private GraphExport(IReadOnlyList<Node> outputs, OnnxExportOptions options)
    {
        _order = new UsedNodes(outputs, node => node.Inputs);
        _outputs = new HashSet<Node>(outputs, ReferenceEqualityComparer.Instance);
        var written = Written();
        Opset = written.OfType<Operation>().Where(node => !_compositions.ContainsKey(node)).Select(node => Required(node).Since(node.Op))
            .Append(options.Opset).Max();
        var ends = Outputs(outputs, options);
        foreach (var node in _order.Nodes)
        {
            _shapes[node] = node switch
            {
                Placeholder placeholder => FreeShape.Of(placeholder),
                Operation operation => FreeShape.Of(operation, [.. operation.Inputs.Select(input => _shapes[input])]),
                _ => FreeShape.Known(node.Shape),
            };
        }
        foreach (var placeholder in Fed) _graph.Input.Add(ValueInfo(placeholder, _names[placeholder]));
        // A variable keeps its name even if a node before it has the same.
        foreach (var variable in _order.Nodes.OfType<Variable>()) _names[variable] = Names.Of(variable.Name!);
        foreach (var node in written.OfType<Operation>()) Write(node);
        foreach (var (node, name) in ends)
        {
            if (!string.Equals(NameOf(node), name, StringComparison.Ordinal)) Add("Identity", [NameOf(node)], name, null, []);
            _graph.Output.Add(ValueInfo(node, name));
        }
    }

    public int Opset { get; }

    public UniqueNames Names { get; } = new();

    /// <param name="outputs">What the model computes, in its form for training or for use.</param>
    /// <param name="options">How to write it.</param>
    /// <param name="remarks">What is known already that the file cannot say.</param>
    public static (ModelProto Model, OnnxExport Export) Of(IReadOnlyList<Node> outputs, OnnxExportOptions options,
        IEnumerable<string> remarks)
    {
        options.Check();
        var export = new GraphExport(FixedSizes.Of(outputs.InferenceMode(), options.Sizes).Expand(), options);
        var model = new ModelProto
        {
            IrVersion = Math.Max(options.IrVersion, OnnxExportOptions.IrVersionOf(export.Opset)),
            ProducerName = nameof(SimpleFlow),
            ProducerVersion = Version,
            Graph = export._graph,
        };
        if (options.Description is { } description) model.DocString = description;
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = export.Opset });
        foreach (var (domain, version) in export._domains)
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = version });
        foreach (var (key, value) in options.Metadata ?? new Dictionary<string, string>(StringComparer.Ordinal))
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        List<string> said = [.. remarks];
        if (export.Opset > options.Opset)
            said.Add($"Op set {export.Opset} is written instead of {options.Opset}, because a node needs it.");
        return (model, new OnnxExport([.. export._graph.Input.Select(input => input.Name)],
            [.. export._graph.Output.Select(output => output.Name)], export.Opset, export._graph.Node.Count, said));
    }

    private static string Version => typeof(GraphExport).Assembly.GetName().Version?.ToString(3) ?? "";

    /// <summary>The name of a node's value; a variable or constant is stored when it is first asked for.</summary>
    public string NameOf(Node node) =>
        node is Variable or Constant ? Stored(node, [.. node.Shape.Select(size => size!.Value)]) : _names[node];

    /// <summary>The inputs of the file.</summary>
    private IEnumerable<Placeholder> Fed => _order.Nodes.OfType<Placeholder>();

    /// <summary>The name of a variable or constant, stored with these sizes.</summary>
    public string Stored(Node node, long[] sizes)
    {
        var key = (node, string.Join(',', sizes));
        if (_stored.TryGetValue(key, out var stored)) return stored;
        // Stored with other sizes a second time, it needs a second name.
        var name = _isStored.Add(node) && node is Variable ? _names[node] : Names.Of(node.Name ?? "constant");
        var tensor = Tensor(node, name, sizes);
        // An initializer of several numbers is a weight to whoever reads the file; numbers that never change are a node of their own.
        if (node is Constant && sizes.Length > 0) Add("Constant", [], name, null, [With.Tensor("value", tensor)]);
        else _graph.Initializer.Add(tensor);
        return _stored[key] = name;
    }

    public string Whole(long[] numbers, long[] sizes) => Shared($"{string.Join(',', numbers)} of {sizes.Length}", "sizes",
        name => Tensors.Of(name, numbers, sizes));

    public string Number(float number) => Shared($"{BitConverter.SingleToInt32Bits(number)}", "number",
        name => Tensors.Of(name, [number], []));

    public void Add(string type, string[] inputs, string output, Operation? node, AttributeProto[] attributes, int result = 0)
    {
        var (domain, op) = OpName.Parts(type);
        var proto = new NodeProto { OpType = op, Domain = domain, Name = output };
        if (domain.Length > 0) _domains[domain] = 1;
        proto.Input.AddRange(inputs);
        proto.Output.AddRange(Enumerable.Repeat("", result));
        proto.Output.Add(output);
        proto.Attribute.AddRange(attributes);
        // Where in the program it was made: for whoever finds a node of the file in a debugger or a picture.
        if (node is not null) proto.DocString = node.MadeAt.IsKnown ? $"{node.Op}, {node.MadeAt}" : $"{node.Op}";
        _graph.Node.Add(proto);
    }

    private string Shared(string key, string kind, Func<string, TensorProto> tensor)
    {
        if (_numbers.TryGetValue(key, out var name)) return name;
        name = Names.Of(kind);
        _graph.Initializer.Add(tensor(name));
        return _numbers[key] = name;
    }

    private static TensorProto Tensor(Node node, string name, long[] sizes) =>
        node is Constant { ElementType: not ElementType.Float32 } constant
            ? constant.ElementType == ElementType.Bool
                ? Tensors.Of(name, Array.ConvertAll(constant.Elements.ToArray(), element => element != 0), sizes)
                : Tensors.Of(name, Array.ConvertAll(constant.Elements.ToArray(), element => (int)element), sizes)
            : Tensors.Of(name, Elements(node), sizes);

    private static float[] Elements(Node node)
    {
        var values = node.Values;
        var elements = new float[values.FlattenedLength];
        values.FlattenTo(elements);
        return elements;
    }

    /// <summary>The nodes to write, in order: what is inside a composition is not.</summary>
    private List<Node> Written()
    {
        var needed = new HashSet<Node>(_outputs, ReferenceEqualityComparer.Instance);
        var written = new List<Node>();
        for (var i = _order.Nodes.Count - 1; i >= 0; i--)
        {
            if (!needed.Contains(_order.Nodes[i])) continue;
            written.Add(_order.Nodes[i]);
            if (_order.Nodes[i] is not Operation node) continue;
            if (Composition.EndingAt(node) is { } composition && composition.Inside.All(one => IsOnlyFor(one, node, composition)))
                _compositions[node] = composition;
            needed.UnionWith(_compositions.TryGetValue(node, out var found) ? found.Inputs : node.Inputs);
        }
        written.Reverse();
        return written;
    }

    private bool IsOnlyFor(Node inside, Operation last, Composition composition) => !_outputs.Contains(inside)
        && _order.UsersOf(inside).All(user => ReferenceEquals(user, last) || composition.Inside.Contains(user));

    private static Exporter Required(Operation node) => ExporterTable.Find(node.Op) ?? OwnOps.Find(node.Op) ?? throw new OnnxException(
        $"`{node.Label}` {node.Shape}: the op {node.Op.Name} cannot be written as ONNX. {Refusals.Reason(node)}");

    /// <summary>The inputs and outputs of the file: their names come before all others.</summary>
    private List<(Node, string)> Outputs(IReadOnlyList<Node> outputs, OnnxExportOptions options)
    {
        foreach (var placeholder in Fed) _names[placeholder] = Names.Of(placeholder.Name!);
        if (options.OutputNames is { } given && given.Count != outputs.Count)
            throw new OnnxException($"{given.Count} names are given for {outputs.Count} outputs: give one for each.");
        var ends = new List<(Node, string)>();
        for (var i = 0; i < outputs.Count; i++)
        {
            var wanted = options.OutputNames?[i] ?? (outputs[i] is Operation { Name: { } own } ? own : "output");
            var name = Names.Of(wanted);
            if (options.OutputNames is not null && name != wanted)
                throw new OnnxException($"The output name '{wanted}' is taken by an input or another output: choose another one.");
            ends.Add((outputs[i], name));
            if (outputs[i] is Operation) _names.TryAdd(outputs[i], name);
        }
        return ends;
    }

    private void Write(Operation node)
    {
        var isEnd = _names.TryGetValue(node, out var name);
        if (!isEnd) _names[node] = name = Names.Of(node.Name ?? node.Op.Name);
        if (_compositions.TryGetValue(node, out var composition))
            composition.Write(new ExportNode(this, node, composition.Inputs, name!));
        else Required(node).Write(new ExportNode(this, node, node.Inputs, name!));
        if (!isEnd) _graph.ValueInfo.Add(ValueInfo(node, name!));
    }

    private ValueInfoProto ValueInfo(Node node, string name)
    {
        var shape = new TensorShapeProto();
        foreach (var size in _shapes[node])
        {
            var dimension = new TensorShapeProto.Types.Dimension();
            if (size.Number is { } number) dimension.DimValue = number;
            else if (size.Name is { } free) dimension.DimParam = free;
            shape.Dim.Add(dimension);
        }
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor { ElemType = (int)Tensors.TypeOf(node.ElementType), Shape = shape },
            },
        };
    }
}
