using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>
/// A network that was read from an ONNX file, as an ordinary graph: named inputs are placeholders, weights are variables, everything else
/// is ops. It predicts, can be drawn, derived and traced, and trains further. Free sizes, such as the number of rows or the length of a
/// sequence, stay free.
/// <para>
/// float16, bfloat16 and float64 become float32, and integers become int32; <see cref="OnnxOutput.Type"/> says what the file declares.
/// </para>
/// </summary>
public sealed class OnnxModel
{
    private readonly Dictionary<string, Node> _nodes;
    private readonly Dictionary<string, string> _made;      // the first result of a node that has a name

    private OnnxModel(ModelProto proto, IReadOnlyList<Placeholder> inputs, IReadOnlyList<OnnxOutput> outputs,
        IReadOnlyList<Variable> variables, Dictionary<string, Node> nodes)
    {
        (Inputs, Outputs, Variables, _nodes) = (inputs, outputs, variables, nodes);
        _made = proto.Graph.Node.Where(node => node.Name.Length > 0 && node.Output.Count > 0)
            .GroupBy(node => node.Name, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First().Output[0], StringComparer.Ordinal);
        Producer = $"{proto.ProducerName} {proto.ProducerVersion}".Trim();
        Description = proto.DocString;
        Metadata = proto.MetadataProps.GroupBy(entry => entry.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);
        Opsets = ModelContext.OpsetsOf(proto.OpsetImport);
    }

    /// <summary>The inputs that must be fed, in the order of the file.</summary>
    public IReadOnlyList<Placeholder> Inputs { get; }

    /// <summary>What the model computes, in the order of the file.</summary>
    public IReadOnlyList<OnnxOutput> Outputs { get; }

    /// <summary>The weights, under their names in the file. Statistics of batch normalisation are not trainable.</summary>
    public IReadOnlyList<Variable> Variables { get; }

    /// <summary>The names of the values inside the model that are nodes of the graph.</summary>
    public IReadOnlyCollection<string> Names => _nodes.Keys;

    /// <summary>The program that wrote the file, and its version.</summary>
    public string Producer { get; }

    /// <summary>What the file says about the model.</summary>
    public string Description { get; }

    /// <summary>What the file knows besides, such as the names of classes.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The op sets that the file uses and their versions; "" is the standard one.</summary>
    public IReadOnlyDictionary<string, int> Opsets { get; }

    /// <summary>The node of a value of the file: to read it, or to continue from it. A node of the file stands for its first
    /// result.</summary>
    /// <exception cref="KeyNotFoundException">The file has no such value, or it is no node of the graph; the message suggests similar
    /// names.</exception>
    public Node this[string name] => Find(name) ?? throw new KeyNotFoundException(
        $"The model has no node '{name}'.{Similar.Question(name, _nodes.Keys)} Names lists those that it has.");

    /// <summary>
    /// Cuts the model at a node of the file: all that it is computed from, in its form for use, to put another head on it. <c>var body =
    /// model.Cut("features"); var scores = Layers.Dense(body.Flatten(), 3);</c> Statistics of batch normalisation stay as they are in the
    /// file. All other weights train with the head, unless they are frozen: <c>tuned.Freeze(body.Variables())</c>.
    /// </summary>
    /// <param name="name">The name of a value of the file, or of the node that makes it. <see cref="Names"/> lists the values.</param>
    /// <exception cref="OnnxException">The file has no such node, or it is no node of the graph; the message suggests similar
    /// names.</exception>
    public Node Cut(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return (Find(name) ?? throw new OnnxException(
            $"The model has no node '{name}' to cut it at.{Similar.Question(name, _nodes.Keys)} Names lists those that it has."))
            .InferenceMode();
    }

    private Node? Find(string name) =>
        _nodes.GetValueOrDefault(name) ?? (_made.TryGetValue(name, out var value) ? _nodes.GetValueOrDefault(value) : null);

    /// <summary>Reads a file. Tensors that are stored in other files are read from its folder.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What is fixed, replaced, cut off, or read by code of yours.</param>
    /// <exception cref="OnnxException">The file is missing or damaged, contradicts itself, or needs ops that are not supported; the
    /// message lists them all.</exception>
    public static OnnxModel Load(string path, OnnxImportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var folder = new ExternalFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return Read(ModelFile.Read(path), Path.GetFileName(path), folder, options ?? new OnnxImportOptions());
    }

    /// <summary>Reads a model from a stream, up to its end. Tensors that are stored in other files are not found.</summary>
    /// <param name="stream">The bytes of the file.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="options">What is fixed, replaced, cut off, or read by code of yours.</param>
    /// <inheritdoc cref="Load(string, OnnxImportOptions)"/>
    public static OnnxModel Load(Stream stream, string name = "model.onnx", OnnxImportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Read(ModelFile.Read(stream, name), name, null, options ?? new OnnxImportOptions());
    }

