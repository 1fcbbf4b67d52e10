using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Training;

/// <summary>Which variables a model trains: those it is told to, in groups, without the frozen ones.</summary>
public sealed class TrainedVariablesTests
{
    private readonly Placeholder _x = new("x", [null, 3]), _y = new("y", [null, 1]);

    public static TheoryData<string> Optimizers => [.. Makers.Keys];

    private static Dictionary<string, Func<VariableGroup[], Optimizer>> Makers { get; } = new(StringComparer.Ordinal)
    {
        ["gradient descent"] = groups => new GradientDescent(0.1f) { Groups = groups },
        ["momentum"] = groups => new Momentum(0.1f) { ClipNorm = 0.2f, Groups = groups },
        ["Nesterov"] = groups => new Nesterov(0.1f) { Groups = groups },
        ["AdaGrad"] = groups => new AdaGrad(0.1f) { Groups = groups },
        ["RMSProp"] = groups => new RmsProp(0.1f) { ClipValue = 0.1f, Groups = groups },
        ["Adam"] = groups => new Adam(0.1f) { Groups = groups },
        ["AdamW"] = groups => new AdamW(0.1f, weightDecay: 0.5f) { ClipNorm = 0.1f, Groups = groups },
    };

    [Theory, MemberData(nameof(Optimizers))]
    public void Only_the_variables_that_are_named_are_trained_and_remembered(string optimizer)
    {
        var (loss, body, head) = Net();
        var model = new Model(loss, optimizer: Makers[optimizer]([]), trained: head, seed: 3);
        var (before, moved) = (body.ToVector(), head.ToVector());
        for (var i = 0; i < 5; i++) model.Step(Feed());
        Assert.Equal(before, body.ToVector());
        Assert.NotEqual(moved, head.ToVector());
        Assert.DoesNotContain(model.AllVariables, one => one.Name!.StartsWith(body[0].Name + "/", StringComparison.Ordinal));
        Assert.Equal(head.Sum(one => one.Shape.ElementCount), model.ParameterCount);
        // The same as if nothing flowed back into the body.
        var other = Net(stopped: true);
        var stopped = new Model(other.Loss, optimizer: Makers[optimizer]([]), seed: 3);
        for (var i = 0; i < 5; i++) stopped.Step(Feed());
        Assert.Equal(head.ToVector(), other.Head.ToVector());
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void Who_was_frozen_continues_as_if_the_steps_between_had_not_been(string optimizer)
    {
        // Two halves that do not influence each other: freezing one for a while must end with the bits of training it without a break.
        var (a, b) = (new Variable("a", [3, 1]), new Variable("b", [3, 1]));
        Node Loss(Variable w) => (_x.MatMul(w) - _y).Power(2).Mean();
        // The rate of gradient descent falls with the steps of the model, and a norm is that of all gradients.
        Optimizer Make() => optimizer == "gradient descent" ? new GradientDescent(0.1f, learningRateDecay: 0)
            : optimizer is "momentum" ? new Momentum(0.1f) : optimizer is "AdamW" ? new AdamW(0.1f, weightDecay: 0.5f)
            : Makers[optimizer]([]);
        var model = new Model([Loss(a), Loss(b)], optimizer: Make());
        var (firstA, firstB) = (a.Values.ToArray(), b.Values.ToArray());
        model.Freeze(b);
        Steps(model, 4);
        Assert.Equal(firstB, b.Values.ToArray());
        Assert.Equal([b], model.Frozen);
        model.Thaw(b);
        Steps(model, 3);
        model.Freeze(a);
        var keptA = a.Values.ToArray();
        Steps(model, 2);
        Assert.Equal(keptA, a.Values.ToArray());
        model.Thaw(a);
        Steps(model, 3);

        Assert.Equal(Alone(firstA, 10), a.Values.ToArray());
        Assert.Equal(Alone(firstB, 8), b.Values.ToArray());

        float[] Alone(float[] start, int steps)
        {
            var w = new Variable("w", [3, 1], Initializer.Constant(start));
            Steps(new Model(Loss(w), optimizer: Make()), steps);
            return w.Values.ToArray();
        }
    }

    [Fact]
    public void The_clipping_norm_is_that_of_the_variables_that_are_trained()
    {
        var (a, b) = (new Variable("a", [], Initializer.Constant(3)), new Variable("b", [], Initializer.Constant(400)));
        var model = new Model([a.Power(2), b.Power(2)], optimizer: new GradientDescent(1, learningRateDecay: 0) { ClipNorm = 1 });
        model.Freeze(b);
        model.Step(new Feed());
        Assert.Equal((2, 400), (a.Value, b.Value));
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void A_training_with_frozen_variables_is_resumed_bit_for_bit(string optimizer)
    {
        using var folder = new TemporaryFolder();
        var whole = Trained(folder.File("whole"), stop: false, out _);
        Assert.Throws<InvalidOperationException>(() => Trained(folder.File("broken"), stop: true, out _));
        Weights.AssertSame(whole, Trained(folder.File("broken"), stop: false, out var model));
        model.Save(folder.File("model"));
        var (loss, _, _) = Net();
        var loaded = new Model(loss, optimizer: Makers[optimizer]([]), seed: 3);
        loaded.Load(folder.File("model"));
        Weights.AssertSame(Weights.Of(model), Weights.Of(loaded));
        Steps(model, 3);
        Steps(loaded, 3);
        Weights.AssertSame(Weights.Of(model), Weights.Of(loaded));

        // Trains the head, then everything; the second fit may be stopped in its middle and started again.
        float[] Trained(string path, bool stop, out Model made)
        {
            var (loss, body, _) = Net();
            var model = made = new Model(loss, optimizer: Makers[optimizer]([]), seed: 3);
            model.Freeze(body);
            var data = Rows(40);
            model.Fit(data, Options(path + "1", 2, stop: false));
            model.Thaw(body);
            model.Fit(data, Options(path + "2", 3, stop));
            return Weights.Of(model);
        }

        FitOptions Options(string path, int epochs, bool stop) => new()
        {
            Epochs = epochs,
            BatchSize = 8,
            Accumulate = 2,
            Resume = path,
            Callbacks = [new Checkpoint(path, everySteps: 1), new Stopping(stop ? 9 : int.MaxValue)],
        };
    }

    [Fact]
    public void A_file_that_does_not_fit_leaves_what_is_kept_apart_as_it_is()
    {
        using var folder = new TemporaryFolder();
        var model = Thawed(out var feed);
        var same = Thawed(out _);
        var w = new Variable("w", [3, 1]);
        new Model(w.Power(2).Sum(), optimizer: new Adam(0.1f)).Save(folder.File("other"));
        Assert.Throws<DataException>(() => model.Load(folder.File("other")));
        model.Step(feed);
        same.Step(feed);
        Weights.AssertSame(Weights.Of(same), Weights.Of(model));

        // A model loaded from one in which nothing was ever frozen keeps nothing apart.
        var (loss, _, _) = Net();
        var whole = new Model(loss, optimizer: new Adam(0.1f), seed: 3);
        Steps(whole, 2);
        whole.Save(folder.File("whole"));
        model.Load(folder.File("whole"));
        Steps(whole, 2);
        Steps(model, 2);
        Weights.AssertSame(Weights.Of(whole), Weights.Of(model));

        Model Thawed(out Feed feed)
        {
            var (loss, body, _) = Net();
            var model = new Model(loss, optimizer: new Adam(0.1f), seed: 3);
            model.Freeze(body);
            Steps(model, 3);
            model.Thaw(body);
            Steps(model, 2);
            feed = Feed();
            return model;
        }
    }

    [Fact]
    public void A_training_is_not_resumed_with_other_variables_frozen_or_in_other_groups()
    {
        using var folder = new TemporaryFolder();
        Fit(freeze: true, factor: 1);
        Assert.Contains("it does not train `body/w`, which is trained here",
            Assert.Throws<DataException>(() => Fit(freeze: false, factor: 1)).Message, StringComparison.Ordinal);
        Assert.Contains("it has the group `head/w: rate 1, decay of the optimizer`",
            Assert.Throws<DataException>(() => Fit(freeze: true, factor: 0.5f)).Message, StringComparison.Ordinal);
        Fit(freeze: true, factor: 1);

        void Fit(bool freeze, float factor)
        {
            var (loss, body, head) = Net();
            var model = new Model(loss, optimizer: new GradientDescent() { Groups = [new(head, factor)] });
            if (freeze) model.Freeze(body);
            model.Fit(Rows(16), new FitOptions
            {
                Epochs = 1,
                Resume = folder.File("at"),
                Callbacks = [new Checkpoint(folder.File("at"))],
            });
        }
    }

    [Fact]
    public void A_running_average_is_frozen_with_the_body_that_it_is_in()
    {
        var body = Layers.BatchNorm(Layers.Dense(_x, 4, name: "body"));
        var model = new Model((Layers.Dense(body, 1, name: "head") - _y).Power(2).Mean(), optimizer: new Adam());
        var variables = body.Variables();
        Assert.Equal(["body/b", "body/w"], variables.Where(one => one.Name!.StartsWith("body/", StringComparison.Ordinal))
            .Select(one => one.Name).Order(StringComparer.Ordinal));
        model.Freeze([.. variables.Where(one => one.IsTrainable)]);
        var before = variables.ToVector();
        model.Step(Feed());
        Assert.NotEqual(before, variables.ToVector());
        model.Freeze(variables);
        before = variables.ToVector();
        model.Step(Feed());
        Assert.Equal(before, variables.ToVector());
        model.Thaw(variables);
        model.Step(Feed());
        Assert.NotEqual(before, variables.ToVector());
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void A_group_has_its_own_rate_with_every_optimizer(string optimizer)
    {
        // Half of the rate for one variable is training it alone at half of the rate.
        if (optimizer is "momentum" or "AdamW") return;          // clipped by the norm of all
        var (a, b) = (new Variable("a", [3, 1]), new Variable("b", [3, 1]));
        Node Loss(Variable w) => (_x.MatMul(w) - _y).Power(2).Mean();
        var maker = Makers[optimizer];
        var start = b.Values.ToArray();
        Steps(new Model([Loss(a), Loss(b)], optimizer: maker([new([b], rateFactor: 0.5f)])), 5);
        var alone = new Variable("b", [3, 1], Initializer.Constant(start));
        var half = maker([]);
        half.LearningRate *= 0.5f;
        // Gradient descent's own rate falls per iteration by what does not scale with it.
        Steps(new Model(Loss(alone), optimizer: half), 5);
        foreach (var (one, other) in alone.Values.ToArray().Zip(b.Values.ToArray())) Assert.Equal(one, other, 1e-6f);
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void A_group_has_its_own_weight_decay_with_every_optimizer(string optimizer)
    {
        // Without a gradient only the decay moves a weight.
        var w = new Variable("w", [2], Initializer.Constant([2f, -4f]));
        var model = new Model((w * 0f).Sum(), optimizer: Makers[optimizer]([new([w], weightDecay: 0.25f)]));
        model.Step(new Feed());
        Assert.Equal(2 * (1 - 0.1f * 0.25f), w.Values.ToArray()[0], 1e-6f);
        Assert.Equal(-4 * (1 - 0.1f * 0.25f), w.Values.ToArray()[1], 1e-6f);
    }

    [Fact]
    public void Biases_and_norms_do_not_decay_and_their_bits_are_those_of_Adam()
    {
        var prediction = Layers.Dense(Layers.LayerNorm(Layers.BatchNorm(Layers.Dense(_x, 4, name: "hidden"), name: "batch"), name: "layer"),
            1, name: "output");
        var group = VariableGroup.WithoutDecay(prediction.Variables());
        Assert.Equal(["batch/scale", "batch/shift", "hidden/b", "layer/scale", "layer/shift", "output/b"],
            group.Variables.Select(one => one.Name).Order(StringComparer.Ordinal));
        var (w, v) = (new Variable("w", [3, 1], Initializer.Constant([1f, 2, 3])),
            new Variable("w", [3, 1], Initializer.Constant([1f, 2, 3])));
        Node Loss(Variable one) => (_x.MatMul(one) - _y).Power(2).Mean();
        Steps(new Model(Loss(w), optimizer: new AdamW(0.1f, weightDecay: 0.5f) { Groups = [new([w], weightDecay: 0)] }), 5);
        Steps(new Model(Loss(v), optimizer: new Adam(0.1f)), 5);
        Assert.Equal(v.Values.ToArray(), w.Values.ToArray());
    }

    [Fact]
    public void A_rate_that_is_too_large_for_a_group_is_refused()
    {
        var w = new Variable("w", [], Initializer.Ones());
        var model = new Model(w.Power(2), optimizer: new GradientDescent(1) { Groups = [new([w], weightDecay: 4)] });
        var error = Assert.Throws<TrainingException>(() => model.Step(new Feed()));
        Assert.Contains("may be at most 0.5", error.Message, StringComparison.Ordinal);
        Assert.Equal((1, 0), (w.Value, model.Iterations));
        model.Step(new Feed(), learningRate: 0.5f);
        Assert.True(float.IsFinite(w.Value));
    }

    [Fact]
    public void What_cannot_be_trained_is_named()
    {
        var (loss, body, head) = Net();
        var (other, kept) = (new Variable("other", []), new Variable("kept", [], trainable: false));
        Refused<GraphException>("`other`", () => Make(trained: [head[0], other]));
        Refused<ArgumentException>("`kept`", () => Make(trained: [kept]));
        Refused<ArgumentException>("No variable is named", () => Make(trained: []));
        Refused<ArgumentException>("Item 0", () => Make(trained: [null!]));
        Refused<ArgumentException>("`head/w` is in two groups", () => Make(groups: [new(head), new([head[0], head[1]])]));
        Refused<ArgumentException>("`other`", () => Make(groups: [new([other])]));
        Refused<ArgumentException>("`body/w`", () => Make(trained: head, groups: [new(body)]));
        Refused<GraphException>("No gradient of", () => _ = new Model(body[0].StopGradient().Sum(), trained: body));
        foreach (var bad in new[] { -1, float.NaN, float.PositiveInfinity })
        {
            Assert.Throws<ArgumentOutOfRangeException>("rateFactor", () => new VariableGroup(head, bad));
            Assert.Throws<ArgumentOutOfRangeException>("weightDecay", () => new VariableGroup(head, 1, bad));
        }
        var model = Make();
        Refused<ArgumentException>("`other` is not a variable of this model", () => model.Freeze(other));
        Refused<ArgumentException>("`other` is not a variable of this model", () => model.Thaw(other));
        model.Freeze(model.Variables);
        foreach (var use in new Action[] { () => model.Step(Feed()), () => model.Fit(Rows(8), 1), () => model.Gradients(Feed()) })
            Refused<GraphException>("nothing left to train", use);
        using var folder = new TemporaryFolder();
        model.Save(folder.File("frozen"));
        model.Thaw(head);
        model.Step(Feed());

        Model Make(IReadOnlyList<Variable>? trained = null, IReadOnlyList<VariableGroup>? groups = null) =>
            new(loss, optimizer: new Adam { Groups = groups ?? [] }, trained: trained);

        static void Refused<T>(string part, Action action) where T : Exception =>
            Assert.Contains(part, Assert.Throws<T>(action).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_derivation_shows_what_is_trained_with_its_factor()
    {
        var (loss, _, head) = Net();
        var text = new Model(loss, optimizer: new Adam { Groups = [new(head, 0.125f)] }, trained: head).Derivation().ToText();
        Assert.Contains("0.125", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Δbody", text.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private (Node Loss, IReadOnlyList<Variable> Body, IReadOnlyList<Variable> Head) Net(bool stopped = false)
    {
        var body = Layers.Dense(_x, 5, Activation.Tanh, name: "body");
        var prediction = Layers.Dense(stopped ? body.StopGradient() : body, 1, name: "head");
        return ((prediction - _y).Power(2).Mean(), body.Variables(), [.. prediction.Variables().Except(body.Variables())]);
    }

    private void Steps(Model model, int count)
    {
        for (var i = 0; i < count; i++) model.Step(Feed());
    }

    private Feed Feed() => new() { [_x] = new float[,] { { 1, 2, -1 }, { 0, 1, 3 }, { 2, 0, 1 } }, [_y] = new float[] { 1, -1, 2 } };

    private Dataset Rows(int rows)
    {
        var random = new Random(1);
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
        return new Dataset { [_x] = DataArray.From(Numbers(rows * 3)).Reshape(rows, 3), [_y] = Numbers(rows) };
    }

    private sealed class Stopping(int after) : Callback
    {
        private int _steps;

        protected internal override void AfterStep(TrainingRun run)
        {
            if (++_steps > after) throw new InvalidOperationException("stopped");
        }
    }
}
