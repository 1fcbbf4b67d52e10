namespace SimpleFlow.Tests.Training;

/// <summary>Models that begin again, copies of variables, and random numbers of a prediction's own.</summary>
public sealed class ResetTests
{
    private readonly Placeholder _x = new("x", [null, 3]), _y = new("y", [null, 1]);

    [Theory, InlineData("adam"), InlineData("gradient descent"), InlineData("thawed")]
    public void A_model_that_begins_again_is_a_new_one_bit_for_bit(string kind)
    {
        var model = Net(seed: 1);
        if (kind == "thawed") model.Freeze(model.Variables[0]);
        model.Fit(Rows(), new FitOptions { Epochs = 2, BatchSize = 5, Callbacks = [new EarlyStopping()], Validation = Rows() });
        model.Thaw(model.Variables);
        model.Step(Feed());
        model.Reset(seed: 9);
        Assert.Equal((9UL, 0L), (model.Seed, model.Iterations));
        Assert.Empty(model.History.Epochs);
        Assert.Null(model.History.StopReason);
        var fresh = Net(seed: 9);
        Weights.AssertSame(Weights.Of(fresh), Weights.Of(model));
        foreach (var one in new[] { model, fresh })
        {
            one.Fit(Rows(), epochs: 2, batchSize: 5);
            one.Step(Feed());
        }
        Weights.AssertSame(Weights.Of(fresh), Weights.Of(model));
        Assert.Equal(fresh.History.Losses, model.History.Losses);
        // Without a seed, it keeps its own.
        model.Reset();
        Weights.AssertSame(Weights.Of(Net(seed: 9)), Weights.Of(model));

        Model Net(ulong seed) => ResetTests.Net(_x, _y, seed,
            kind == "gradient descent" ? new GradientDescent(0.01f, learningRateDecay: 1e-3f) : new Adam(0.01f));
    }

    [Fact]
    public void A_model_without_an_optimizer_begins_again_too()
    {
        var w = new Variable("w", [4]);
        var model = new Model(losses: default, predictions: w * 2f, seed: 5);
        var first = w.Values.ToArray();
        w.Set([0, 0, 0, 0]);
        model.Reset();
        Assert.Equal(first, w.Values.ToArray());
        model.Reset(6);
        Assert.NotEqual(first, w.Values.ToArray());
    }

    [Fact]
    public void A_copy_follows_slowly_or_at_once()
    {
        var (a, b) = (new Variable("a", [2], Initializer.Constant([1f, 2])), new Variable("b", [1], Initializer.Constant(3)));
        var (c, d) = (new Variable("c", [2], Initializer.Zeros()), new Variable("d", [1], Initializer.Zeros()));
        IReadOnlyList<Variable> online = [a, b], target = [c, d];
        target.MoveTowards(online, share: 0.25f);
        Assert.Equal([0.25f, 0.5f, 0.75f], target.ToVector());
        target.MoveTowards(online, share: 0.5f);
        Assert.Equal([0.625f, 1.25f, 1.875f], target.ToVector());
        target.MoveTowards(online, share: 0);
        Assert.Equal([0.625f, 1.25f, 1.875f], target.ToVector());
        target.CopyFrom(online);
        Assert.Equal([1, 2, 3], target.ToVector());
        Assert.Equal([1, 2, 3], online.ToVector());
        Assert.Contains("`b` [1] cannot be copied to `c` [2]",
            Assert.Throws<ArgumentException>("source", () => target.CopyFrom([b, a])).Message, StringComparison.Ordinal);
        Assert.Contains("1 variable cannot be copied to 2 variables: both lists must have the same number of variables.",
            Assert.Throws<ArgumentException>("source", () => target.CopyFrom([a])).Message, StringComparison.Ordinal);
        foreach (var bad in new[] { -0.1f, 1.1f, float.NaN })
            Assert.Throws<ArgumentOutOfRangeException>("share", () => target.MoveTowards(online, bad));
        Assert.Throws<ArgumentNullException>(() => target.CopyFrom(null!));
        Assert.Equal([1, 2, 3], target.ToVector());
    }

    [Fact]
    public void Each_draw_gives_other_numbers_and_the_same_draw_the_same()
    {
        var noise = _x.RandomNormal();
        var model = new Model((noise * new Variable("w", [3])).Sum(), noise, new Adam());
        var feed = Feed();
        var draws = Enumerable.Range(0, 20).Select(draw => TensorMemory.ToArray(model.Predict(feed, draw))).ToList();
        for (var i = 0; i < draws.Count; i++)
        {
            Assert.Equal(draws[i], TensorMemory.ToArray(model.Predict(feed, i)));
            for (var j = i + 1; j < draws.Count; j++) Assert.NotEqual(draws[i], draws[j]);
        }
        // Without a draw it is the next step's, which no draw repeats.
        var step = TensorMemory.ToArray(model.Predict(feed));
        Assert.Equal(step, TensorMemory.ToArray(model.Predict(feed)));
        Assert.DoesNotContain(draws, draw => draw.SequenceEqual(step));
        model.Step(feed);
        Assert.NotEqual(step, TensorMemory.ToArray(model.Predict(feed)));
        Assert.Equal(draws[3], TensorMemory.ToArray(model.Predict(feed, 3)));
        foreach (var bad in new[] { -1, 1L << 46, long.MinValue, long.MaxValue })
            Assert.Throws<ArgumentOutOfRangeException>("draw", () => model.Predict(feed, bad));
    }

    [Fact]
    public void Dropout_in_a_prediction_shows_how_certain_it_is()
    {
        var prediction = Layers.Dense(Layers.Dropout(Layers.BatchNorm(Layers.Dense(_x, 50)).Relu(), 0.5f), 1);
        var model = new Model((prediction - _y).Power(2).Mean(), prediction, new Adam());
        var (feed, before) = (Feed(), Weights.Of(model));
        var plain = TensorMemory.ToArray(model.Predict(feed));
        Assert.Equal(plain, TensorMemory.ToArray(model.Predict(feed, draw: 0)));
        var draws = Enumerable.Range(0, 2000).Select(draw => TensorMemory.ToArray(model.Predict(feed, draw, dropout: true))[0]).ToList();
        Assert.True(draws.Distinct().Count() > 1900);
        // Dropout keeps the mean of what a linear layer gets; 2000 draws give it to a few hundredths of the deviation.
        var deviation = Math.Sqrt(draws.Average(one => Math.Pow(one - plain[0], 2)));
        Assert.Equal(plain[0], draws.Average(), 5 * deviation / Math.Sqrt(2000));
        // The running averages are used, and stay.
        Weights.AssertSame(before, Weights.Of(model));
    }

    private static Model Net(Placeholder x, Placeholder y, ulong seed, Optimizer optimizer)
    {
        var prediction = Layers.Dense(Layers.Dropout(Layers.BatchNorm(Layers.Dense(x, 8)).Tanh(), 0.2f), 1);
        return new Model((prediction - y).Power(2).Mean(), prediction, optimizer, seed: seed, threads: 1);
    }

    private Feed Feed() => new() { [_x] = new float[,] { { 1, 2, -1 }, { 0, 1, 3 } }, [_y] = new float[] { 1, -1 } };

    private Dataset Rows()
    {
        var random = new Random(1);
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
        return new Dataset { [_x] = DataArray.From(Numbers(60)).Reshape(20, 3), [_y] = Numbers(20) };
    }
}
