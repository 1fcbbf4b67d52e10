using System.Globalization;

namespace SimpleFlow.Tests.Ops;

/// <summary>What works on the library's ops works on a user's, without another word.</summary>
public sealed class OwnOpTests : IDisposable
{
    private static readonly float[,] Rows = { { 0.3f, -0.8f, 0.5f, -1.2f }, { -0.2f, 0.9f, 0.4f, 1.4f } };

    private static readonly Sample[] Samples =
    [
        .. new Shape[] { [], [4], [2, 1, 3], [2, 0, 3], [null, 2], [null] }.SelectMany(shape => new Sample[]
        {
            new($"Softsign {shape}", [Input.Any(shape)], x => Flow.AddFlow(x[0], new Softsign())),
            new($"Swish {shape}", [Input.Any(shape)], x => Flow.AddFlow(x[0], new Swish(1.5f))),
            new($"Hypotenuse {shape}", [Input.Any(shape), Input.Any(shape)], x => Flow.AddFlow(x[0], new Hypotenuse(x[1]))),
        }),
        new("Hypotenuse, stretched", [Input.Any([null, 3]), Input.Any([3])], x => Flow.AddFlow(x[0], new Hypotenuse(x[1]))),
        new("Hypotenuse, both stretched", [Input.Any([2, 1]), Input.Any([1, 3])], x => Flow.AddFlow(x[0], new Hypotenuse(x[1]))),
        .. new Shape[] { [4], [2, 3], [2, 3, 5], [2, 0, 3], [2, 0], [null, 2], [null] }.SelectMany(shape => new Sample[]
        {
            new($"RunningSum {shape}", [Input.Any(shape)], x => Flow.AddFlow(x[0], new RunningSum()).Power(2)),
            new($"RunningSum from the back {shape}", [Input.Any(shape)], x => Flow.AddFlow(x[0], new RunningSum(true)).Power(2)),
        }),
        new("Pick", [Input.Any([null, 4]), Input.Index([null], 4)], x => Flow.AddFlow(x[0], new Pick(x[1])).Power(2)),
        new("all in one", [Input.Any([null, 4])], x => Flow.AddFlow(Flow.AddFlow(Flow.AddFlow(x[0].Exp(), new Softsign()) * 2f,
            new RunningSum()), new Swish(0.5f)).Tanh()),
    ];

