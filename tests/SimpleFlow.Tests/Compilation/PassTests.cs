using SimpleFlow.Compilation;

namespace SimpleFlow.Tests.Compilation;

/// <summary>What each pass makes of a graph: structure here, and through <see cref="Reading"/> that the values stay.</summary>
[Trait("Promise", "3")]
public class PassTests
{
    private readonly Placeholder _x = new("x", [2, 3]);
    private readonly Variable _w = new("w", [3], Initializer.Constant(1, -2, 3));

    private Dictionary<Placeholder, PlainTensor> Fed => new() { [_x] = new PlainTensor([2, 3], [1, -2, 3, 0, 0.5, -1]) };

    private static Operation Op(Node node) => Assert.IsType<Operation>(node);

    /// <summary>The only output after the pass, having checked that both graphs mean the same.</summary>
    private Node After(Pass pass, Node node)
    {
        var after = pass.Run([node])[0];
        Assert.Equal((node.Shape, node.ElementType), (after.Shape, after.ElementType));
        var step = new StepIdentity(1, 2);
        Assert.Equal(PlainReading.ValuesOf([node], Fed, step: step)[node].Elements,
            PlainReading.ValuesOf([after], Fed, step: step)[after].Elements);
        return after;
    }

    [Fact]
    public void Equal_nodes_become_one()
    {
        Node[] outputs = [(_x * _w + 1f).Sum(axis: 1), (_x * _w + 1f).Sum(axis: 1), (_x * _w + 1f).Sum(axis: 0)];
        var merged = new Merge().Run(outputs);
        Assert.Same(merged[0], merged[1]);
        Assert.NotSame(merged[0], merged[2]);
        Assert.Same(merged[0].Inputs[0], merged[2].Inputs[0]);
        // x, w, 1, x·w, x·w + 1 and two sums.
        Assert.Equal(7, GraphOrder.Of(merged).Count);
    }

    [Fact]
    public void Nodes_that_differ_in_an_attribute_an_operand_or_their_order_stay_apart()
    {
        foreach (var (left, right) in new (Node, Node)[]
        {
            (_x.Power(2), _x.Power(3)), (_x.Sum(axis: 0), _x.Sum(axis: 1)), (_x.Sum(axis: 0), _x.Sum(axis: 0, keep: true)),
            (_x.Sum(), _x.Mean()),
            (_x - _w, _w - _x), (_x.LeakyRelu(0.1f), _x.LeakyRelu(0.2f)), (_x.Slice(1, 0, 1), _x.Slice(1, 1, 2)),
            (_x.Softmax(0), _x.Softmax(1)),
            (_x.Transpose([0, 1]), _x.Transpose([1, 0])), (_x.Clip(0, 1), _x.Clip(0, 2)), (_x * 1f, _x * 2f),
            (_x.MatMul(_x, true), _x.MatMul(_x, false, true)),
            (_x.Broadcast([1, 2, 3]), _x.Broadcast([4, 2, 3])), (_x.ArgMax(0), _x.ArgMax(1)),
        })
        {
            var merged = new Merge().Run([left, right]);
            Assert.NotSame(merged[0], merged[1]);
        }
    }

    [Fact]
    public void Constants_merge_by_their_bits_and_shape()
    {
        Node Constant(double value, Shape shape, ElementType type = ElementType.Float32) =>
            new Constant([.. Enumerable.Repeat(value, (int)shape.ElementCount)], shape, type);
        bool Merges(Node a, Node b) => new Merge().Run([a, b]) is var merged && ReferenceEquals(merged[0], merged[1]);
        Assert.True(Merges(Constant(2, [3]), Constant(2, [3])));
        Assert.True(Merges(Constant(double.NaN, []), Constant(double.NaN, [])));
        Assert.False(Merges(Constant(2, [3]), Constant(2, [1, 3])));
        Assert.False(Merges(Constant(2, []), Constant(3, [])));
        Assert.False(Merges(Constant(1, []), Constant(1, [], ElementType.Int32)));
        // 1/0 is ∞, 1/−0 is −∞.
        Assert.False(Merges(Constant(0, []), Constant(-0.0, [])));
    }

