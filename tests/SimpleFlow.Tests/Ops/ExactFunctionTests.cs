using SimpleFlow.Tests.Compilation;
using PlainFeed = System.Collections.Generic.Dictionary<SimpleFlow.Placeholder, SimpleFlow.PlainTensor>;

namespace SimpleFlow.Tests.Ops;

/// <summary>The compiled functions beside those of float64: exact at 0, and right to the last digits however small the result is.</summary>
[Trait("Promise", "12")]
public class ExactFunctionTests
{
    private static readonly Dictionary<string, (Func<Node, Node> Op, Func<double, double> Exact, double Lowest, double Highest,
        double Units)> Functions = new(StringComparer.Ordinal)
        {
            ["exp"] = (x => x.Exp(), Math.Exp, -87, 88.7, 3),
            ["expm1"] = (x => Flow.AddFlow(x, new ExpMinusOne()), ExpMinusOne, -100, 88.7, 3),
            ["elu"] = (x => x.Elu(), x => x > 0 ? x : ExpMinusOne(x), -100, 100, 3),
            ["tanh"] = (x => x.Tanh(), x => ExpMinusOne(2 * x) is var less && less / (less + 2) is var y ? y : 0, -40, 40, 4),
            ["sigmoid"] = (x => x.Sigmoid(), x => 1 / (1 + Math.Exp(-x)), -87, 100, 4),
            ["silu"] = (x => x.Silu(), x => x / (1 + Math.Exp(-x)), -80, 100, 5),
            ["softplus"] = (x => x.Softplus(), x => Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x))), -87, 1000, 4),
            ["log"] = (x => x.Log(), Math.Log, 1e-30, 1e30, 4),
            ["sqrt"] = (x => x.Sqrt(), Math.Sqrt, 1e-30, 1e30, 1),
            ["erf"] = (x => x.Erf(), x => new Erf().Plain(x), -10, 10, 8),
            // 1 + erf x loses what is beyond the last digit of 1: on the negative side gelu has an absolute error.
            ["gelu"] = (x => x.Gelu(), x => 0.5 * x * (1 + new Erf().Plain(x * Math.Sqrt(0.5))), -0.5, 100, 12),
            // x + 0.044715·x³ carries two units of its error into an exponent of up to 20.
            ["gelu by tanh"] = (x => x.Gelu(byTanh: true),
            x => x / (1 + Math.Exp(-2 * Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))), -4, 100, 70),
            ["selu"] = (x => x.Selu(), x => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * ExpMinusOne(x)), -100, 100, 6),
            ["mish"] = (x => x.Mish(), x => x * Math.Tanh(Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x)))), -80, 100, 9),
            ["hard sigmoid"] = (x => x.HardSigmoid(), x => Math.Clamp((x + 3) / 6, 0, 1), -2, 100, 5),
            ["hard swish"] = (x => x.HardSwish(), x => x * Math.Clamp((x + 3) / 6, 0, 1), -2, 100, 6),
            ["log of sigmoid"] = (x => x.LogSigmoid(), x => -(Math.Max(-x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x)))), -1000, 87, 4),
            ["cross-entropy of a logit and 1"] = (x => Flow.AddFlow(x, new LogisticCrossEntropy(1f)),
            x => Math.Max(-x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x))), -1000, 87, 4),
            ["cross-entropy of a logit and 0"] = (x => Flow.AddFlow(x, new LogisticCrossEntropy(0f)),
            x => Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x))), -87, 1000, 4),
        };

    public static TheoryData<string> Names => [.. Functions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_function_is_right_to_its_last_digits_however_small_it_is(string name)
    {
        var (op, exact, lowest, highest, units) = Functions[name];
        // Evenly, and at every order of magnitude on both sides of 0 and of 1.
        var random = new Random(3);
        List<double> points = [lowest, highest,
            .. Enumerable.Range(0, 2000).Select(_ => lowest + (highest - lowest) * random.NextDouble())];
        for (var i = 0; i < 4000; i++)
        {
            var size = Math.Pow(10, -12 * random.NextDouble());
            points.AddRange([lowest * size, highest * size, 1 + size, 1 - size]);
        }
        float[] x = [.. points.Select(point => (float)point).Where(point => point >= lowest && point <= highest)];
        var y = Compiled(op, x);
        for (var i = 0; i < x.Length; i++)
        {
            var expected = exact(x[i]);
            var allowed = units * Math.Pow(2, -24) * Math.Abs(expected);
            Assert.True(Math.Abs(y[i] - expected) <= Math.Max(allowed, 1.2e-38),
                $"{name}({x[i]:R}) is {y[i]:R}, not {expected:R}: off by {Math.Abs(y[i] / expected - 1) * Math.Pow(2, 24):F1} · 2⁻²⁴");
        }
    }

    [Fact]
    public void Functions_are_exact_at_0_wherever_the_element_stands()
    {
        var half = (float)Math.Log(2);
        foreach (var (op, zero, value) in new (Func<Node, Node>, float, float)[]
        {
            (x => x.Exp(), 0, 1), (x => x.Exp(), -0f, 1), (x => x.Tanh(), 0, 0), (x => x.Tanh(), -0f, -0f), (x => x.Sigmoid(), 0, 0.5f),
            (x => x.Elu(), 0, 0), (x => x.Elu(2), -0f, -0f),
            (x => x.Softplus(), 0, half), (x => x.Gelu(), 0, 0), (x => x.Silu(), 0, 0), (x => x.Erf(), 0, 0), (x => x.Log(), 1, 0),
            (x => x.Sqrt(), 0, 0), (x => x.Power(3), 0, 0), (x => x.Power(0.5f), 1, 1),
        })
        {
            for (var length = 1; length <= 37; length++)
            {
                var y = Compiled(op, [.. Enumerable.Repeat(zero, length)]);
                Assert.All(y,
                    element => Assert.Equal(BitConverter.SingleToInt32Bits(value), BitConverter.SingleToInt32Bits((float)element)));
            }
        }
        foreach (var width in new[] { 1, 2, 7, 16, 33, 200 })
        {
            Assert.All(Compiled(x => x.Reshape([1, width]).LogSoftmax().Exp().Sum(), [.. Enumerable.Repeat(5f, width)]),
                sum => Assert.Equal(1, sum, 1e-6));
        }
        Assert.Equal([0.0], Compiled(x => x.LogSoftmax(), [3f]));
        Assert.Equal([1.0], Compiled(x => x.Softmax(), [3f]));
    }

    [Fact]
    public void Small_results_do_not_vanish()
    {
        Expect(1e-8f, 1e-8f, x => x.Tanh());
        Expect(-1e-7f, -1e-7f, x => x.Elu());
        Expect(1e-4f, 9.9999999667e-5f, x => x.Tanh());
        Expect(-30, 9.3576229689e-14f, x => x.Softplus());
        Expect(10, 4.5398899e-5f, x => Losses.BinaryCrossEntropy(x, ((Node)1f).Broadcast([1])));
        Expect(15, 3.0590227e-7f, x => Losses.BinaryCrossEntropy(x, ((Node)1f).Broadcast([1])));
        Expect(-15, 3.0590227e-7f, x => Losses.BinaryCrossEntropy(x, ((Node)0f).Broadcast([1])));

        static void Expect(float x, float y, Func<Node, Node> op)
        {
            var (plain, compiled) = Both(op, [x]);
            Assert.Equal(y, plain[0], Math.Abs(y) * 1e-7);
            Assert.Equal(y, compiled[0], Math.Abs(y) * 3e-7);
        }
    }

    [Fact]
    public void An_infinite_logit_costs_what_a_certain_answer_does()
    {
        const float Infinity = float.PositiveInfinity;
        float[] logits = [-Infinity, Infinity, -Infinity, Infinity, Infinity, float.NaN], targets = [0, 1, 1, 0, 0.5f, 0];
        var (plain, compiled) = Both(x => Flow.AddFlow(x, new LogisticCrossEntropy(new Constant("t", targets))), logits);
        Assert.Equal([0, 0, Infinity, Infinity, Infinity, double.NaN], plain);
        Assert.Equal(plain, compiled);
        var (slopes, compiledSlopes) = Both(x => Gradients.Of(Flow.AddFlow(x, new LogisticCrossEntropy(new Constant("t", targets))), x)[0],
            logits);
        Assert.Equal([0, 0, -1, 1, 0.5, double.NaN], slopes);
        Assert.Equal(slopes, compiledSlopes);
    }

    [Fact]
    public void Constants_of_the_plain_reading_have_all_digits_of_float64()
    {
        var (slope, _) = Both(x => Gradients.Of(x.Erf(), x)[0], [0]);
        Assert.Equal(2 / Math.Sqrt(Math.PI), slope[0]);
        var (gelu, _) = Both(x => x.Gelu(), [1]);
        Assert.Equal(0.84134474606854293, gelu[0], 1e-15);
    }

    private static double ExpMinusOne(double x) => Math.Abs(x) < 1e-5 ? x + x * x / 2 : Math.Exp(x) - 1;

    private static double LogOnePlus(double u) => u < 1e-5 ? u - u * u / 2 + u * u * u / 3 : Math.Log(1 + u);

    private static double[] Compiled(Func<Node, Node> op, float[] x) => Both(op, x).Compiled;

    private static (double[] Plain, double[] Compiled) Both(Func<Node, Node> op, float[] elements)
    {
        var x = new Placeholder("x", [elements.Length]);
        var y = op(x);
        var reading = new Reading([y], new PlainFeed { [x] = new(x.Shape, Array.ConvertAll(elements, element => (double)element)) },
            default);
        return (reading.Plain()[y].Elements, reading.Compiled()[0]);
    }
}
