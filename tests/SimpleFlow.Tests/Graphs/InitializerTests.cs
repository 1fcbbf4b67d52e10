namespace SimpleFlow.Tests.Graphs;

/// <summary>Initial values: their spread, what they are divided by, and that what a saved graph knows by name is the same.</summary>
public class InitializerTests
{
    private static float[] Values(Initializer initializer, Shape shape)
    {
        var variable = new Variable("w", shape, initializer);
        variable.Initialize(seed: 1, stream: 3);
        return variable.Memory.Span.ToArray();
    }

    private static double Deviation(float[] values) => Math.Sqrt(values.Average(value => (double)value * value));

    public static TheoryData<string, double> Deviations => new()
    {
        { "glorot", Math.Sqrt(2 / 300.0) }, { "glorot normal", Math.Sqrt(2 / 300.0) },
        { "glorot with a gain", 5 / 3.0 * Math.Sqrt(2 / 300.0) },
        { "he", Math.Sqrt(2 / 200.0) }, { "he uniform", Math.Sqrt(2 / 200.0) }, { "he by outputs", Math.Sqrt(2 / 100.0) },
        { "he truncated", Math.Sqrt(2 / 200.0) }, { "lecun", Math.Sqrt(1 / 200.0) }, { "lecun uniform", Math.Sqrt(1 / 200.0) },
        // √(1 − 2·2·φ(2) / (2·Φ(2) − 1)), φ(2) = 0.0539909665, Φ(2) = 0.9772498681
        { "truncated", 0.5 * 0.8796256610 },
    };

    private static Initializer Of(string name) => name switch
    {
        "glorot" => Initializer.Glorot(),
        "glorot normal" => Initializer.Glorot(Spread.Normal),
        "glorot with a gain" => Initializer.Glorot(Spread.Uniform, gain: 5 / 3f),
        "he" => Initializer.He(),
        "he uniform" => Initializer.He(Spread.Uniform),
        "he by outputs" => Initializer.He(Spread.Normal, Fan.Outputs),
        "he truncated" => Initializer.He(Spread.TruncatedNormal),
        "lecun" => Initializer.LeCun(),
        "lecun uniform" => Initializer.LeCun(Spread.Uniform),
        _ => Initializer.TruncatedNormal(0.5f),
    };

    [Theory, MemberData(nameof(Deviations))]
    public void Its_numbers_have_the_deviation_of_its_formula(string name, double deviation)
    {
        var values = Values(Of(name), [200, 100]);
        Assert.Equal(deviation, Deviation(values), deviation * 0.02);
        Assert.Equal(0, values.Average(), deviation * 0.03);
        if (name.Contains("uniform", StringComparison.Ordinal) || name == "glorot")
            Assert.Equal(deviation * Math.Sqrt(3), values.Max(), deviation * 0.01);
        // A normal number among 20,000 is further out than three deviations, none of the truncated ones.
        var furthest = values.Max(Math.Abs) / deviation;
        if (name is "he truncated") Assert.InRange(furthest, 2.2, 2 / 0.8796 + 1e-3);
        if (name is "he" or "lecun") Assert.True(furthest > 3);
    }

    [Fact]
    public void A_bound_of_a_truncated_one_may_be_narrow_or_wide()
    {
        Assert.All(Values(Initializer.TruncatedNormal(1, 0.1f), [3000]), value => Assert.InRange(value, -0.1f, 0.1f));
        Assert.True(Values(Initializer.TruncatedNormal(1, 4), [30000]).Max() > 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.TruncatedNormal(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.TruncatedNormal(1, float.NaN));
    }

    [Theory, InlineData(5, 5), InlineData(3, 20), InlineData(20, 3), InlineData(64, 64), InlineData(1, 4), InlineData(4, 1)]
    public void Orthogonal_rows_or_columns_have_the_length_of_the_gain_and_are_at_right_angles(int rows, int columns)
    {
        var w = Values(Initializer.Orthogonal(2), [rows, columns]);
        double Element(int i, int k) => rows <= columns ? w[i * columns + k] : w[k * columns + i];
        var (count, length) = (Math.Min(rows, columns), Math.Max(rows, columns));
        for (var i = 0; i < count; i++)
            for (var j = 0; j <= i; j++)
                Assert.Equal(i == j ? 4 : 0, Enumerable.Range(0, length).Sum(k => Element(i, k) * Element(j, k)), 1e-5);
        // Windows are a matrix of the outputs and all else.
        Assert.Equal(4, Values(Initializer.Orthogonal(2), [3, 2, 2, 2])[..8].Sum(value => (double)value * value), 1e-5);
        Assert.Empty(Values(Initializer.Orthogonal(), [0, 3]));
    }

    [Fact]
    public void What_a_saved_graph_knows_by_name_has_stayed_the_same()
    {
        Assert.Equal(("glorot", "he"), (Initializer.Glorot().ToString(), Initializer.He().ToString()));
        var normal = Values(Initializer.Normal(1), [200, 100]);
        Assert.Equal(normal.Select(value => value * MathF.Sqrt(2f / 200)), Values(Initializer.He(), [200, 100]));
        var bound = MathF.Sqrt(6f / 300);
        Assert.Equal(Values(Initializer.Uniform(-bound, bound), [200, 100]), Values(Initializer.Glorot(), [200, 100]));
    }
}
