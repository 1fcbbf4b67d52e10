namespace SimpleFlow.Tests.Training;

/// <summary>Every optimizer against its paper: the same steps in float64, from formulas written
/// here without a look at the library's.</summary>
public class OptimizerTests
{
    private const int Steps = 40;

    /// <summary>One step from the parameters, their gradient and the number of the step, from 1;
    /// it keeps what it remembers by itself.</summary>
    private delegate double[] Rule(double[] parameters, double[] gradient, int t);

    [Fact]
    public void Gradient_descent() => Check(new GradientDescent(0.05f, 0), (w, g, _) => Map(w, g, (w, g) => w - 0.05 * g));

    [Fact]
    public void Gradient_descent_with_the_falling_rate_of_the_seed()
    {
        // "The rate falls by lr_movement each iteration, never below 1e-6": the seed's numbers, and
        // larger ones so that forty steps reach the floor.
        Check(new GradientDescent(), (w, g, t) => Map(w, g, (w, g) => w - Math.Max(0.001 - 1e-8 * (t - 1), 1e-6) * g));
        Check(new GradientDescent(0.05f, 0.002f), (w, g, t) => Map(w, g, (w, g) => w - Math.Max(0.05 - 0.002 * (t - 1), 1e-6) * g));
    }

    [Fact]
    public void A_rate_that_starts_below_the_floor_stays_where_it_is()
    {
        Check(new GradientDescent(0), (w, _, _) => w);
        Check(new GradientDescent(1e-7f), (w, g, _) => Map(w, g, (w, g) => w - 1e-7 * g));
    }

    [Fact]
    public void Momentum()
    {
        var v = new double[4];
        Check(new Momentum(0.02f, 0.8f), (w, g, _) =>
        {
            v = Map(v, g, (v, g) => 0.8 * v + g);
            return Map(w, v, (w, v) => w - 0.02 * v);
        });
    }

    [Fact]
    public void Nesterov()
    {
        // Sutskever, Martens, Dahl and Hinton 2013, (3) and (4): v ← μv − ε∇f(θ + μv), θ ← θ + v.
        // What a program holds, and where it takes the gradient, is θ + μv.
        var v = new double[4];
        Check(new Nesterov(0.02f, 0.8f), (ahead, g, _) =>
        {
            var theta = Map(ahead, v, (ahead, v) => ahead - 0.8 * v);
            v = Map(v, g, (v, g) => 0.8 * v - 0.02 * g);
            return Map(Map(theta, v, (theta, v) => theta + v), v, (theta, v) => theta + 0.8 * v);
        });
    }

    [Fact]
    public void AdaGrad()
    {
        var s = new double[4];
        Check(new AdaGrad(0.3f, 0.01f), (w, g, _) =>
        {
            s = Map(s, g, (s, g) => s + g * g);
            return Map(w, Map(g, s, (g, s) => g / (Math.Sqrt(s) + 0.01)), (w, d) => w - 0.3 * d);
        });
    }

    [Fact]
    public void RmsProp()
    {
        var s = new double[4];
        Check(new RmsProp(0.02f, 0.9f, 0.01f), (w, g, _) =>
        {
            s = Map(s, g, (s, g) => 0.9 * s + 0.1 * g * g);
            return Map(w, Map(g, s, (g, s) => g / (Math.Sqrt(s) + 0.01)), (w, d) => w - 0.02 * d);
        });
    }

    [Fact]
    public void What_a_lone_gradient_left_behind_fades_to_nothing_and_never_lies_between()
    {
        var memory = new Variable("memory", [3], Initializer.Constant(1, -1e-30f, 0.5f));
        var model = new Model(new Variable("w", []).Sum(), optimizer: new GradientDescent(0, 0),
            metrics: memory.Assign(Flow.AddFlow(memory, new Decay(0.9f))));
        var steps = 0;
        for (; memory.Values.Any(value => value != 0) && steps < 2000; steps++)
        {
            model.Fit(new Feed(), 1);
            Assert.DoesNotContain(memory.Values, float.IsSubnormal);
        }
        Assert.Equal(829, steps);                                          // 0.9 to the 829th power is the first below 2 to the −126th
    }

    [Fact]
    public void Adam() => Check(new Adam(0.05f, 0.9f, 0.999f, 1e-8f), AdamRule(0.05, 0.9, 0.999, decay: 0));

