using SimpleFlow.Onnx;
using SimpleFlow.Tests.Compilation;
using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Onnx;

/// <summary>Files that decide by free sizes which branch is taken, how many steps a loop makes, and what is stretched. For each set of
/// sizes the graph means what ONNX Runtime makes of the file, and its derivatives are those of differences.</summary>
public sealed class FreeSizeTests
{
    private sealed record Case(string Text, string? Shape, (string Name, int[] Sizes)[][] Fed, int Opset = 17);

    private static readonly Dictionary<string, Case> Cases = new(StringComparer.Ordinal)
    {
        ["a branch"] = new("""
            (float[rows, 4] x) => (float y) <int64[1] zero = {0}, int64[1] three = {3}, float[4] w = {0.3, -0.7, 1.1, 0.9}>
            {
              shape = Shape(x) rows = Gather(shape, zero) few = Less(rows, three) scaled = Mul(x, w)
              y = If<then_branch = then() => (float a) <float[4] v = {2, 3, 4, 5}> { b = Tanh(scaled) a = Mul(b, v) },
                else_branch = other() => (float c) { d = Exp(x) c = Sub(d, scaled) }>(few)
            }
            """, "[?, 4]", [[("x", [2, 4])], [("x", [3, 4])], [("x", [1, 4])]]),
        ["a branch in a branch"] = new("""
            (float[rows, columns] x) => (float y) <int64[1] zero = {0}, int64[1] one = {1}, int64[1] two = {2}>
            {
              shape = Shape(x) rows = Gather(shape, zero) columns = Gather(shape, one) even = Equal(rows, two)
              y = If<then_branch = then() => (float a)
                  {
                    wide = Greater(columns, two)
                    a = If<then_branch = t() => (float p) { p = Tanh(x) }, else_branch = e() => (float q) { q = Neg(x) }>(wide)
                  },
                else_branch = other() => (float c) { c = Mul(x, x) }>(even)
            }
            """, "[?, ?]", [[("x", [2, 2])], [("x", [2, 3])], [("x", [5, 3])]]),
        ["a branch of numbers that make a shape"] = new("""
            (float[rows, 4] x) => (float y) <int64[1] zero = {0}, int64[1] two = {2}>
            {
              shape = Shape(x) rows = Gather(shape, zero) even = Equal(rows, two)
              target = If<then_branch = t() => (int64[2] p) <int64[2] p = {4, 2}> {},
                else_branch = e() => (int64[2] q) <int64[2] q = {-1, 1}> {}>(even)
              y = Reshape(x, target)
            }
            """, "[?, ?]", [[("x", [2, 4])], [("x", [3, 4])]]),
        ["a branch by a number that is fed"] = new("""
            (float[rows, 4] x, float[1] n) => (float y) <float[1] zero = {0}>
            {
              above = Greater(n, zero)
              y = If<then_branch = t() => (float p) { p = Tanh(x) }, else_branch = e() => (float q) { q = Exp(x) }>(above)
            }
            """, "[?, 4]", [[("x", [3, 4]), ("n", [1])], [("x", [1, 4]), ("n", [1])]]),
        ["a loop with as many steps as rows"] = new("""
            (float[rows, 3] x) => (float last, float all) <int64[1] zero = {0}, int64[] first = {0}, float[1, 3] h = {0.1, 0.2, 0.3},
              float[3, 3] w = {0.3, -0.7, 1.1, 0.9, 0.2, -0.5, 0.8, 0.4, 0.1}>
            {
              shape = Shape(x) rows = Gather(shape, first)
              last, all = Loop<body = body(int64[] i, bool[] on, float state) => (bool[] goes, float next, float made)
                {
                  goes = Identity(on) row = Gather<axis = 0>(x, i) one = Unsqueeze(row, zero)
                  p = MatMul(state, w) q = Add(p, one) next = Tanh(q) made = Squeeze(next, zero)
                }>(rows, _, h)
            }
            """, "[1, 3]", [[("x", [2, 3])], [("x", [5, 3])], [("x", [1, 3])]]),
        ["a loop that carries more in each step"] = new("""
            (float[rows, 3] x) => (float y) <int64[] zero = {0}, float[1, 3] h = {0.1, 0.2, 0.3}>
            {
              shape = Shape(x) rows = Gather(shape, zero)
              y = Loop<body = body(int64[] i, bool[] on, float state) => (bool[] goes, float next)
                { goes = Identity(on) next = Concat<axis = 0>(state, x) }>(rows, _, h)
            }
            """, "[?, 3]", [[("x", [2, 3])], [("x", [3, 3])]]),
        ["a loop that ends by a size"] = new("""
            (float[rows, 3] x) => (float y) <int64[] zero = {0}, int64[] one = {1}, int64[] many = {1000}>
            {
              shape = Shape(x) rows = Gather(shape, zero)
              y = Loop<body = body(int64[] i, bool[] on, float state) => (bool goes, float next)
                { j = Add(i, one) goes = Less(j, rows) next = Mul(state, x) }>(many, _, x)
            }
            """, "[?, 3]", [[("x", [2, 3])], [("x", [4, 3])]]),
        ["a scan over rows"] = new("""
            (float[rows, 3] x, float[3] h) => (float last, float all)
            {
              last, all = Scan<num_scan_inputs = 1, scan_input_directions = [1], scan_output_axes = [1], body =
                body(float[3] state, float[3] row) => (float[3] next, float[3] made)
                { s = Add(state, row) next = Tanh(s) made = Identity(next) }>(h, x)
            }
            """, "[3]", [[("x", [2, 3]), ("h", [3])], [("x", [5, 3]), ("h", [3])]]),
        ["a scan over the rows of a batch, as in op set 8"] = new("""
            (float[batch, 1] h, float[batch, steps, 2] x) => (float[batch, 1] last, float[batch, steps, 1] all)
            {
              last, all = Scan<num_scan_inputs = 1, body = body(float[1] state, float[2] row) => (float[1] next, float[1] made)
                { total = ReduceSum<axes = [0]>(row) s = Add(state, total) next = Tanh(s) made = Identity(next) }>(_, h, x)
            }
            """, "[?, 1]", [[("h", [2, 1]), ("x", [2, 3, 2])], [("h", [1, 1]), ("x", [1, 4, 2])]], 8),
        ["two free sizes of which one is 1"] = new("""
            (float[a, 4] x, float[b, 4] z, float[a, 4] u) => (float y)
            { s = Mul(x, z) p = Tanh(s) q = Div(p, u) r = Max(q, z) y = Sub(r, x) }
            """, "[?, 4]", [[("x", [3, 4]), ("z", [1, 4]), ("u", [3, 4])], [("x", [1, 4]), ("z", [3, 4]), ("u", [1, 4])],
                [("x", [2, 4]), ("z", [2, 4]), ("u", [2, 4])]]),
        ["a free size that meets a known one"] = new("""
            (float[a, 4] x) => (float y) <float[3, 4] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}>
            { s = Mul(x, w) y = Tanh(s) }
            """, "[3, 4]", [[("x", [1, 4])], [("x", [3, 4])]]),
        ["products of matrices whose batches stretch"] = new("""
            (float[a, 2, 3] x, float[b, 3, 2] z) => (float y) { p = MatMul(x, z) y = Tanh(p) }
            """, "[?, 2, 2]", [[("x", [1, 2, 3]), ("z", [4, 3, 2])], [("x", [4, 2, 3]), ("z", [1, 3, 2])]]),
        ["a choice that stretches"] = new("""
            (float[a, 4] x, float[b, 1] z) => (float y) <float[] zero = {0}>
            { c = Less(z, zero) e = Exp(x) y = Where(c, e, x) }
            """, "[?, 4]", [[("x", [1, 4]), ("z", [3, 1])], [("x", [3, 4]), ("z", [1, 1])]]),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void It_means_the_same_as_in_ONNX_Runtime(string name)
    {
        var (text, shape, all, opset) = Cases[name];
        var file = OnnxText.Bytes(text, opset);
        var model = OnnxModel.Load(new MemoryStream(file));
        Assert.Equal(shape, model.Outputs[0].Node.Shape.ToString());
        var nodes = model.Outputs.Select(output => output.Node).ToList();
        foreach (var fed in all)
        {
            var feed = Fed(model, fed);
            var other = OnnxRuntimeRun.Of(file,
                feed.ToDictionary(one => one.Key.Name!, one => (one.Value, ElementType.Float32), StringComparer.Ordinal));
            Assert.Null(Exported.FirstDifference(nodes, PlainReading.ValuesOf(nodes, feed), other, 1e-5));
            var compiled = new Reading([.. nodes], feed.ToDictionary(), default).Compiled();
            foreach (var (own, theirs) in compiled.Zip(other))
            {
                Assert.All(own.Zip(theirs.Elements),
                    pair => Assert.Equal(pair.Second, pair.First, 1e-4 * Math.Max(1, Math.Abs(pair.Second))));
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Its_derivatives_are_those_of_differences(string name)
    {
        var (text, _, all, opset) = Cases[name];
        var model = OnnxModel.Load(new MemoryStream(OnnxText.Bytes(text, opset)));
        foreach (var fed in all)
        {
            var feed = new Feed();
            foreach (var (input, value) in Fed(model, fed))
            {
                feed[input] = DataArray.From(Array.ConvertAll(value.Elements, number => (float)number))
                    .Reshape([.. value.Sizes.Select(size => (long)size)]);
            }
            // As variables, the inputs have gradients, and their gradients others.
            var w = model.Inputs.Select(input => new Variable($"w_{input.Name}", [], Initializer.Constant(1))).ToArray();
            var y = model.Outputs.Select(output => output.Node).ToArray().Replace(
                model.Inputs.Zip(w).ToDictionary(pair => pair.First, pair => pair.Second * pair.First))[0];
            IsRight(GradientCheck.Of(y.Power(2).Sum(), feed));
            IsRight(GradientCheck.Of(Gradients.Of(y.Power(3).Sum(), w[0])[0].Sum(), feed));
        }
    }

    [Fact]
    public void A_reshape_with_one_open_size_is_one_at_once_and_can_leave_again()
    {
        // As PyTorch writes x.view(x.size(0), -1), and PaddlePaddle.
        var model = OnnxModel.Load(new MemoryStream(OnnxText.Bytes("""
            (float[batch, 2, 3] x) => (float y, float z) <int64[1] zero = {0}, int64[1] one = {1}, int64[1] six = {6}>
            {
              shape = Shape(x) batch = Slice(shape, zero, one) target = Concat<axis = 0>(batch, six) y = Reshape(x, target)
              keep = Concat<axis = 0>(zero, six) p = Exp(x) z = Reshape(p, keep)
            }
            """)));
        Assert.All(model.Outputs, output => Assert.IsType<Reshape>(((Operation)output.Node).Op));
        var feed = Fed(model, [("x", [4, 2, 3])]);
        Assert.Null(Exported.Difference([.. model.Outputs.Select(output => output.Node)], feed));
    }

    [Fact]
    public void Branches_of_different_ranks_predict_if_the_file_declares_the_rank_and_are_refused_if_it_does_not()
    {
        string Text(string declared) => $$"""
            (float[rows, 4] x) => ({{declared}} y) <int64[1] zero = {0}, int64[1] one = {1}>
            {
              shape = Shape(x) rows = Gather(shape, zero) single = Equal(rows, one)
              y = If<then_branch = t() => (float p) { p = Squeeze(x, zero) }, else_branch = e() => (float q) { q = Exp(x) }>(single)
            }
            """;
        var model = OnnxModel.Load(new MemoryStream(OnnxText.Bytes(Text("float[a, b]"))));
        var used = new Model(losses: default, predictions: model.Outputs[0].Node);
        Assert.Equal([4], used.Predict(new Feed { [model.Inputs[0]] = new float[1, 4] }).Lengths.ToArray());
        Assert.Equal([3, 4], used.Predict(new Feed { [model.Inputs[0]] = new float[3, 4] }).Lengths.ToArray());
        var refusal = Assert.Throws<OnnxException>(() => OnnxModel.Load(new MemoryStream(OnnxText.Bytes(Text("float"))))).Message;
        Assert.Contains("If that makes 'y'", refusal, StringComparison.Ordinal);
        Assert.Contains("OnnxImportOptions.Sizes", refusal, StringComparison.Ordinal);
        OnnxModel.Load(new MemoryStream(OnnxText.Bytes(Text("float"))), options: new() { Sizes = { ["rows"] = 1 } });
    }

    [Fact]
    public void In_a_graph_of_ones_own_a_size_of_1_is_not_stretched_unless_it_is_asked_for()
    {
        var (x, z) = (new Placeholder("x", [null, 2]), new Placeholder("z", [null, 2]));
        var y = x * z;
        var feed = new Feed { [x] = new float[,] { { 1, 2 }, { 3, 4 } }, [z] = new float[,] { { 5, 6 } } };
        Assert.Throws<ShapeException>(() => new Model(losses: default, predictions: y).Predict(feed));
        Node[] late = [.. new[] { y }.StretchLate()];
        Assert.Equal([5, 12, 15, 24], new Model(losses: default, predictions: late[0]).Predict(feed).ToArray());
        Assert.Throws<ShapeException>(() => new Model(losses: default, predictions: y).Predict(feed));
        // What needs no feed to know what is stretched stays as it is.
        var bias = x + new Variable("b", [2]);
        Assert.Same(bias, new[] { bias }.StretchLate()[0]);
    }

    private static void IsRight(GradientCheckResult check) => Assert.True(check.IsRight, check.ToString());

    private static PlainFeed Fed(OnnxModel model, (string Name, int[] Sizes)[] fed)
    {
        var feed = new PlainFeed();
        foreach (var (input, sizes) in fed)
        {
            var count = sizes.Aggregate(1, (product, size) => product * size);
            feed[model.Inputs.Single(one => one.Name == input)] = new PlainTensor(Shape.Of(sizes),
                [.. Enumerable.Range(1, count).Select(i => (double)MathF.Sin(i * i * 0.37f + i + sizes.Length + input[0]))]);
        }
        return feed;
    }
}
