using SimpleFlow.Compilation;
using static SimpleFlow.Tests.Networks.NormTests;

namespace SimpleFlow.Tests.Networks;

/// <summary>Recurrent layers against loops over time with one number at a time.</summary>
public class RecurrentTests
{
    private const int Batch = 3, Time = 5, Features = 2, Units = 4;

    private static readonly float[] Rows = Numbers(Batch * Time * Features);

    [Theory]
    [InlineData("rnn", false, false)]
    [InlineData("rnn", true, true)]
    [InlineData("lstm", false, false)]
    [InlineData("lstm", true, false)]
    [InlineData("lstm", true, true)]
    [InlineData("gru", false, true)]
    [InlineData("gru", true, false)]
    public void A_layer_is_its_formula(string kind, bool sequence, bool reverse)
    {
        var x = new Placeholder("x", [null, Time, Features]);
        var y = Layer(kind, x, sequence, reverse);
        Shape wanted = sequence ? [null, Time, Units] : [null, Units];
        Assert.Equal(wanted, y.Shape);
        var found = Predict(y, x, Rows);
        var variables = GraphOrder.Of([y]).OfType<Variable>().ToDictionary(variable => variable.Name!.Split('/')[1],
            variable => TensorMemory.ToArray(variable.Values), StringComparer.Ordinal);
        var expected = new List<double>();
        for (var row = 0; row < Batch; row++)
        {
            var states = new double[Time][];
            double[] h = new double[Units], c = new double[Units];
            for (var i = 0; i < Time; i++)
            {
                var t = reverse ? Time - 1 - i : i;
                h = states[t] = Next(kind, variables, Rows.AsSpan((row * Time + t) * Features, Features).ToArray(), h, c);
            }
            expected.AddRange(sequence ? states.SelectMany(state => state) : h);
        }
        AssertClose([.. expected], found);
    }

    [Theory]
    [InlineData("rnn")]
    [InlineData("lstm")]
    [InlineData("gru")]
    public void Gradients_through_time_are_right(string kind)
    {
        var x = new Placeholder("x", [null, Time, Features]);
        var loss = (Layer(kind, x, sequence: true, reverse: false) * Layer(kind, x, sequence: true, reverse: true)).Power(2)
            .Mean(name: "loss");
        var result = GradientCheck.Of(loss, new Feed { [x] = Rows });
        Assert.True(result.IsRight, result.ToText());
    }

    [Theory]
    [InlineData("rnn")]
    [InlineData("lstm")]
    [InlineData("gru")]
    public void A_plan_has_as_many_steps_for_long_sequences_as_for_short_ones(string kind)
    {
        var x = new Placeholder("x", [null, null, Features]);
        var layer = Layer(kind, x, sequence: false, reverse: false);
        Node[] outputs = [.. Gradients.Of(layer.Power(2).Sum(), GraphOrder.Of([layer]).OfType<Variable>().ToArray())];
        Plan PlanFor(int time) => Compiler.Compile(outputs, new Dictionary<Placeholder, Shape> { [x] = [2, time, Features] }, new());
        var (shorter, longer) = (PlanFor(3), PlanFor(70));
        Assert.Equal(shorter.Steps.Count, longer.Steps.Count);
        Assert.Equal(2, longer.Steps.Count(step => step.Single?.Op is Scan));
        // Of all steps of time, one product for each weight.
        Assert.Equal(2, longer.Steps.Count(step => step.Single?.Op is MatMul { TransposeLeft: true }));
    }

    [Theory]
    [InlineData("rnn")]
    [InlineData("lstm")]
    [InlineData("gru")]
    public void The_number_of_time_steps_may_be_open(string kind)
    {
        var x = new Placeholder("x", [null, null, Features]);
        var y = Layer(kind, x, sequence: true, reverse: true);
        Assert.Equal([null, null, Units], y.Shape);
        var model = new Model(default, y);
        foreach (var time in new[] { 1, 2, 7 })
        {
            var rows = Numbers(Batch * time * Features);
            var feed = new Feed { [x] = DataArray.From(rows).Reshape(Batch, time, Features) };
            AssertClose([.. TensorMemory.ToArray(PlainReading.Of([y], feed)[0])], TensorMemory.ToArray(model.Predict(feed)));
        }
    }