    [Fact]
    public void Adam_with_other_memories() => Check(new Adam(0.02f, 0.5f, 0.9f, 0.01f), AdamRule(0.02, 0.5, 0.9, decay: 0, epsilon: 0.01));

    [Fact]
    public void AdamW() => Check(new AdamW(0.05f, weightDecay: 0.1f), AdamRule(0.05, 0.9, 0.999, decay: 0.1));

    [Fact]
    public void AmsGrad()
    {
        // Reddi, Kale and Kumar 2018, algorithm 2, with the bias removed as in PyTorch.
        var (m, v, largest) = (new double[4], new double[4], new double[4]);
        const double beta2 = 0.9f;
        Check(new Adam(0.05f, 0.9f, 0.9f) { AmsGrad = true }, (w, g, t) =>
        {
            m = Map(m, g, (m, g) => 0.9f * m + (1 - 0.9f) * g);
            v = Map(v, g, (v, g) => beta2 * v + (1 - beta2) * g * g);
            largest = Map(largest, v, Math.Max);
            var direction = Map(m, largest,
                (m, v) => m / (1 - Math.Pow(0.9f, t)) / (Math.Sqrt(v / (1 - Math.Pow(beta2, t))) + 1e-8));
            return Map(w, direction, (w, d) => w - 0.05 * d);
        });
    }

    [Fact]
    public void NAdam()
    {
        // Dozat 2016, as torch.optim.NAdam(momentum_decay=0.004) computes it.
        var (m, v, product) = (new double[4], new double[4], 1.0);
        Check(new NAdam(0.02f, 0.9f, 0.99f), (w, g, t) =>
        {
            double Mu(int t) => 0.9f * (1 - 0.5 * Math.Pow(0.96, t * 0.004));
            m = Map(m, g, (m, g) => 0.9f * m + (1 - 0.9f) * g);
            v = Map(v, g, (v, g) => 0.99f * v + (1 - 0.99f) * g * g);
            product *= Mu(t);
            var numerator = Map(m, g, (m, g) => Mu(t + 1) * m / (1 - product * Mu(t + 1)) + (1 - Mu(t)) * g / (1 - product));
            var denominator = Array.ConvertAll(v, v => Math.Sqrt(v / (1 - Math.Pow(0.99f, t))) + 1e-8);
            return Map(w, Map(numerator, denominator, (n, d) => n / d), (w, d) => w - 0.02 * d);
        });
    }

    [Theory, InlineData(0.999f), InlineData(0.9f), InlineData(0.5f)]
    public void RAdam(float beta2)
    {
        // Liu and others 2020, algorithm 2; where nothing is to be trusted yet, the step has no denominator.
        var (m, v) = (new double[4], new double[4]);
        var trusted = 0;
        Check(new RAdam(0.02f, 0.9f, beta2), (w, g, t) =>
        {
            m = Map(m, g, (m, g) => 0.9f * m + (1 - 0.9f) * g);
            v = Map(v, g, (v, g) => beta2 * v + (1 - (double)beta2) * g * g);
            var end = 2 / (1 - (double)beta2) - 1;
            var power = Math.Pow(beta2, t);
            var rho = end - 2 * t * power / (1 - power);
            if (rho > 5) trusted++;
            var r = Math.Sqrt((rho - 4) * (rho - 2) * end / ((end - 4) * (end - 2) * rho));
            double Factor(double v) => rho > 5 ? r * Math.Sqrt(1 - power) / (Math.Sqrt(v) + 1e-8) : 1;
            return Map(w, Map(m, v, (m, v) => m / (1 - Math.Pow(0.9f, t)) * Factor(v)), (w, d) => w - 0.02 * d);
        });
        Assert.Equal(beta2 == 0.5f ? 0 : Steps - 5, trusted);
    }

    [Fact]
    public void LionOfTheLibrary()
    {
        var m = new double[4];
        Check(new SimpleFlow.Lion(0.01f, 0.9f, 0.99f) { WeightDecay = 0.5f }, (w, g, _) =>
        {
            var direction = Map(m, g, (m, g) => Math.Sign(0.9f * m + (1 - 0.9f) * g));
            m = Map(m, g, (m, g) => 0.99f * m + (1 - 0.99f) * g);
            return Map(w, direction, (w, d) => w - 0.01 * (d + 0.5 * w));
        });
    }