    [Fact]
    public void Randomness_and_assignments_stay_apart()
    {
        Node[] outputs = [_x.RandomNormal(), _x.RandomNormal(), _w.Assign(_w + 1f), _w.Assign(_w + 1f)];
        var merged = new Merge().Run(outputs);
        Assert.Equal(4, merged.Distinct().Count());
        Assert.Same(merged[2].Inputs[1], merged[3].Inputs[1]);
    }

    [Fact]
    public void What_depends_on_constants_alone_is_computed_by_the_compiler()
    {
        var folded = After(new Fold(), _x * (new Constant(2f).Exp() + 1f));
        var factor = Assert.IsType<Constant>(folded.Inputs[1]);
        Assert.Equal(Math.Exp(2) + 1, factor.Elements[0], 1e-15);
        Assert.Same(_x, folded.Inputs[0]);
    }

    [Fact]
    public void What_is_large_random_or_stretched_is_not_folded()
    {
        var two = new Constant(2f);
        Assert.IsType<Operation>(After(new Fold(), two.RandomUniform()));
        Assert.IsType<Operation>(After(new Fold(), two.Broadcast([2, 3])));
        Assert.IsType<Operation>(After(new Fold(), new Constant("c", new float[5000]).Exp()));
        Assert.IsType<Operation>(After(new Fold(), _w.Exp()));
    }

    [Fact]
    public void What_is_needed_for_its_shape_alone_is_not_computed()
    {
        var heavy = _x.MatMul(_x, transposeRight: true).Exp();
        Assert.Equal([typeof(RandomNormal)], Ops(heavy.RandomNormal(), new CompilerOptions()));
        // Like: the count of a mean, and what a gradient is stretched to.
        Assert.DoesNotContain(typeof(MatMul), Ops(Gradients.Of(heavy.Mean(), heavy)[0], new CompilerOptions()));
    }

    // −0 + 0 is 0.
    [Fact]
    public void Adding_0_is_not_left_out_as_it_changes_the_sign_of_a_zero()
    {
        Assert.NotSame(_x, After(new Simplify(), _x + 0f));
        Assert.NotSame(_x, After(new Simplify(), _x - -0f));
        Assert.NotSame(_x, After(new Simplify(), _x - new Constant("zeros", [0, -0f, 0])));
    }

    public static TheoryData<string> Neutral =>
        ["x+-0", "-0+x", "x-0", "x*1", "1*x", "x/1", "x^1", "--x", "stop", "reshape", "slice", "transpose", "sum1", "cast", "stretch"];

    [Theory, MemberData(nameof(Neutral))]
    public void What_changes_nothing_disappears(string expression)
    {
        var unchanged = After(new Simplify(), expression switch
        {
            "x+-0" => _x + -0f,
            "-0+x" => -0f + _x,
            "x-0" => _x - new Constant("zeros", new float[3]),
            "x*1" => _x * 1f,
            "1*x" => new Constant([1, 1, 1], [3], ElementType.Float32) * _x,
            "x/1" => _x / 1f,
            "x^1" => _x.Power(1),
            "--x" => -(-_x),
            "stop" => _x.StopGradient(),
            "reshape" => _x.Reshape([6]).Reshape([3, 2]).Reshape([2, 3]),
            "slice" => _x.Slice(1, 0, 3),
            "transpose" => _x.Transpose([0, 1]),
            "sum1" => _x.Reshape([2, 3, 1]).Sum(axis: 2),
            "cast" => _x.Cast(),
            _ => _x.Broadcast([2, 3]),
        });
        Assert.Same(_x, unchanged);
    }

    [Fact]
    public void What_looks_neutral_and_is_not_stays()
    {
        var one = new Placeholder("one", [1]);
        // Adding zeros of a larger shape stretches.
        Node stretched = one + new Constant("zeros", new float[3]);
        Assert.Same(stretched, new Simplify().Run([stretched])[0]);
        foreach (var node in new[] { 0f - _x, 1f / _x, _x * new Constant([1, 1, 2], [3], ElementType.Float32), _x.Power(-1),
            _x.Slice(1, 0, 2), _x.Transpose() })
            Assert.Same(node, After(new Simplify(), node));
    }

