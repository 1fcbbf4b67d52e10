namespace SimpleFlow.Tests.Compilation;

/// <summary>What fusion may not change: bits, wherever a tile ends.</summary>
[Trait("Promise", "3")]
public class FusionTests
{
    [Theory, InlineData(341), InlineData(342), InlineData(343), InlineData(400), InlineData(683)]
    public void The_bits_of_an_element_do_not_depend_on_where_its_tile_ends(int rows)
    {
        // A bias of period 3 makes tiles of 1,023 elements; alone, the functions run on tiles of
        // 1,024, and the last few elements fall differently.
        var x = new Placeholder("x", [rows, 3]);
        var bias = new Variable("bias", [3], Initializer.Constant(0.1f, -0.2f, 0.3f));
        var random = new Random(rows);
        var fed = new Dictionary<Placeholder, PlainTensor>
        {
            [x] = new PlainTensor([rows, 3],
            [.. Enumerable.Range(0, 3 * rows).Select(_ => (double)(float)(4 * random.NextDouble() - 2))])
        };
        foreach (var function in new Func<Node, Node>[] { x => x.Exp(), x => x.Tanh(), x => x.Sigmoid(), x => x.Softplus(),
            x => x.Abs().Log(), x => x.Abs().Sqrt(), x => x.Power(3), x => x.Abs().Power(1.7f) })
        {
            var reading = new Reading([function(x) + bias], fed, default);
            Reading.AssertSame(reading.Compiled(), reading.Compiled(Reading.OneThread with { Without = ["Fuse"] }), function(x).Label);
        }
    }

    [Fact]
    public void A_chain_is_one_step_and_a_long_one_a_few()
    {
        var x = new Placeholder("x", [5]);
        Node y = x;
        for (var i = 0; i < 20; i++) y = (y * 1.01f).Tanh();
        var reading = new Reading([y], new Dictionary<Placeholder, PlainTensor> { [x] = new PlainTensor([5], [1, 2, 3, 4, 5]) }, default);
        Assert.Single(reading.Compile().Steps);
        Assert.Equal(40, reading.Compile(Reading.OneThread with { Without = ["Fuse"] }).Steps.Count);
    }

    private static PlainTensor Random(int seed, params int[] sizes)
    {
        var random = new Random(seed);
        var tensor = new PlainTensor(Shape.Of(sizes));
        for (var i = 0; i < tensor.Count; i++) tensor.Elements[i] = (float)(4 * random.NextDouble() - 2);
        return tensor;
    }

    private static string[] Titles(Reading reading) => [.. reading.Compile().Steps.Select(step => step.Title)];

