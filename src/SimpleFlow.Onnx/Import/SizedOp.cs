namespace SimpleFlow.Onnx;

/// <summary>
/// A node of the file that can be written with SimpleFlow's ops only when the sizes are known: a Reshape to sizes of another node, padding
/// that keeps the size, a loop over a sequence, a branch that sizes choose. Its inputs are the data, also those that graphs within the node
/// take from around it, and after them the nodes whose shapes alone matter; its result are floats, whatever the type in the file.
/// </summary>
internal sealed record SizedOp : CompositeOp
{
    private readonly Operator _operator;
    private readonly OnnxNode _node;
    private readonly Surroundings _around;
    private readonly int _output;
    private readonly Node[] _inputs;
    private readonly int _data;
    private readonly Shape _open;

    private SizedOp(Operator by, OnnxNode node, Surroundings around, int output, Node[] inputs, int data, Shape open) : base(inputs[1..]) =>
        (_operator, _node, _around, _output, _inputs, _data, _open) = (by, node, around, output, inputs, data, open);

    /// <summary>The outputs of a node whose conversion waits for sizes.</summary>
    public static OnnxValue[] Of(Operator by, OnnxNode node, Surroundings around)
    {
        var values = node.Inputs.OfType<OnnxValue>().Concat(around.Values).ToList();
        if (values.Exists(value => value.Sequence is not null || value.IsNothing))
            throw node.Fault("a sequence of tensors is supported only if all sizes are known when the file is read.");
        foreach (var input in by.Settings)
            if (node.Optional(input) is { Static: null, IsTensor: true }) throw node.FromData(input);
        Node[] data = [.. values.Where(value => value.Static is null || value.IsWeight).Select(value => value.Node).Distinct()];
        Node[] shapes = [.. values.SelectMany(value => value.Static?.Nodes ?? []).Distinct().Except(data)];
        Node[] inputs = [.. data, .. shapes];
        var open = by.OpenShapes?.Invoke(node) ?? node.Graph.DeclaredShapes(node);
        var outputs = new OnnxValue[open.Length];
        for (var i = 0; i < outputs.Length; i++)
        {
            if (i > 0 && !node.HasOutput(i)) continue;
            outputs[i] = OnnxValue.Of(Flow.AddFlow(inputs[0], new SizedOp(by, node, around, i, inputs, data.Length, open[i])),
                by.OutputType(node, i));
        }
        return outputs;
    }

    public override string Name => _operator.Name;

    protected override string Attributes =>
        string.Join(", ", _node.Proto.Attribute.Select(attribute => $"{attribute.Name} {AttributeText.Of(attribute)}")
            .Concat(_node.Inputs.Where(value => value?.Static is not null && !value.IsWeight).Select(value => $"{value!.Static}"))
            .Concat(_output > 0 ? [$"output {_output}"] : []));

    protected override ElementType TypeOf(int input) => _inputs[input].ElementType;

    protected override bool ReadsOnlyShape(int input) => input >= _data;

    protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => _open;

    protected override Node Build(IReadOnlyList<Node> inputs)
    {
        Node At(Node node) => inputs[Array.IndexOf(_inputs, node)];
        OnnxValue Here(OnnxValue value) => value.IsWeight ? OnnxValue.Weight(() => At(value.Node), value.Static, value.Shape, value.Type)
            : value.Static is null ? OnnxValue.Of(At(value.Node), value.Type)
            : OnnxValue.Of(value.Static.With(node => At(node).Shape), value.Type);
        try
        {
            var node = _node.With([.. _node.Inputs.Select(value => value is null ? null : Here(value))],
                _node.Graph.Again(_around.Select(Here), new Effort()));
            return _operator.Convert(node)[_output].Float;
        }
        catch (Exception exception) when (OnnxNode.IsOfContradiction(exception))
        {
            throw OnnxNode.Contradiction(_node.Proto, exception);
        }
    }
}
