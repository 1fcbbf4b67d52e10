namespace SimpleFlow.Tests.Training;

/// <summary>A step whose loss or gradients are not finite changes nothing, and the error says where it began.</summary>
[Trait("Promise", "13")]
public class GuardTests
{
    private readonly Placeholder _x = new("x", [null, 2]);
    private readonly Placeholder _y = new("y", [null, 1]);

    public static TheoryData<string> Optimizers => [.. Makers.Keys];

    private static Dictionary<string, Func<Optimizer>> Makers { get; } = new(StringComparer.Ordinal)
    {
        ["gradient descent"] = () => new GradientDescent(),
        ["momentum"] = () => new Momentum(0.01f),
        ["Nesterov"] = () => new Nesterov(0.01f),
        ["AdaGrad"] = () => new AdaGrad(0.1f),
        ["RMSProp"] = () => new RmsProp(0.01f),
        ["Adam"] = () => new Adam(0.01f),
        ["AdamW"] = () => new AdamW(0.01f),
        ["clipped by norm"] = () => new Adam(0.01f) { ClipNorm = 1 },
        ["clipped by value"] = () => new Momentum(0.01f) { ClipValue = 1 },
    };

    [Theory, MemberData(nameof(Optimizers))]
    public void A_bad_row_leaves_everything_as_the_step_before_did(string optimizer)
    {
        // The second model never sees the bad batch: from there on both must be the same, in all that training changes.
        var (stopped, never) = (Net(Makers[optimizer]()), Net(Makers[optimizer]()));
        foreach (var model in new[] { stopped, never }) model.Fit(Feed(seed: 1), 5);
        var error = Assert.Throws<TrainingException>(() => stopped.Fit(Feed(seed: 2, badRow: 6), 5));
        Assert.Equal((6, 5), (error.Iteration, stopped.Iterations));
        Assert.Equal([6], error.Rows);
        AssertSame(never, stopped);
        foreach (var model in new[] { stopped, never }) Assert.True(float.IsFinite(model.Fit(Feed(seed: 3), 5).Loss));
        AssertSame(never, stopped);
    }

    [Theory, InlineData(1), InlineData(3)]
    public void Within_an_epoch_the_row_of_the_dataset_is_named(int accumulate)
    {
        const int rows = 40, bad = 29;
        var model = Net(new Adam());
        var data = Data(rows);
        data[bad, 1] = float.NaN;
        var error = Assert.Throws<TrainingException>(() => model.Fit(new Dataset { [_x] = data, [_y] = Targets(rows) }, new FitOptions
        {
            Epochs = 2,
            BatchSize = 4,
            Accumulate = accumulate,
        }));
        Assert.Equal([bad], error.Rows);
        Assert.Same(_x, error.Node);
        Assert.Equal(model.Iterations + 1, error.Iteration);
        Assert.Contains($"Rows of the dataset, from 0: {bad}.", error.Message, StringComparison.Ordinal);
        Assert.All(Everything(model), element => Assert.True(float.IsFinite(element)));
    }

    [Fact]
    public void Gathered_gradients_are_not_poisoned_either()
    {
        // The bad row comes in a batch that only gathers. With it replaced, the same fit runs
        // from where it stopped as one that never met it.
        var data = Data(12);
        var model = Net(new Adam());
        void Fit() => model.Fit(new Dataset { [_x] = data, [_y] = Targets(12) }, new FitOptions
        {
            Epochs = 1,
            BatchSize = 4,
            Shuffle = false,
            Accumulate = 3,
        });
        (var kept, data[1, 0]) = (data[1, 0], float.PositiveInfinity);
        Assert.Equal([1], Assert.Throws<TrainingException>(Fit).Rows);
        data[1, 0] = kept;
        Fit();
        var never = Net(new Adam());
        never.Fit(new Dataset { [_x] = data, [_y] = Targets(12) }, new FitOptions
        {
            Epochs = 1,
            BatchSize = 4,
            Shuffle = false,
            Accumulate = 3,
        });
        Weights.AssertSame(Weights.Of(never), Weights.Of(model));
    }

    [Fact]
    public void A_profile_is_guarded_too() => Assert.Throws<TrainingException>(() => Net(new Adam()).Profile(Feed(seed: 1, badRow: 0), 2));