    [Fact]
    public void Bias_activation_and_mask_join_the_product_they_go_on_with()
    {
        var x = new Placeholder("x", [6, 5]);
        var w1 = new Variable("w1", [5, 8]);
        var b1 = new Variable("b1", [8]);
        var w2 = new Variable("w2", [8, 12]);
        var hidden = (x.MatMul(w1) + b1).Relu();
        var loss = hidden.MatMul(w2).Tanh().Sum(axis: 0).Sum();
        var gradients = Gradients.Of(loss, [w1, b1, w2]);
        var reading = new Reading([loss, .. gradients], new Dictionary<Placeholder, PlainTensor> { [x] = Random(1, 6, 5) }, default);
        var titles = Titles(reading);
        Assert.Contains("MatMul → Add → Relu", titles);
        Assert.Contains(titles, title => title.StartsWith("MatMul → Tanh", StringComparison.Ordinal));
        Assert.Contains(titles, title => title.StartsWith("MatMul(A·Bᵀ) → Greater → Select", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_made_only_to_be_reduced_is_never_in_memory()
    {
        var x = new Placeholder("x", [40, 8]);
        var y = new Placeholder("y", [40, 8]);
        var reading = new Reading([(x - y).Power(2).Mean(), (x * y).Abs().Max(axis: 1)],
            new Dictionary<Placeholder, PlainTensor> { [x] = Random(1, 40, 8), [y] = Random(2, 40, 8) }, default);
        Assert.Equal(["Subtract → Power(2) → ReduceMean(all axes)", "Multiply → Abs → ReduceMax(axes [1])"], Titles(reading));
        Assert.Equal(64, reading.Compile().Memory.Length - 640);         // one number and forty, on cache lines of their own
    }

    [Fact]
    public void What_would_leave_one_to_three_elements_over_stays_apart()
    {
        var x = new Placeholder("x", [6, 5]);
        var reading = new Reading([x.MatMul(new Variable("w", [5, 7])).Exp(), x.Exp().Sum(axis: 1)],
            new Dictionary<Placeholder, PlainTensor> { [x] = Random(1, 6, 5) }, default);
        Assert.Equal(4, Titles(reading).Length);
    }

    [Fact]
    public void What_waits_for_something_later_stays_apart_and_assignments_wait_for_readers()
    {
        var x = new Placeholder("x", [4, 4]);
        var v = new Variable("v", [4, 4]);
        var first = x.MatMul(v);
        var second = first.MatMul(v, transposeRight: true);
        var both = first + second.Sum(axis: 0);
        var reading = new Reading([both, v.Assign(first * 2f)], new Dictionary<Placeholder, PlainTensor> { [x] = Random(1, 4, 4) },
            default);
        Assert.Equal(["MatMul", "MatMul(A·Bᵀ)", "ReduceSum(axes [0])"],
            Titles(reading)
                .Where(title => !title.Contains("Add", StringComparison.Ordinal) && !title.Contains("Assign", StringComparison.Ordinal)));
    }

    public static TheoryData<int, int, int> Sizes => new()
    {
        { 1, 3, 4 }, { 7, 5, 8 }, { 33, 20, 20 }, { 130, 30, 516 }, { 200, 9, 1028 }, { 5, 300, 2052 },
    };

    [Theory, MemberData(nameof(Sizes))]
    public void A_product_that_hands_on_gives_the_bits_of_one_that_does_not(int rows, int depth, int columns)
    {
        var x = new Placeholder("x", [rows, depth]);
        var fed = new Dictionary<Placeholder, PlainTensor> { [x] = Random(rows, rows, depth) };
        var (w, b) = (new Variable("w", [depth, columns]), new Variable("b", [columns]));
        var scale = new Variable("scale", [rows, 1]);
        var product = x.MatMul(w, name: "product");
        var y = ((product + b).Tanh() * scale).Exp();
        var reading = new Reading([y, product, y.Sum(axis: 1)], fed, default);
        var apart = reading.Compiled(Reading.OneThread with { Without = ["Fuse"] });
        foreach (var threads in new[] { 1, 2, 3, 8 })
            Reading.AssertSame(apart, reading.Compiled(Reading.OneThread with { Threads = threads, CostWorthSplitting = 0 }),
                $"{rows}×{depth}×{columns} on {threads} threads");
    }

    [Theory, InlineData(1, 4), InlineData(3, 8), InlineData(100, 64), InlineData(1, 12_300), InlineData(2, 4_100), InlineData(70, 1024),
        InlineData(8, 819), InlineData(12, 3)]
    public void A_reduction_that_takes_over_gives_the_bits_of_one_that_does_not(int rows, int length)
    {
        var x = new Placeholder("x", [rows, length]);
        var fed = new Dictionary<Placeholder, PlainTensor> { [x] = Random(rows, rows, length) };
        var bias = new Variable("bias", [length]);
        var values = (x + bias).Tanh();
        var reading = new Reading([values.Sum(axis: 1), (x * bias).Exp().Mean(axis: 1), (x - bias).Max(axis: 1), (x * x).Sqrt().Sum(),
            values.Max()], fed, default);
        var apart = reading.Compiled(Reading.OneThread with { Without = ["Fuse"] });
        foreach (var threads in new[] { 1, 2, 3, 8 })
            Reading.AssertSame(apart, reading.Compiled(Reading.OneThread with { Threads = threads, CostWorthSplitting = 0 }),
                $"{rows}×{length} on {threads} threads");
    }
}
