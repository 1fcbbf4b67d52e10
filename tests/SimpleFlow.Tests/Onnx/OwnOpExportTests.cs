using SimpleFlow.Onnx;
using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Onnx;

/// <summary>Ops of a user's own leave as ONNX and come back: by their parts, by what they say themselves, and by a reader.</summary>
public sealed class OwnOpExportTests
{
    private static readonly Placeholder X = new("x", [null, 3]);
    private static readonly float[,] Rows = { { 0.5f, -1, 2 }, { -0.25f, 3, 1 } };

    private static PlainFeed Fed => FedTo(X);

    private static PlainFeed FedTo(Placeholder x) => new() { [x] = new([2, 3], [.. Rows.Cast<float>().Select(number => (double)number)]) };

    private static OnnxExportOptions TwoRows => new() { Sizes = { ["batch"] = 2 } };

    [Fact]
    public void A_composite_op_of_known_sizes_is_written_by_its_parts()
    {
        var centred = Flow.AddFlow(new Placeholder("x", [2, 3]), new Centred(), "centred");
        using var stream = new MemoryStream(Exported.Bytes([centred.Exp()]));
        Assert.Contains("centred", OnnxModel.Load(stream).Names);
    }

    [Fact]
    public void A_composite_op_of_free_sizes_is_written_when_they_are_fixed()
    {
        var y = Flow.AddFlow(X, new Centred(), "centred").Exp("y");
        Assert.Null(Exported.Difference([y], Fed, TwoRows));
        var refusal = Assert.Throws<OnnxException>(() => Exported.Bytes([y])).Message;
        Assert.Contains("`centred`", refusal, StringComparison.Ordinal);
        Assert.Contains("Sizes = { [\"batch\"] = 1 }", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_composite_op_in_another_is_written_by_its_parts()
    {
        var y = Flow.AddFlow(X, new Twice(), "twice");
        Assert.Null(Exported.Difference([y, y.Exp()], Fed, TwoRows));
    }

    [Fact]
    public void The_gradient_of_a_composite_op_is_written_too()
    {
        var loss = Flow.AddFlow(X, new Centred()).Power(2).Sum();
        Assert.Null(Exported.Difference(Gradients.Of(loss, X), Fed, TwoRows));
    }

    [Fact]
    public void What_is_read_with_free_sizes_is_written_again_when_they_are_fixed()
    {
        // The derivative of a mean divides by how many elements there are.
        using var stream = new MemoryStream(Exported.Bytes(Gradients.Of(X.Power(2).Mean(), X)));
        var model = OnnxModel.Load(stream);
        Assert.Null(Exported.Difference([model.Outputs[0].Node], FedTo(model.Inputs[0]), TwoRows));
    }

    [Theory, InlineData("length", "Free are: batch"), InlineData("bach", "Did you mean 'batch'")]
    public void A_free_size_that_does_not_exist_is_refused(string name, string expected) => Assert.Contains(expected,
        Assert.Throws<OnnxException>(() => Exported.Bytes([X.Exp()], new() { Sizes = { [name] = 1 } })).Message, StringComparison.Ordinal);

    [Fact]
    public void A_free_size_of_nothing_is_refused() => Assert.Contains("cannot be 0", Assert.Throws<OnnxException>(
        () => Exported.Bytes([X.Exp()], new() { Sizes = { ["batch"] = 0 } })).Message, StringComparison.Ordinal);

    [Fact]
    public void An_op_in_code_says_itself_how_it_is_written()
    {
        var y = Flow.AddFlow(X, new Softsign(), "soft").Exp("y");
        Assert.Null(Exported.Difference([y], Fed));
        using var stream = new MemoryStream(Exported.Bytes([y]));
        var model = OnnxModel.Load(stream);
        Assert.Null(Exported.FirstDifference([y], PlainReading.ValuesOf([y], Fed),
            [PlainReading.ValuesOf([model.Outputs[0].Node], FedTo(model.Inputs[0]))[model.Outputs[0].Node]], 1e-6));
    }

    [Fact]
    public void An_op_in_code_that_does_not_say_so_is_refused_with_what_to_do() => Assert.Contains("IOnnxOp",
        Assert.Throws<OnnxException>(() => Exported.Bytes([Flow.AddFlow(X, new Doubled())])).Message, StringComparison.Ordinal);

    [Theory, InlineData(0, "it writes no result"), InlineData(2, "it writes a second result")]
    public void An_op_writes_one_result(int results, string expected)
    {
        var error = Assert.Throws<OnnxException>(() => Exported.Bytes([Flow.AddFlow(X, new Careless(results, null), "bad")]));
        Assert.Contains("`bad` [?, 3], Careless.WriteOnnx", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_that_no_value_has_is_refused() => Assert.Contains("'nowhere', which is no value", Assert.Throws<OnnxException>(
        () => Exported.Bytes([Flow.AddFlow(X, new Careless(1, "nowhere"))])).Message, StringComparison.Ordinal);

    [Fact]
    public void An_op_of_another_op_set_is_read_by_its_reader_alone()
    {
        using var stream = new MemoryStream(Exported.Bytes([Flow.AddFlow(X, new Scaled(2.5f), "y")]));
        var refusal = Assert.Throws<OnnxException>(() => OnnxModel.Load(stream)).Message;
        Assert.Contains("com.example.Scaled, 1 ×: 'y'", refusal, StringComparison.Ordinal);
        Assert.Contains("OnnxImportOptions.Readers", refusal, StringComparison.Ordinal);
        stream.Position = 0;
        var model = OnnxModel.Load(stream, options: new()
        {
            Readers = new() { ["com.example.Scaled"] = node => [node.Input(0) * node.Float("by") + node.Ints("offsets")![1]] },
        });
        var y = new Model(losses: default, predictions: model.Outputs[0].Node).Predict(new Feed { [model.Inputs[0]] = Rows });
        Assert.Equal(0.5f * 2.5f + 7, y[0, 0]);
    }

    [Fact]
    public void A_reader_that_returns_too_few_nodes_is_told()
    {
        using var stream = new MemoryStream(Exported.Bytes([Flow.AddFlow(X, new Scaled(2), "y")]));
        var options = new OnnxImportOptions { Readers = new() { ["com.example.Scaled"] = _ => [] } };
        Assert.Contains("returns 0 nodes, and it has 1 results",
            Assert.Throws<OnnxException>(() => OnnxModel.Load(stream, options: options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_is_read_up_to_a_value_before_what_is_not_supported()
    {
        var features = X.Exp("features");
        using var stream = new MemoryStream(Exported.Bytes([Flow.AddFlow(features, new Scaled(2), "y")]));
        var model = OnnxModel.Load(stream, options: new() { Outputs = ["features"] });
        Assert.Equal(("features", "[?, 3]"), (model.Outputs[0].Name, model.Outputs[0].Node.Shape.ToString()));
        stream.Position = 0;
        Assert.Contains("Did you mean 'features'?", Assert.Throws<OnnxException>(
            () => OnnxModel.Load(stream, options: new() { Outputs = ["feature"] })).Message, StringComparison.Ordinal);
    }

    private sealed record Softsign : Unary, IOnnxOp
    {
        protected internal override double Plain(double x) => x / (1 + Math.Abs(x));

        protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
            upstream / (1f + node.Inputs[0].Abs()).Power(2);

        public void WriteOnnx(OnnxWriter writer) => writer.Result("Div",
            [writer.Inputs[0], writer.Step("Add", [writer.Step("Abs", writer.Inputs), writer.Number(1)])]);
    }

    private sealed record Doubled : Unary
    {
        protected internal override double Plain(double x) => 2 * x;

        protected internal override Node? Gradient(Operation node, Node upstream, int input) => 2f * upstream;
    }

    private sealed record Scaled(float By) : CustomOp, IOnnxOp
    {
        protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => inputs[0];

        protected override void Plain(IReadOnlyList<PlainTensor> inputs, PlainTensor result)
        {
            for (var i = 0; i < result.Count; i++) result.Values[i] = By * inputs[0].Values[i] + 7;
        }

        protected internal override Node? Gradient(Operation node, Node upstream, int input) => By * upstream;

        public void WriteOnnx(OnnxWriter writer) =>
            writer.Result("com.example.Scaled", writer.Inputs, new("by", By), new("offsets", [0L, 7]), new("kind", "affine"));
    }

    private sealed record Careless(int Results, string? Input) : CustomOp, IOnnxOp
    {
        protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => inputs[0];

        protected override void Plain(IReadOnlyList<PlainTensor> inputs, PlainTensor result) =>
            inputs[0].Values.CopyTo(result.Values);

        protected internal override Node? Gradient(Operation node, Node upstream, int input) => upstream;

        public void WriteOnnx(OnnxWriter writer)
        {
            for (var i = 0; i < Results; i++) writer.Result("Identity", Input is null ? writer.Inputs : [Input]);
        }
    }

    private sealed record Twice : CompositeOp
    {
        protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => inputs[0];

        protected override Node Build(IReadOnlyList<Node> inputs) => 2f * Flow.AddFlow(inputs[0], new Centred());
    }
}