    [Fact]
    public void Running_averages_and_assignments_of_the_users_wait_for_the_guard()
    {
        var counter = new Variable("counter", [], Initializer.Zeros(), trainable: false);
        var norm = Layers.BatchNorm(Layers.Dense(_x, 3, name: "hidden"), name: "norm");
        var model = new Model(Losses.MeanSquaredError(Layers.Dense(norm, 1, name: "out"), _y), optimizer: new Adam(),
            metrics: counter.Assign(counter + 1f, "steps"));
        model.Fit(Feed(seed: 1), 3);
        var before = Everything(model);
        Assert.Throws<TrainingException>(() => model.Fit(Feed(seed: 1, badRow: 2), 3));
        Assert.Equal(3, counter.Value);
        Weights.AssertSame(before, Everything(model));
    }

    [Fact]
    public void Steps_that_are_too_long_end_in_an_overflow_that_is_named_with_ranges()
    {
        var w = new Variable("w", [2, 1], Initializer.Constant(0.5f, -0.5f));
        var predicted = _x.MatMul(w, name: "predicted");
        var model = new Model((predicted - _y).Power(2, "square").Mean(), optimizer: new GradientDescent(1e9f, 0));
        var error = Assert.Throws<TrainingException>(() => model.Fit(Feed(seed: 1), 100));
        Assert.InRange(model.Iterations, 1, 10);
        Assert.Equal("square", error.Node!.Name);
        Assert.StartsWith($"The loss is Infinity at iteration {model.Iterations + 1}. The step was not made", error.Message,
            StringComparison.Ordinal);
        Assert.Matches(
            @"It begins at `square` \(Power\(2\), GuardTests\.cs:\d+\): \[8, 1\], .*, \d of 8 not finite, the first Infinity at \[\d, 0\]",
            error.Message);
        Assert.Matches(@"  its input `predicted - y`: \[8, 1\], from \S+E\+\d+ to \S+E\+\d+\n", error.Message);
        Assert.Contains("the learning rate is too large", error.Message, StringComparison.Ordinal);
        Assert.All(w.Values, element => Assert.True(float.IsFinite(element)));
    }

    [Fact]
    public void The_logarithm_of_0_is_named_and_what_to_do()
    {
        var v = new Variable("v", [3], Initializer.Constant(2, 0, 1));
        var error = Assert.Throws<TrainingException>(() => new Model(v.Log("ln").Sum(), optimizer: new Adam()).Fit(new Feed(), 1));
        Assert.Equal("ln", error.Node!.Name);
        Assert.Contains("the first -Infinity at [1].", error.Message, StringComparison.Ordinal);
        Assert.Contains("  its input `v`: [3], from 0 to 2\nKeep its input above 0", error.Message, StringComparison.Ordinal);
        Assert.Equal([2, 0, 1], v.Values);
    }

    [Fact]
    public void A_finite_loss_with_a_gradient_that_is_not_stops_too()
    {
        var v = new Variable("v", [2], Initializer.Constant(4, 0));
        var model = new Model(v.Sqrt("root").Sum(), optimizer: new Momentum());
        var error = Assert.Throws<TrainingException>(() => model.Fit(new Feed(), 1));
        Assert.StartsWith("The loss is 2 at iteration 1, but its gradients are not finite.", error.Message, StringComparison.Ordinal);
        Assert.Contains("It begins in the gradient that `root` (Sqrt, ", error.Message, StringComparison.Ordinal);
        Assert.Contains(" hands back to `v`: [2], all 0.25, 1 of 2 not finite, the first Infinity at [1].", error.Message,
            StringComparison.Ordinal);
        Assert.Equal("root", error.Node!.Name);
        Assert.Equal([4, 0], v.Values);
    }

    [Fact]
    public void A_gradient_whose_square_overflows_would_stop_Adam_for_good_and_stops_the_fit()
    {
        var w = new Variable("w", [5], Initializer.Constant(1e-10f));
        var error = Assert.Throws<TrainingException>(() => new Model((w * 2e19f).Sum(), optimizer: new Adam()).Fit(new Feed(), 1));
        Assert.Same(w, error.Node);
        Assert.Contains("The gradient of `w` is [5], all 2E+19", error.Message, StringComparison.Ordinal);
        new Model((w * 1.8e19f).Sum(), optimizer: new Adam()).Fit(new Feed(), 1);
    }