    private static OnnxModel Read(ModelProto proto, string file, ExternalFolder? folder, OnnxImportOptions options)
    {
        try
        {
            if (proto.Graph is null) throw new OnnxException("the file has no graph: it is no ONNX model, or was cut off.");
            if (options.Outputs is { } wanted) PrunedGraph.To(proto.Graph, wanted);
            Support.Require(proto, options.Readers);
            var model = new ModelContext(proto, file, folder) { Readers = options.Readers };
            var graph = new GraphImport(model, null, model.Opsets);
            var weights = proto.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
            DeclaredType.RequireFree(proto.Graph.Input, options.Sizes.Keys);
            var inputs = new List<Placeholder>();
            foreach (var input in proto.Graph.Input.Where(input => !weights.Contains(input.Name)))
            {
                if (options.Values.GetValueOrDefault(input.Name) is { } value)
                {
                    graph.Bind(input.Name, Fixed(input, value));
                    continue;
                }
                if (options.Inputs.GetValueOrDefault(input.Name) is { } node)
                {
                    graph.Bind(input.Name, OnnxValue.Of(Fitting(input, node), DeclaredType.ElementOf(input.Type)));
                    continue;
                }
                var placeholder = Input(input, file, options.Sizes);
                inputs.Add(placeholder);
                graph.Bind(input.Name, OnnxValue.Of(placeholder, DeclaredType.ElementOf(input.Type)));
            }
            var outputs = graph.Run(proto.Graph);
            var named = graph.Values.Where(value => value.Value is { Static: null, Sequence: null, IsNothing: false }).ToList();
            var results = outputs.Select((output, i) => OnnxOutput.Of(proto.Graph.Output[i], output)).ToList();
            // ONNX stretches whatever turns out to be 1.
            Node[] asBuilt = [.. results.Select(result => result.Node), .. named.Select(value => value.Value.Node)];
            var nodes = asBuilt.StretchLate();
            return new OnnxModel(proto, inputs, [.. results.Select((result, i) => result.With(nodes[i]))], model.Variables,
                named.Zip(nodes.Skip(results.Count)).ToDictionary(one => one.First.Key, one => one.Second, StringComparer.Ordinal));
        }
        catch (OnnxException exception) when (!exception.Message.StartsWith(file, StringComparison.Ordinal))
        {
            throw new OnnxException($"{file}: {exception.Message}", exception.InnerException) { NeededInputs = exception.NeededInputs };
        }
        catch (Exception exception) when (exception is SimpleFlowException and not OnnxException)
        {
            throw new OnnxException($"{file}: {exception.Message}", exception);
        }
    }

    private static Placeholder Input(ValueInfoProto input, string file, IDictionary<string, int> sizes)
    {
        if (input.Name.Length == 0) throw new OnnxException("an input has no name.");
        var type = DeclaredType.ElementOf(input.Type);
        if (!DataTypes.IsNumeric(type))
            throw new OnnxException($"the input '{input.Name}' is {DeclaredType.Text(input.Type)}; tensors of numbers are supported.");
        var shape = DeclaredType.ShapeOf(input.Type, sizes) ?? throw new OnnxException(
            $"the input '{input.Name}' does not declare how many axes it has. Declare its shape in the file; sizes may be free.");
        return new Placeholder(input.Name, shape, DataTypes.Element(type), file, 0);
    }

    private static Node Fitting(ValueInfoProto input, Node node)
    {
        var (type, shape) = (DeclaredType.ElementOf(input.Type), DeclaredType.ShapeOf(input.Type) ?? node.Shape);
        var isAsDeclared = node.Shape.Rank == shape.Rank && !node.Shape.Zip(shape).Any(size => size.First != size.Second
            && size.First is not null && size.Second is not null);
        // Whole numbers are computed with as floats.
        var isOfType = node.ElementType == DataTypes.Element(type)
            || (node.ElementType == ElementType.Float32 && DataTypes.IsInteger(type));
        return isAsDeclared && isOfType ? node : throw new OnnxException(
            $"the input '{input.Name}' is {DeclaredType.Text(input.Type)} {shape}, and `{node.Label}` {node.Shape} is given for it.");
    }

    private static OnnxValue Fixed(ValueInfoProto input, DataArray value)
    {
        var type = DeclaredType.ElementOf(input.Type);
        var numbers = new double[value.Count];
        if (DataTypes.IsInteger(type))
        {
            var whole = new int[numbers.Length];
            value.CopyTo(whole);
            for (var i = 0; i < whole.Length; i++) numbers[i] = whole[i];
        }
        else
        {
            var floats = new float[numbers.Length];
            value.CopyTo(floats);
            for (var i = 0; i < floats.Length; i++) numbers[i] = floats[i];
        }
        return OnnxValue.Of(new StaticTensor([.. value.Dimensions.ToArray().Select(size => (int)size)], numbers), type);
    }
}