    [Theory]
    [InlineData("rnn", false)]
    [InlineData("rnn", true)]
    [InlineData("lstm", false)]
    [InlineData("lstm", true)]
    [InlineData("gru", false)]
    [InlineData("gru", true)]
    public void A_row_is_read_to_its_own_end(string kind, bool reverse)
    {
        var (x, lengths) = (new Placeholder("x", [null, null, Features]), new Placeholder("lengths", [null], ElementType.Int32));
        var layer = States(kind, x, null, lengths, reverse);
        var model = new Model(default, [layer.Steps[0], .. layer.Last]);
        int[] ends = [3, Time, 0];
        var all = model.PredictAll(new Feed { [x] = DataArray.From(Rows).Reshape(Batch, Time, Features), [lengths] = ends });
        for (var row = 0; row < Batch; row++)
        {
            for (var state = 0; state < layer.Last.Count; state++)
            {
                var found = TensorMemory.ToArray(all[1 + state]).AsSpan(row * Units, Units).ToArray();
                if (ends[row] == 0)
                {
                    Assert.All(found, number => Assert.Equal(0, number));
                    continue;
                }
                // Alone, without what comes behind its end.
                var alone = model.PredictAll(new Feed
                {
                    [x] = Sequence(row * Time, ends[row]),
                    [lengths] = new[] { ends[row] },
                });
                Assert.Equal(TensorMemory.ToArray(alone[1 + state]), found);
            }
            // Behind its end a row keeps its state: the last one, or, where time runs backwards, the first.
            var steps = TensorMemory.ToArray(all[0]).AsSpan(row * Time * Units, Time * Units);
            for (var t = ends[row]; t < Time; t++)
                Assert.Equal(reverse || ends[row] == 0 ? new float[Units] : steps.Slice((ends[row] - 1) * Units, Units).ToArray(),
                    steps.Slice(t * Units, Units).ToArray());
        }
    }

    [Theory]
    [InlineData("rnn")]
    [InlineData("lstm")]
    [InlineData("gru")]
    public void Gradients_of_rows_of_different_lengths_are_right(string kind)
    {
        var (x, lengths) = (new Placeholder("x", [null, null, Features]), new Placeholder("lengths", [null]));
        var first = new Variable("first", [Batch, Units]);
        Node[] states = [.. Enumerable.Repeat((Node)first, kind == "lstm" ? 2 : 1)];
        var (forward, backward) = (States(kind, x, states, lengths, false), States(kind, x, states, lengths, true));
        var loss = (forward.Steps[0] * backward.Steps[0]).Power(2).Mean() + (forward.Last[^1] * backward.Last[^1]).Sum();
        var result = GradientCheck.Of(loss,
            new Feed { [x] = DataArray.From(Rows).Reshape(Batch, Time, Features), [lengths] = new float[] { 2, 5, 4 } });
        Assert.True(result.IsRight, result.ToText());
    }

    [Theory]
    [InlineData("rnn")]
    [InlineData("lstm")]
    [InlineData("gru")]
    public void A_sequence_is_continued_from_the_states_that_were_fetched(string kind)
    {
        var x = new Placeholder("x", [null, null, Features]);
        Placeholder[] first = [.. Enumerable.Range(0, kind == "lstm" ? 2 : 1).Select(i => new Placeholder($"first {i}", [null, Units]))];
        var model = new Model(default, [.. States(kind, x, first, null, false).Last]);
        Feed Of(int from, int to, IReadOnlyList<System.Numerics.Tensors.Tensor<float>>? states)
        {
            var feed = new Feed { [x] = Sequence(from, to - from) };
            for (var i = 0; i < first.Length; i++)
                feed[first[i]] = states is null ? DataArray.From(new float[Units]).Reshape(1, Units)
                    : DataArray.From(TensorMemory.ToArray(states[i])).Reshape(1, Units);
            return feed;
        }
        var whole = model.PredictAll(Of(0, Time, null));
        var continued = model.PredictAll(Of(2, Time, [.. model.PredictAll(Of(0, 2, null))]));
        for (var i = 0; i < whole.Count; i++) Assert.Equal(TensorMemory.ToArray(whole[i]), TensorMemory.ToArray(continued[i]));
    }