    [Fact]
    public void Elementwise_ops_stretch_by_themselves()
    {
        var simpler = After(new Simplify(), _x * _w.Broadcast([2, 3]));
        Assert.Same(_w, simpler.Inputs[1]);
        // But not where the stretched operand gives the result its shape.
        var wide = _w.Broadcast([2, 3]) * 2f;
        Assert.Same(wide, After(new Simplify(), wide));
    }

    [Fact]
    public void Transposing_what_has_one_row_moves_nothing()
    {
        var row = _w.Reshape([1, 3]).Transpose();
        Assert.IsType<Reshape>(Op(After(new Simplify(), row)).Op);
        Assert.IsType<Transpose>(Op(After(new Simplify(), _x.Transpose())).Op);
    }

    [Fact]
    public void A_batch_of_rows_times_one_matrix_is_one_tall_product()
    {
        var batch = new Placeholder("batch", [5, 2, 3]);
        var product = batch.MatMul(_w.Reshape([3, 1]));
        var tall = Op(new Simplify().Run([product])[0]);
        Assert.IsType<Reshape>(tall.Op);
        Assert.Equal([10, 1], Op(tall.InputArray[0]).Shape);
        Assert.Equal([5, 2, 1], tall.Shape);
    }

    [Fact]
    public void Ops_without_kernels_become_ops_with_kernels()
    {
        var cube = new Placeholder("cube", [2, 3, 4]);
        Type[] Lowered(Node node) =>
            [.. GraphOrder.Of(new Lower().Run([node])).OfType<Operation>().Select(operation => operation.Op.GetType())];
        Assert.Equal([typeof(Transpose), typeof(Softmax), typeof(Transpose)], Lowered(cube.Softmax(0)));
        Assert.Equal([typeof(LogSoftmax)], Lowered(cube.LogSoftmax()));
        Assert.Equal([typeof(ReduceSum), typeof(ReduceSum), typeof(Reshape)], Lowered(cube.Sum([0, 2])));
        Assert.Equal([typeof(ReduceMax)], Lowered(cube.Max([1, 2])));
        Assert.Equal([typeof(Reshape)], Lowered(Flow.AddFlow(cube, new Unsqueeze([0]))));
        Assert.Empty(Lowered(Flow.AddFlow(cube, new CountElements(null))));
        Assert.IsType<Constant>(new Lower().Run([Flow.AddFlow(cube, new CountElements([0, 2]))])[0]);
    }

    [Fact]
    public void The_compiler_knows_every_shape_and_refuses_what_was_fed_wrongly()
    {
        var (x, y) = (new Placeholder("x", [null, 3]), new Placeholder("y", [null, 3]));
        Node sum = x + y;
        Plan Compile(Shape left, Shape right) =>
            Compiler.Compile([sum], new Dictionary<Placeholder, Shape> { [x] = left, [y] = right }, Reading.OneThread);
        Assert.Equal([7, 3], Compile([7, 3], [7, 3]).Outputs[0].Shape);
        Assert.Contains("do not broadcast", Assert.Throws<ShapeException>(() => Compile([7, 3], [5, 3])).Message, StringComparison.Ordinal);
        Assert.Contains("never stretched", Assert.Throws<ShapeException>(() => Compile([7, 3], [1, 3])).Message, StringComparison.Ordinal);
        Assert.Contains("`x`", Assert.Throws<GraphException>(() => Compile([7, 4], [7, 3])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stretch_to_a_smaller_shape_is_refused_when_it_is_built()
    {
        Assert.Throws<ShapeException>(() => Flow.AddFlow(_w, new BroadcastLike(new Constant("one", new float[1]))));
        Assert.Throws<ShapeException>(() => _w.Broadcast([1]));
    }

    private Type[] Ops(Node node, CompilerOptions options) =>
        [.. new Reading([node], Fed, default).Compile(options).Steps.SelectMany(step => step.Nodes)
            .Select(operation => operation.Op.GetType())];
}