    private readonly Plots.TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. Samples.Select(sample => sample.Name)];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Names))]
    public void Its_gradients_are_its_derivatives_first_and_second(string name)
    {
        var sample = Samples.Single(one => one.Name == name);
        var (gradients, upstreams) = Check.Backward([sample.Output], sample.Floats);
        foreach (var feed in sample.Feeds)
        {
            Check.Gradients([sample.Output], sample.Floats, feed);
            Check.FeedUpstreams([sample.Output], upstreams, feed);
            Check.Gradients(gradients, [.. sample.Floats, .. upstreams], feed);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Compiled_it_means_what_it_means_plainly_on_any_number_of_threads(string name)
    {
        var sample = Samples.Single(one => one.Name == name);
        var (gradients, upstreams) = Check.Backward([sample.Output], sample.Floats);
        foreach (var feed in sample.Feeds)
        {
            Check.FeedUpstreams([sample.Output], upstreams, feed);
            Check.Compiled([sample.Output, .. gradients], feed);
        }
    }

    [Fact]
    public void An_elementwise_one_runs_in_one_step_with_its_neighbours()
    {
        var x = new Placeholder("x", [2, 4]);
        var y = Flow.AddFlow(Flow.AddFlow((x * 2f).Exp(), new Softsign()), new Hypotenuse(x)).Tanh();
        var model = new Model([(y * new Variable("w", [4])).Sum()], [y], new Adam());
        Assert.Contains("Multiply → Exp → Softsign → Hypotenuse → Tanh", model.PlanText(new Feed { [x] = Rows }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_ops_on_equal_inputs_are_computed_once_and_others_are_not()
    {
        var x = new Placeholder("x", [2, 4]);
        Node Of(Op op) => Flow.AddFlow(x, op);
        var y = Of(new Swish(2)) + Of(new Swish(2)) + Of(new Swish(3)) + Of(new RunningSum()) + Of(new RunningSum())
            + Of(new RunningSum(true)) + Of(new Hypotenuse(x)) + Of(new Hypotenuse(x));
        var text = new Model([(y * new Variable("w", [4])).Sum()], [y], new Adam()).PlanText(new Feed { [x] = Rows });
        Assert.Equal([1, 1, 2, 1], new[] { "Swish(Beta = 2)", "Swish(Beta = 3)", "RunningSum(", "Hypotenuse" }
            .Select(op => text.Split(op).Length - 1));
    }

    [Fact]
    public void Its_attributes_are_written_alike_in_every_culture()
    {
        var culture = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = comma;
        try
        {
            Assert.Equal(("Swish(Beta = 0.5)", "Softsign", "RunningSum(FromBack = True)"),
                ($"{new Swish(0.5f)}", $"{new Softsign()}", $"{new RunningSum(true)}"));
            Assert.Same(comma, CultureInfo.CurrentCulture);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void Operands_are_not_among_its_attributes_even_if_they_are_properties()
    {
        Node a = new Variable("a", [2]), b = new Variable("b", [2, 3]);
        Assert.Equal(["WithProperties(Scale = 2)", "WithProperties(Scale = 3)", "OnlyOperands"],
            new Op[] { new WithProperties(a, 2, b), new WithProperties(b, 3, b), new OnlyOperands(a) }.Select(op => $"{op}"));
    }

    [Fact]
    public void Errors_about_shapes_have_its_name_those_of_its_inputs_and_the_advice()
    {
        var (x, b) = (new Placeholder("x", [null, 3]), new Variable("b", [2]));
        var binary = Assert.Throws<ShapeException>(() => Flow.AddFlow(x, new Hypotenuse(b))).Message;
        Assert.StartsWith("Hypotenuse: the shapes do not broadcast. Left `x` is [?, 3], right `b` is [2]", binary,
            StringComparison.Ordinal);
        var columns = new Placeholder("i", [null], ElementType.Int32);
        var general = Assert.Throws<ShapeException>(() => Flow.AddFlow(b, new Pick(columns))).Message;
        Assert.StartsWith("Pick: it picks one element of every row of a matrix. It was given `b` [2], `i` [?].\n"
            + "`b` was made at OwnOpTests.cs", general, StringComparison.Ordinal);
        Assert.EndsWith("\nGive it a matrix and a column for each row.", general, StringComparison.Ordinal);
        var type = Assert.Throws<ShapeException>(() => Flow.AddFlow(x, new Pick(b))).Message;
        Assert.StartsWith("Pick: `b` is Float32; Int32 is needed.", type, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_derived_traced_and_drawn()
    {
        var (x, loss) = Net(node => Flow.AddFlow(Flow.AddFlow(node, new Softsign(), "soft"), new Swish(2), "swish"));
        var derivation = Derivation.Of(loss);
        Assert.Contains("softsign(", derivation.ToText(), StringComparison.Ordinal);
        Assert.Contains("softsign′", derivation.ToText(), StringComparison.Ordinal);
        Assert.Contains("soft * sigmoid(2 * soft)", derivation.ToText(), StringComparison.Ordinal);
        Assert.Contains("softsign", derivation.ToMarkdown(), StringComparison.Ordinal);
        Assert.Contains("softsign", derivation.ToHtml(), StringComparison.Ordinal);
        var feed = new Feed { [x] = Rows };
        Assert.Contains("Swish(Beta = 2)", Trace.Of(loss, feed).ToText(), StringComparison.Ordinal);
        Assert.Contains("softsign(", Drawing.Of(loss).ToSvg(), StringComparison.Ordinal);
        Assert.True(GradientCheck.Of(loss, feed).IsRight);
    }

    [Fact]
    public void It_is_trained_saved_and_resumed_bit_for_bit_on_any_number_of_threads()
    {
        static (Model Model, Dataset Data) Make(int threads, float beta = 2)
        {
            var (x, loss) = Net(node =>
                Flow.AddFlow(Flow.AddFlow(Flow.AddFlow(node, new Softsign()), new RunningSum()), new Swish(beta)));
            return (new Model(loss, optimizer: new Adam(0.01f), seed: 5, threads: threads), new Dataset { [x] = Rows });
        }
        void Fit((Model Model, Dataset Data) one, int epochs, string? folder)
        {
            var callbacks = folder is null ? Array.Empty<Callback>() : [new Checkpoint(folder)];
            one.Model.Fit(one.Data, new FitOptions { Epochs = epochs, BatchSize = 1, Callbacks = callbacks, Resume = folder });
        }
        var (whole, threaded, first, second) = (Make(1), Make(3), Make(1), Make(1));
        Fit(whole, 6, null);
        Fit(threaded, 6, null);
        Fit(first, 3, _folder.File("run"));
        Fit(second, 6, _folder.File("run"));
        Weights.AssertSame(Weights.Of(whole.Model), Weights.Of(threaded.Model));
        Weights.AssertSame(Weights.Of(whole.Model), Weights.Of(second.Model));
        var other = Assert.Throws<DataException>(() => Fit(Make(1, beta: 3), 6, _folder.File("run")));
        Assert.Contains("Swish(Beta = 2)", other.Message, StringComparison.Ordinal);
        Assert.Contains("Swish(Beta = 3)", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_that_is_not_finite_is_traced_to_it()
    {
        var (x, loss) = Net(node => Flow.AddFlow(node, new Faulty(double.NaN), "mine"));
        var error = Assert.ThrowsAny<SimpleFlowException>(() => new Model(loss, optimizer: new Adam()).Fit(new Feed { [x] = Rows }, 3));
        Assert.Contains("`mine`", error.Message, StringComparison.Ordinal);
        Assert.Contains("Faulty", error.Message, StringComparison.Ordinal);
        Assert.Contains("the op is undefined for some of them", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("learning rate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_infinity_of_it_is_an_overflow_and_a_NaN_that_its_rule_hands_back_is_none()
    {
        string Message(Op op)
        {
            var (x, loss) = Net(node => Flow.AddFlow(node, op, "mine"));
            return Assert.Throws<TrainingException>(() => new Model(loss, optimizer: new Adam()).Fit(new Feed { [x] = Rows }, 3)).Message;
        }
        Assert.Contains("Beyond 3.4e38", Message(new Faulty(double.PositiveInfinity)), StringComparison.Ordinal);
        var back = Message(new RuledUnary(u => u * (u * 0f - 1f).Log()));
        Assert.Contains("hands back", back, StringComparison.Ordinal);
        Assert.Contains("the op is undefined for some of them", back, StringComparison.Ordinal);
        Assert.Contains("Keep its input above 0",
            Assert.Throws<TrainingException>(() =>
            {
                var (x, loss) = Net(node => (node.Power(2) * -1f - 1f).Sqrt());
                new Model(loss, optimizer: new Adam()).Fit(new Feed { [x] = Rows }, 3);
            }).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, int> Places => new()
    {
        { "elementwise", 1 }, { "elementwise", 3 }, { "binary", 1 }, { "general", 1 }, { "general", 3 },
    };

    [Theory, MemberData(nameof(Places))]
    public void An_exception_in_its_code_names_it_and_its_node_and_changes_nothing(string kind, int threads)
    {
        var fault = new Faulty(0);
        Op op = kind switch
        {
            "elementwise" => fault,
            "binary" => new FaultyOfTwo(1f, fault),
            _ => new FaultyAltogether(fault),
        };
        var (x, loss) = Net(node => Flow.AddFlow(node, op, "mine"));
        var model = new Model(loss, optimizer: new Adam(), seed: 5, threads: threads);
        model.Fit(new Feed { [x] = Rows }, 3);
        var before = Weights.Of(model);
        fault.Throws = true;
        var error = Assert.Throws<GraphException>(() => model.Fit(new Feed { [x] = Rows }, 3));
        Assert.StartsWith($"The code of the op {op.Name} threw FormatException for `mine`: it is broken", error.Message,
            StringComparison.Ordinal);
        Assert.IsType<FormatException>(error.InnerException);
        Assert.Contains(op.Name, Assert.Throws<GraphException>(() => PlainReading.Of([loss], new Feed { [x] = Rows })).Message,
            StringComparison.Ordinal);
        Weights.AssertSame(before, Weights.Of(model));
        fault.Throws = false;
        model.Fit(new Feed { [x] = Rows }, 3);
        Assert.Equal(6, model.Iterations);
    }

    [Fact]
    public void An_exception_in_a_rule_names_it_and_so_does_a_gradient_of_another_shape()
    {
        static Node Through(Func<Node, Node?> rule, Func<Shape[], Shape>? shape = null)
        {
            var w = new Variable("w", [2, 3]);
            return Gradients.Of(Flow.AddFlow(w, new Ruled(rule, shape), "mine").Sum(), w)[0];
        }
        Assert.StartsWith("The code of the op Ruled threw FormatException for `mine`",
            Assert.Throws<GraphException>(() => Through(_ => throw new FormatException())).Message, StringComparison.Ordinal);
        Assert.StartsWith("The code of the op Ruled threw IndexOutOfRangeException for `w`",
            Assert.Throws<GraphException>(() => Through(one => one, shapes => shapes[1])).Message, StringComparison.Ordinal);
        Assert.Contains("ShapeOf leaves a size of [?] open",
            Assert.Throws<GraphException>(() => Through(one => one, _ => [null])).Message, StringComparison.Ordinal);
        Assert.StartsWith("The gradient rule of Ruled in `mine` returns a node [3, 2] of Float32 for the input `w` [2, 3].",
            Assert.Throws<GraphException>(() => Through(one => one.Transpose())).Message, StringComparison.Ordinal);
        Assert.StartsWith("The gradient rule of Ruled in `mine` returns a node [2, 3] of Bool",
            Assert.Throws<GraphException>(() => Through(one => one.Greater(0f))).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, Func<Node, Node>> Misshapen => new()
    {
        { "[3]", u => u.Sum([0]) }, { "[2, 1]", u => u.Sum([1], keep: true) }, { "[1, 3]", u => u.Sum([0], keep: true) },
        { "[]", u => u.Sum() }, { "[]", _ => 0f }, { "[7]", _ => new Variable("seven", [7]) },
        { "[4, 2, 3]", u => u * new Variable("four", [4, 2, 3]) }, { "[1, 2, 3]", u => u.Reshape([1, 2, 3]) },
    };

    [Theory, MemberData(nameof(Misshapen), DisableDiscoveryEnumeration = true)]
    public void A_gradient_that_broadcasting_could_bring_to_the_shape_of_the_input_is_refused(string shape, Func<Node, Node> rule)
    {
        var (w, right) = (new Variable("w", [2, 3]), new Variable("right", [3]));
        foreach (var op in new Op[] { new Ruled(rule, null), new RuledUnary(rule), new RuledBinary(right, rule, rule) })
        {
            var loss = Flow.AddFlow(w, op, "mine").Sum();
            Assert.StartsWith($"The gradient rule of {op.Name} in `mine` returns a node {shape} of Float32 for the input `w` [2, 3].",
                Assert.Throws<GraphException>(() => Gradients.Of(loss, w)).Message, StringComparison.Ordinal);
            Assert.Throws<GraphException>(() => new Model(loss, optimizer: new Adam()));
            var check = GradientCheck.Of(loss, []);
            Assert.Equal($"it has the shape {shape} and not [2, 3]", check.WrongRules[0].Problem);
        }
    }

    [Fact]
    public void A_gradient_of_an_op_of_two_has_the_shape_of_its_input_before_or_after_broadcasting()
    {
        var (left, right) = (new Variable("left", [2, 3]), new Variable("right", [3]));
        Shape Of(Func<Node, Node> rule) =>
            Gradients.Of(Flow.AddFlow(left, new RuledBinary(right, u => u, rule), "mine").Sum(), right)[0].Shape;
        Assert.Equal([right.Shape, right.Shape], new[] { Of(u => u), Of(u => u.Sum([0])) });
        foreach (var rule in new Func<Node, Node>[] { u => u.Sum([0], keep: true), u => u.Sum([1]), u => u.Sum(),
            u => u.Reshape([1, 2, 3]) })
            Assert.Contains("for the input `right` [3]", Assert.Throws<GraphException>(() => Of(rule)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_size_agrees_with_any_but_1()
    {
        var (rows, row) = (new Placeholder("rows", [null, 3]), new Placeholder("row", [1, 3]));
        static Node Through(Node x, Node gradient) => Gradients.Of(Flow.AddFlow(x, new Ruled(_ => gradient, null), "mine").Sum(), x)[0];
        Assert.Equal(rows.Shape, Through(rows, new Placeholder("others", [null, 3])).Shape);
        Assert.Equal(rows.Shape, Through(rows, new Variable("five", [5, 3])).Shape);
        Assert.Throws<GraphException>(() => Through(rows, row));
        Assert.Throws<GraphException>(() => Through(row, rows));
    }

    [Fact]
    public void A_gradient_check_wraps_what_a_rule_throws_as_a_model_does()
    {
        var loss = Flow.AddFlow(new Variable("w", [2, 3]), new Ruled(_ => throw new FormatException("it is broken"), null), "mine").Sum();
        var error = Assert.Throws<GraphException>(() => GradientCheck.Of(loss, []));
        Assert.Equal(Assert.Throws<GraphException>(() => new Model(loss, optimizer: new Adam())).Message, error.Message);
        Assert.StartsWith("The code of the op Ruled threw FormatException for `mine`: it is broken", error.Message,
            StringComparison.Ordinal);
        Assert.IsType<FormatException>(error.InnerException);
    }

    [Fact]
    public void A_notation_that_throws_or_is_null_is_named()
    {
        foreach (var (notation, type) in new (Func<Formula>, Type)[]
            { (() => null!, typeof(InvalidOperationException)), (() => (string)null!, typeof(ArgumentNullException)),
                (() => throw new FormatException("it is broken"), typeof(FormatException)) })
        {
            var x = new Variable("x", [2, 3]);
            var unnamed = Flow.AddFlow(x, new Written(notation));
            foreach (var write in new Action[] { () => _ = unnamed.Label, () => Derivation.Of(unnamed.Sum()).ToText(),
                () => Derivation.Of(Flow.AddFlow(x, new Written(notation), "named").Sum()).ToText(),
                () => Drawing.Of(unnamed.Sum()).ToSvg() })
            {
                var error = Assert.Throws<GraphException>(write);
                Assert.StartsWith($"The Notation of the op Written threw {type.Name}: ", error.Message, StringComparison.Ordinal);
                Assert.IsType(type, error.InnerException);
            }
        }
    }

    [Fact]
    public void A_tensor_is_read_at_places_that_it_has()
    {
        var tensor = new PlainTensor([2, 3], [0, 1, 2, 3, 4, 5]);
        Assert.Equal((5, 3, 2, 6), (tensor[1, 2], tensor.Size(-1), tensor.Size(0), tensor.Values.Length));
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor[2, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor[0, -1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.Size(2));
    }

    private static (Placeholder X, Node Loss) Net(Func<Node, Node> middle)
    {
        var x = new Placeholder("x", [null, 4]);
        var hidden = middle(Layers.Dense(x, 4, name: "hidden"));
        return (x, Layers.Dense(hidden, 2, name: "out").Power(2).Mean(name: "loss"));
    }

    private sealed record WithProperties(Node First, float Scale, Node Second) : CustomOp(First, Second)
    {
        protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => inputs[0];

        protected override void Plain(IReadOnlyList<PlainTensor> inputs, PlainTensor result) => result.Values.Fill(Scale);

        protected internal override Node? Gradient(Operation node, Node upstream, int input) => null;
    }

    private sealed record OnlyOperands(Node Right) : Binary(Right)
    {
        protected internal override double Plain(double left, double right) => left;

        protected internal override Node? Gradient(Operation node, Node upstream, int input) => null;
    }

    private sealed record Faulty(double Shift) : Unary
    {
        public bool Throws { get; set; }

        protected internal override double Plain(double x) => Throws ? throw new FormatException("it is broken") : x + Shift;

        protected internal override Node? Gradient(Operation node, Node upstream, int input) => upstream;
    }

    private sealed record FaultyOfTwo : Binary
    {
        private readonly Faulty _fault;

        public FaultyOfTwo(Node right, Faulty fault) : base(right) => _fault = fault;

        protected internal override double Plain(double left, double right) => _fault.Plain(left) * right;

        protected internal override Node? Gradient(Operation node, Node upstream, int input) => upstream * node.Inputs[1 - input];
    }

    private sealed record FaultyAltogether(Faulty Fault) : CustomOp
    {
        protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => inputs[0];

        protected override void Plain(IReadOnlyList<PlainTensor> inputs, PlainTensor result)
        {
            for (var i = 0; i < result.Values.Length; i++) result.Values[i] = Fault.Plain(inputs[0].Values[i]);
        }

        protected internal override Node? Gradient(Operation node, Node upstream, int input) => upstream;

        protected override int BlockOf(Shape result) => 1;
    }

    private sealed record RuledUnary(Func<Node, Node?> Rule) : Unary
    {
        protected internal override double Plain(double x) => x;

        protected internal override Node? Gradient(Operation node, Node upstream, int input) => Rule(upstream);
    }

    private sealed record RuledBinary(Node Right, Func<Node, Node?> LeftRule, Func<Node, Node?> RightRule) : Binary(Right)
    {
        protected internal override double Plain(double left, double right) => left;

        protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
            input == 0 ? LeftRule(upstream) : RightRule(upstream);
    }

    private sealed record Written(Func<Formula> How) : Unary
    {
        protected internal override double Plain(double x) => x;

        protected internal override Node? Gradient(Operation node, Node upstream, int input) => upstream;

        protected internal override Formula Notation(Formula[] inputs) => How();
    }

    private sealed record Ruled(Func<Node, Node?> Rule, Func<Shape[], Shape>? Shape) : CustomOp
    {
        protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => Shape is null ? inputs[0] : Shape(inputs.ToArray());

        protected override void Plain(IReadOnlyList<PlainTensor> inputs, PlainTensor result) => inputs[0].Values.CopyTo(result.Values);

        protected internal override Node? Gradient(Operation node, Node upstream, int input) => Rule(upstream);
    }
}