    [Fact]
    public void A_sum_of_gradients_that_overflows_is_named_as_that()
    {
        var w = new Variable("w", [1], Initializer.Constant(1e-10f));
        var error = Assert.Throws<TrainingException>(() =>
            new Model((w * 3e38f).Sum() - (w * -3e38f).Sum(), optimizer: new Adam()).Fit(new Feed(), 1));
        Assert.Contains("It begins in the gradient of `w`, where what flows back from its uses is added up",
            error.Message.Replace($" ({w.MadeAt})", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_that_was_set_to_none_is_named()
    {
        var model = Net(new Adam());
        model.Variables[0].Set([1, 2, float.NaN, 4, 5, 6]);
        var error = Assert.Throws<TrainingException>(() => model.Fit(Feed(seed: 1), 1));
        Assert.Same(model.Variables[0], error.Node);
        Assert.Contains("It was so before the step", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_infinity_that_is_meant_is_not_blamed()
    {
        // A mask of −∞ is turned into 0 by softmax; what is wrong is the data.
        var mask = new Constant("mask", [0f, float.NegativeInfinity]);
        var w = new Variable("w", [2, 2], Initializer.Constant(1, 2, 3, 4));
        var loss = ((mask + _x.MatMul(w)).Softmax() * _y).Mean();
        var model = new Model(loss, optimizer: new Adam());
        model.Fit(Feed(seed: 1), 1);
        var error = Assert.Throws<TrainingException>(() => model.Fit(Feed(seed: 1, badRow: 4), 1));
        Assert.Same(_x, error.Node);
        Assert.Equal([4], error.Rows);
    }

    [Fact]
    public void Every_place_of_a_gradient_is_looked_at_whatever_the_number_of_threads()
    {
        // Larger than a part, with a rest that no vector covers.
        const int length = 400_003;
        foreach (var threads in new[] { 1, 2, 3, 40 })
        {
            var slope = new Placeholder("slope", [length]);
            var w = new Variable("w", [length], Initializer.Zeros());
            var model = new Model((w * slope).Sum(), optimizer: new GradientDescent(1, 0), threads: threads);
            var values = new float[length];
            var feed = new Feed { [slope] = values };
            foreach (var place in new[] { 0, 1, 31, 200_000, length - 4, length - 1 })
            {
                // 0 · ∞ is NaN in the loss too; a square that overflows is seen by the gradient's guard alone.
                values[place] = 3e19f;
                Assert.Same(w, Assert.Throws<TrainingException>(() => model.Fit(feed, 1)).Node);
                values[place] = 0;
            }
            model.Fit(feed, 1);
        }
    }

    [Fact]
    public void Where_there_is_no_memory_to_replay_the_step_the_error_is_the_same_without_the_place()
    {
        var model = Net(new GradientDescent());
        model.Fit(Feed(seed: 1), 1);
        using var _ = MemoryBudget.Pretend(1000);
        var error = Assert.Throws<TrainingException>(() => model.Fit(Feed(seed: 1, badRow: 2), 1));
        Assert.Equal((2, null, 0), (error.Iteration, error.Node, error.Rows.Count));
        Assert.Contains("Train on fewer rows at a time to find out.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_for_the_rate_ends_where_the_guard_ends_it_and_leaves_no_trace()
    {
        var model = Net(new GradientDescent());
        var before = Everything(model);
        var curve = model.FindLearningRate(new Dataset { [_x] = Data(20), [_y] = Targets(20) }, from: 1, to: 1e30f, steps: 50);
        Assert.True(curve.Diverged);
        Weights.AssertSame(before, Everything(model));
    }

    private Model Net(Optimizer optimizer)
    {
        var hidden = Layers.Dense(_x, 3, Activation.Tanh, name: "hidden");
        return new Model(Losses.MeanSquaredError(Layers.Dense(hidden, 1, name: "out"), _y), optimizer: optimizer, seed: 5);
    }

    private Feed Feed(int seed, int badRow = -1)
    {
        var data = Data(8, seed);
        if (badRow >= 0) data[badRow, 0] = float.NaN;
        return new Feed { [_x] = data, [_y] = Targets(8) };
    }

    private static float[,] Data(int rows, int seed = 1)
    {
        var random = new Random(seed);
        var data = new float[rows, 2];
        for (var row = 0; row < rows; row++) (data[row, 0], data[row, 1]) = (random.NextSingle(), random.NextSingle());
        return data;
    }

    private static float[,] Targets(int rows)
    {
        var targets = new float[rows, 1];
        for (var row = 0; row < rows; row++) targets[row, 0] = row % 3;
        return targets;
    }

    private static void AssertSame(Model expected, Model actual)
    {
        Assert.Equal(expected.Iterations, actual.Iterations);
        Weights.AssertSame(Everything(expected), Everything(actual));
    }

    /// <summary>The variables and all the optimizer remembers.</summary>
    private static float[] Everything(Model model) => [.. model.AllVariables.SelectMany(variable => variable.Memory.Span.ToArray())];
}