    [Fact]
    public void A_step_of_your_own_is_a_recurrence()
    {
        var x = new Placeholder("x", [null, null, Features]);
        var first = new Variable("first", [1, Features], Initializer.Constant(0.5f));
        var scan = Layers.Scan([x], [first + x.Sum(axis: 1) * 0f], (xs, states) => [states[0] * 0.9f + xs[0], states[0] * states[0]]);
        Assert.Equal([null, null, Features], scan.Steps[0].Shape);
        var found = TensorMemory.ToArray(new Model(default, scan.Outputs[0]).Predict(
            new Feed { [x] = DataArray.From(Rows).Reshape(Batch, Time, Features) }));
        for (var row = 0; row < Batch; row++)
        {
            for (var feature = 0; feature < Features; feature++)
            {
                var state = 0.5;
                for (var t = 0; t < Time; t++)
                {
                    Assert.Equal(state * state, found[(row * Time + t) * Features + feature], 1e-5);
                    state = state * 0.9 + Rows[(row * Time + t) * Features + feature];
                }
            }
        }
        Assert.Contains("Return every state", Assert.Throws<ArgumentException>(() => Layers.Scan([x], [first], (_, _) => [])).Message,
            StringComparison.Ordinal);
        Assert.Contains("must not change the shape", Assert.Throws<ShapeException>(() =>
            Layers.Scan([x], [first], (_, states) => [states[0].Sum(axis: 1)])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bidirectional_layer_is_two_side_by_side()
    {
        var x = new Placeholder("x", [null, Time, Features]);
        var both = new Sequential(new Layer.Lstm(Units, Sequence: true, Bidirectional: true), new Layer.Gru(3, Bidirectional: true));
        Assert.Equal(both.Layers, Sequential.FromJson(both.ToJson()).Layers);
        var y = both.Build(x);
        Assert.Equal([null, 6], y.Shape);
        var result = GradientCheck.Of(y.Power(2).Mean(), new Feed { [x] = Rows });
        Assert.True(result.IsRight, result.ToText());
        Assert.Contains("cannot be reversed",
            Assert.Throws<GraphException>(() => new Sequential(new Layer.Rnn(2, Reverse: true, Bidirectional: true)).Build(x)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_sequence_needs_a_known_number_of_features()
    {
        Assert.Contains("features", Assert.Throws<ShapeException>(() => Layers.Lstm(new Placeholder("x", [null, 2, null]), 3)).Message,
            StringComparison.Ordinal);
        Assert.Contains("a sequence", Assert.Throws<ShapeException>(() => Layers.Gru(new Placeholder("x", [null, 2]), 3)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Layers.Rnn(new Placeholder("x", [null, 2, 2]), 0));
    }

    [Fact]
    public void A_step_of_training_allocates_nothing_and_the_table_of_layers_lists_each_variable_once()
    {
        var x = new Placeholder("x", [null, null, Features]);
        var lstm = Layers.Lstm(x, Units, name: "lstm");
        var model = new Model(lstm.Power(2).Mean(), lstm, new Adam());
        var feed = new Feed { [x] = DataArray.From(Rows).Reshape(Batch, Time, Features) };
        for (var i = 0; i < 3; i++) model.Step(feed);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 5; i++) model.Step(feed);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Contains("lstm   [?, ?, 4]  w [2, 16], b [16], u [4, 16]           112", model.Summary(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_draws_random_numbers_is_refused()
    {
        var x = new Placeholder("x", [null, 4, Features]);
        Assert.Contains("must not run at every step",
            Assert.Throws<GraphException>(() => Layers.Rnn(x, Units, activation: sum => sum.Tanh().Dropout(0.5f))).Message,
            StringComparison.Ordinal);
    }

    private static Node Layer(string kind, Node x, bool sequence, bool reverse) => kind switch
    {
        "rnn" => Layers.Rnn(x, Units, sequence, reverse),
        "lstm" => Layers.Lstm(x, Units, sequence, reverse),
        _ => Layers.Gru(x, Units, sequence, reverse),
    };

    private static DataArray Sequence(int from, int length) =>
        DataArray.From(Rows.AsSpan(from * Features, length * Features).ToArray()).Reshape(1, length, Features);

    private static Recurrence States(string kind, Node x, IReadOnlyList<Node>? states, Node? lengths, bool reverse) => kind switch
    {
        "rnn" => Layers.RnnStates(x, Units, states, lengths, reverse),
        "lstm" => Layers.LstmStates(x, Units, states, lengths, reverse),
        _ => Layers.GruStates(x, Units, states, lengths, reverse),
    };

    private static double[] Next(string kind, Dictionary<string, float[]> variables, float[] x, double[] h, double[] c)
    {
        var (w, u, b) = (variables["w"], variables["u"], variables["b"]);
        var width = b.Length;
        double In(int gate, int unit) =>
            b[gate * Units + unit] + x.Select((value, i) => value * (double)w[i * width + gate * Units + unit]).Sum();
        double Back(int gate, int unit) => h.Select((value, i) => value * u[i * width + gate * Units + unit]).Sum();
        static double Sigmoid(double sum) => 1 / (1 + Math.Exp(-sum));
        var next = new double[Units];
        for (var unit = 0; unit < Units; unit++)
        {
            switch (kind)
            {
                case "rnn": next[unit] = Math.Tanh(In(0, unit) + Back(0, unit)); break;
                case "lstm":
                    double Sum(int gate) => In(gate, unit) + Back(gate, unit);
                    c[unit] = Sigmoid(Sum(1)) * c[unit] + Sigmoid(Sum(0)) * Math.Tanh(Sum(2));
                    next[unit] = Sigmoid(Sum(3)) * Math.Tanh(c[unit]);
                    break;
                default:
                    var (r, z) = (Sigmoid(In(0, unit) + Back(0, unit)), Sigmoid(In(1, unit) + Back(1, unit)));
                    var n = Math.Tanh(In(2, unit) + r * (Back(2, unit) + variables["v"][unit]));
                    next[unit] = (1 - z) * n + z * h[unit];
                    break;
            }
        }
        return next;
    }
}