    [Theory, InlineData(false, 0.8), InlineData(true, 0), InlineData(true, 0.8)]
    public void RmsProp_centered_and_with_momentum(bool centered, double momentum)
    {
        var (s, mean, velocity) = (new double[4], new double[4], new double[4]);
        Check(new RmsProp(0.01f, 0.9f, 0.01f, (float)momentum, centered), (w, g, _) =>
        {
            s = Map(s, g, (s, g) => 0.9f * s + (1 - 0.9f) * g * g);
            mean = Map(mean, g, (m, g) => 0.9f * m + (1 - 0.9f) * g);
            var variance = centered ? Map(s, mean, (s, m) => s - m * m) : s;
            var quotient = Map(g, variance, (g, v) => g / (Math.Sqrt(Math.Max(0, v)) + 0.01));
            velocity = Map(velocity, quotient, (v, q) => (float)momentum * v + q);
            return Map(w, velocity, (w, v) => w - 0.01 * v);
        });
    }

    [Fact]
    public void AdaGrad_that_starts_from_an_accumulator()
    {
        double[] s = [0.1, 0.1, 0.1, 0.1];
        Check(new AdaGrad(0.3f, 1e-7f, initialAccumulator: 0.1f), (w, g, _) =>
        {
            s = Map(s, g, (s, g) => s + g * g);
            return Map(w, Map(g, s, (g, s) => g / (Math.Sqrt(s) + 1e-7)), (w, d) => w - 0.3 * d);
        });
    }

