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

    [Fact]
    public void What_comes_back_to_the_sequence_is_joined_and_not_added()
    {
        const int steps = 12;
        var x = new Placeholder("x", [2, steps, Features]);
        var lstm = Layers.Lstm(x, Units);
        var variables = GraphOrder.Of([lstm]).OfType<Variable>().ToArray();
        var plan = Compiler.Compile([.. Gradients.Of(lstm.Power(2).Sum(), variables)],
            new Dictionary<Placeholder, Shape> { [x] = [2, steps, Features] }, new CompilerOptions());
        var ops = plan.Steps.SelectMany(step => step.Nodes).GroupBy(node => node.Op.Name, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        // At the first step nothing can be forgotten, so that one of its four gates leaves a gap.
        Assert.Equal(3, ops.GetValueOrDefault("Pad"));
    }

    [Fact]
    public void A_sequence_needs_known_sizes()
    {
        Assert.Contains("time steps", Assert.Throws<ShapeException>(() => Layers.Lstm(new Placeholder("x", [null, null, 2]), 3)).Message,
            StringComparison.Ordinal);
        Assert.Contains("a sequence", Assert.Throws<ShapeException>(() => Layers.Gru(new Placeholder("x", [null, 2]), 3)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Layers.Rnn(new Placeholder("x", [null, 2, 2]), 0));
    }

    private static Node Layer(string kind, Node x, bool sequence, bool reverse) => kind switch
    {
        "rnn" => Layers.Rnn(x, Units, sequence, reverse),
        "lstm" => Layers.Lstm(x, Units, sequence, reverse),
        _ => Layers.Gru(x, Units, sequence, reverse),
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
