namespace SimpleFlow.Tests.Training;

/// <summary>Settings are checked where they are set, by name and range, and with those that pass no step leads out of float32,
/// whatever the gradients that pass the guard.</summary>
[Trait("Promise", "13")]
public class SettingsTests
{
    private static readonly float[] NoNumbers = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -1, -1e-30f];

    private static Dictionary<string, Func<float, Optimizer>> Makers { get; } = new(StringComparer.Ordinal)
    {
        ["gradient descent"] = rate => new GradientDescent(rate),
        ["momentum"] = rate => new Momentum(rate),
        ["Nesterov"] = rate => new Nesterov(rate),
        ["AdaGrad"] = rate => new AdaGrad(rate),
        ["RMSProp"] = rate => new RmsProp(rate),
        ["Adam"] = rate => new Adam(rate),
        ["Adam that forgets squares first"] = rate => new Adam(rate, beta1: 0.99f, beta2: 0.5f),
        ["Adam with a small epsilon"] = rate => new Adam(rate, epsilon: 1e-30f),
        ["AdamW"] = rate => new AdamW(rate, weightDecay: 0.5f),
        ["momentum that forgets nothing"] = rate => new Momentum(rate, momentum: 0.99999994f),
        ["RMSProp that forgets nothing"] = rate => new RmsProp(rate, decay: 0.99999994f),
        ["clipped by norm"] = rate => new Adam(rate) { ClipNorm = 1 },
        ["clipped by value"] = rate => new Nesterov(rate) { ClipValue = 1e30f },
    };

    public static TheoryData<string> Optimizers => [.. Makers.Keys];

    [Theory, MemberData(nameof(Optimizers))]
    public void A_rate_is_checked_by_constructor_and_setter(string name)
    {
        var make = Makers[name];
        foreach (var rate in (float[])[.. NoNumbers, 3e38f, 1.1e10f])
        {
            Assert.Equal("learningRate", Assert.Throws<ArgumentOutOfRangeException>(() => make(rate)).ParamName);
            var optimizer = make(1e-3f);
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.LearningRate = rate);
            Assert.Contains($"A learning rate of {optimizer.GetType().Name} must be from 0 to ", error.Message,
                StringComparison.Ordinal);
            Assert.Equal(1e-3f, optimizer.LearningRate);
        }
        var largest = make(1e-3f);
        largest.LearningRate = largest.LargestRate;
        largest.LearningRate = 0;
    }

    [Fact]
    public void Every_other_setting_is_checked_too()
    {
        foreach (var bad in (float[])[.. NoNumbers, 1, 2])
        {
            Refused("momentum", () => new Momentum(momentum: bad));
            Refused("momentum", () => new Nesterov(momentum: bad));
            Refused("decay", () => new RmsProp(decay: bad));
            Refused("beta1", () => new Adam(beta1: bad));
            Refused("beta2", () => new AdamW(beta2: bad));
            Refused("decay", () => new WeightAverage(bad));
        }
        foreach (var bad in (float[])[.. NoNumbers, 0])
        {
            Refused("epsilon", () => new AdaGrad(epsilon: bad));
            Refused("epsilon", () => new RmsProp(epsilon: bad));
            Refused("epsilon", () => new Adam(epsilon: bad));
            Refused("epsilon", () => new AdamW(epsilon: bad));
            Refused("ClipNorm", () => new Adam { ClipNorm = bad });
            Refused("ClipValue", () => new GradientDescent { ClipValue = bad });
        }
        foreach (var bad in NoNumbers)
        {
            Refused("learningRateDecay", () => new GradientDescent(learningRateDecay: bad));
            Refused("weightDecay", () => new AdamW(weightDecay: bad));
            Refused("atLeast", () => new EarlyStopping(atLeast: bad));
            Refused("factor", () => Schedule.Linear(bad));
            Refused("strength", () => Losses.L2(bad, new Variable("w", [])));
        }
        foreach (var bad in (double[])[double.NaN, double.PositiveInfinity, 0.5])
        {
            Refused("first", () => Schedule.OneCycle(first: bad));
            Refused("last", () => Schedule.OneCycle(last: bad));
        }
        Refused("every", () => new Checkpoint("run", every: TimeSpan.Zero));
        Refused("every", () => new Checkpoint("run", every: TimeSpan.FromSeconds(-1)));
        Assert.Throws<ArgumentException>(() => new BestWeights(""));
        Assert.Equal(0.5f, Schedule.Constant.WithWarmUp(long.MaxValue).At(new TrainingPosition(long.MaxValue / 2, long.MaxValue, 1)), 1e-6);
        Assert.Null(new Adam { ClipNorm = null }.ClipNorm);

        static void Refused(string parameter, Func<object> make) =>
            Assert.Equal(parameter, Assert.Throws<ArgumentOutOfRangeException>(make).ParamName);
    }

    [Theory]
    [InlineData(1e39, "makes the learning rate Infinity at step 1")]
    [InlineData(1e15, "makes the learning rate 5E+14 at step 1")]
    public void A_schedule_cannot_lead_out_of_the_range_either(double factor, string words)
    {
        var w = new Variable("w", [], Initializer.Constant(1));
        var x = new Placeholder("x", [null]);
        var model = new Model((w * x).Mean(), optimizer: new GradientDescent(0.5f, 0));
        var error = Assert.Throws<TrainingException>(() => model.Fit(new Dataset { [x] = new float[] { 1, 1 } }, new FitOptions
        {
            Epochs = 1,
            BatchSize = 1,
            Schedule = Schedule.Of(at => at.Step == 1 ? factor : 1),
        }));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Equal((1, 0.5f, 0.5f), (model.Iterations, model.Optimizer!.LearningRate, w.Value));
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void No_gradient_that_passes_the_guard_leads_out_of_float32(string name)
    {
        // The largest and the smallest gradients, in sequences that make the most of every memory, on
        // weights at the ends of float32, at the largest rate.
        var optimizer = Makers[name](1e-3f);
        optimizer.LearningRate = optimizer.LargestRate;
        var slope = new Placeholder("slope", [6]);
        var w = new Variable("w", [6], Initializer.Constant(float.MaxValue, -float.MaxValue, 0, 1, float.MaxValue, -float.MaxValue));
        // The loss itself stays small: what is multiplied by the slope is 0.
        var model = new Model((slope * (w - w.StopGradient())).Sum(), optimizer: optimizer, threads: 1);
        var random = new Random(1);
        float[] sizes = [1.83e19f, 1e19f, 1, 1e-10f, 1e-19f, 1e-25f, 1e-38f, 1e-45f, 0];
        for (var phase = 0; phase < 60; phase++)
        {
            var size = sizes[random.Next(sizes.Length)];
            for (var step = 0; step < 20; step++)
            {
                var sign = phase % 3 == 0 && step % 2 == 0 ? -1 : 1;
                try
                {
                    model.Fit(new Feed { [slope] = new[] { size, -size, size, -size, -size, size * sign } }, 1);
                }
                catch (TrainingException) when (optimizer.ClipNorm is not null && size >= 1e19f)
                {
                    // The norm of gradients of this size is infinite, and the step is not made.
                }
                foreach (var variable in model.AllVariables)
                    Assert.True(Array.TrueForAll(variable.Values.ToArray(), float.IsFinite),
                        $"{variable.Name} at phase {phase}, step {step}, gradients {size}");
            }
        }
    }

    [Fact]
    public void A_norm_that_overflows_stops_the_fit_instead_of_making_steps_of_0()
    {
        var w = new Variable("w", [100], Initializer.Constant(1e-19f));
        var model = new Model((w * 1e19f).Sum(), optimizer: new GradientDescent(0.1f, 0) { ClipNorm = 1 });
        var error = Assert.Throws<TrainingException>(() => model.Fit(new Feed(), 1));
        Assert.Contains("The step was not made", error.Message, StringComparison.Ordinal);
        Assert.Equal(1e-19f, w.Values.ToArray()[0]);
    }

    [Fact]
    public void A_file_with_a_rate_that_is_none_is_refused()
    {
        using var folder = new SimpleFlow.Tests.Plots.TemporaryFolder();
        var model = new Model(new Variable("w", [2]).Sum(), optimizer: new Adam());
        model.Save(folder.File("model"));
        foreach (var rate in NoNumbers)
        {
            SavedFile.Change(folder.File("model"), (tensors, _) => tensors["learning rate"] = new([], new[] { rate }),
                to: folder.File("bad"));
            Assert.Contains("has the learning rate", Assert.Throws<DataException>(() => model.Load(folder.File("bad"))).Message,
                StringComparison.Ordinal);
        }
        Assert.Equal(1e-3f, model.Optimizer!.LearningRate);
    }
}