    [Fact]
    public void Weights_decay_with_every_optimizer()
    {
        // torch.optim.SGD(weight_decay=0.1, momentum=0.8): the decay is part of the gradient, and so of the velocity.
        var v = new double[4];
        Check(new Momentum(0.02f, 0.8f) { CoupledDecay = 0.1f }, (w, g, _) =>
        {
            v = Map(v, Map(g, w, (g, w) => g + 0.1f * w), (v, g) => 0.8 * v + g);
            return Map(w, v, (w, v) => w - 0.02 * v);
        });
        // Decoupled: beside the velocity.
        var u = new double[4];
        Check(new Momentum(0.02f, 0.8f) { WeightDecay = 0.1f }, (w, g, _) =>
        {
            u = Map(u, g, (v, g) => 0.8 * v + g);
            return Map(w, u, (w, v) => w - 0.02 * (v + 0.1f * w));
        });
        Check(new Adam(0.05f) { WeightDecay = 0.1f }, AdamRule(0.05, 0.9, 0.999, decay: 0.1));
        Assert.Equal("Momentum(momentum 0.9, weight decay 0.1, coupled decay 0.2)",
            new Momentum { WeightDecay = 0.1f, CoupledDecay = 0.2f }.ToString());
        Assert.Equal("AdamW(beta 1 0.9, beta 2 0.999, epsilon 1E-08, weight decay 0.01)", new AdamW().ToString());
        Assert.Equal("Adam(beta 1 0.9, beta 2 0.999, epsilon 1E-08)", new Adam().ToString());
        Assert.Equal(20, new Momentum { WeightDecay = 0.1f }.LargestRate);
        foreach (var wrong in (float[])[-1, float.NaN, float.PositiveInfinity])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new Adam { WeightDecay = wrong });
            Assert.Throws<ArgumentOutOfRangeException>(() => new Adam { CoupledDecay = wrong });
            Assert.Throws<ArgumentOutOfRangeException>(() => new AdaGrad(initialAccumulator: wrong));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => new Momentum(1) { WeightDecay = 3 });
    }

    [Fact]
    public void A_group_has_its_own_decay_whichever_way_it_is_coupled()
    {
        foreach (var coupled in new[] { false, true })
        {
            var (w, b) = (new Variable("w", [], Initializer.Constant(1)), new Variable("b", [], Initializer.Constant(1)));
            var optimizer = new GradientDescent(0.5f, 0)
            {
                WeightDecay = coupled ? 0 : 0.1f,
                CoupledDecay = coupled ? 0.1f : 0,
                Groups = [VariableGroup.WithoutDecay([b])],
            };
            new Model((w + b) * 0f, optimizer: optimizer).Fit(new Feed(), maxIterations: 1);
            Assert.Equal((0.95f, 1f), (w.Value, b.Value));
        }
    }

    [Fact]
    public void A_coupled_decay_of_the_largest_weights_leaves_them_finite()
    {
        var w = new Variable("w", [], Initializer.Constant(float.MaxValue));
        foreach (var optimizer in (Optimizer[])[new Adam(1) { CoupledDecay = 1e10f }, new RmsProp(1) { CoupledDecay = 1e10f }])
        {
            new Model(w * 0f, optimizer: optimizer).Fit(new Feed(), maxIterations: 5);
            Assert.True(float.IsFinite(w.Value));
        }
    }

    [Fact]
    public void The_learning_rate_may_be_changed_between_steps()
    {
        var optimizer = new GradientDescent(0.05f, 0);
        var seen = 0;
        Check(optimizer, (w, g, t) =>
        {
            seen = t;
            return Map(w, g, (w, g) => w - (t <= 10 ? 0.05 : 0.01) * g);
        }, beforeStep: t => optimizer.LearningRate = t <= 10 ? 0.05f : 0.01f);
        Assert.Equal((Steps, 0.01f), (seen, optimizer.LearningRate));
    }

    [Fact]
    public void Clipping_by_value()
    {
        Check(new GradientDescent(0.05f, 0) { ClipValue = 0.7f }, (w, g, _) => Map(w, g, (w, g) => w - 0.05 * Math.Clamp(g, -0.7, 0.7)));
    }

    [Theory, InlineData(1.5), InlineData(1000)]
    public void Clipping_by_the_norm_of_all_gradients_together(double largest)
    {
        // Pascanu, Mikolov and Bengio 2013: if ‖g‖ > threshold, g ← threshold / ‖g‖ · g.
        Check(new GradientDescent(0.05f, 0) { ClipNorm = (float)largest }, (w, g, _) =>
        {
            var norm = Math.Sqrt(g.Sum(element => element * element));
            return Map(w, g, (w, g) => w - 0.05 * (norm > largest ? largest / norm * g : g));
        });
    }

    [Fact]
    public void Clipping_by_value_comes_before_clipping_by_norm() =>
        Check(new GradientDescent(0.05f, 0) { ClipValue = 0.7f, ClipNorm = 1 }, (w, g, _) =>
    {
        g = Array.ConvertAll(g, element => Math.Clamp(element, -0.7, 0.7));
        var norm = Math.Sqrt(g.Sum(element => element * element));
        return Map(w, g, (w, g) => w - 0.05 * (norm > 1 ? g / norm : g));
    });

    [Theory, InlineData(-1f), InlineData(float.NaN), InlineData(float.PositiveInfinity)]
    public void Rates_that_are_none_are_refused(float rate) => Assert.Throws<ArgumentOutOfRangeException>(() => new Momentum(rate));

    private static Rule AdamRule(double rate, double beta1, double beta2, double decay, double epsilon = 1e-8)
    {
        // Kingma and Ba 2015, algorithm 1; with decay Loshchilov and Hutter 2019, algorithm 2, line 12.
        var (m, v) = (new double[4], new double[4]);
        return (w, g, t) =>
        {
            m = Map(m, g, (m, g) => beta1 * m + (1 - beta1) * g);
            v = Map(v, g, (v, g) => beta2 * v + (1 - beta2) * g * g);
            var direction = Map(m, v, (m, v) => m / (1 - Math.Pow(beta1, t)) / (Math.Sqrt(v / (1 - Math.Pow(beta2, t))) + epsilon));
            return Map(w, direction, (w, d) => w - rate * (d + decay * w));
        };
    }

    private static void Check(Optimizer optimizer, Rule rule, Action<int>? beforeStep = null)
    {
        var regression = Regression.Create();
        var model = new Model(regression.Loss, optimizer: optimizer);
        var expected = Regression.StartingPoint();
        for (var t = 1; t <= Steps; t++)
        {
            beforeStep?.Invoke(t);
            expected = rule(expected, Regression.Gradient(expected), t);
            model.Fit(regression.Feed, maxIterations: 1);
            var actual = regression.Parameters;
            // Rounding adds about one unit of 2⁻²⁴ a step; a wrong term adds a share of a step, which is a hundred times more.
            for (var i = 0; i < actual.Length;
            i++)
                Assert.True(Math.Abs(actual[i] - expected[i]) < 1e-5, $"Step {t}, parameter {i}: {actual[i]} instead of {expected[i]}.");
        }
        Assert.Equal(Steps, model.Iterations);
    }

    private static double[] Map(double[] a, double[] b, Func<double, double, double> formula) => [.. a.Zip(b, formula)];
}
