namespace SimpleFlow.Tests.Training;

/// <summary>Scores as probabilities where no graph computes them: large scores, low temperatures, and scores that have none.</summary>
[Trait("Promise", "12")]
public sealed class ProbabilitiesTests
{
    [Theory]
    [InlineData(new[] { 100f, 0, 0 }, 1, new[] { 1, 3.720075976020836e-44, 3.720075976020836e-44 })]
    [InlineData(new[] { 1e38f, 0, -1e38f }, 1, new[] { 1.0, 0, 0 })]
    [InlineData(new[] { -1000f, -1000, float.NegativeInfinity }, 1, new[] { 0.5, 0.5, 0 })]
    [InlineData(new[] { 1f, 2 }, 1e-45, new[] { 0.0, 1 })]
    [InlineData(new[] { 10f, 10.5f, 9 }, 0.1, new[] { 0.0066928488982, 0.9933068472, 3.0385e-7 })]
    [InlineData(new[] { 3f, 3, 3, 3 }, 5, new[] { 0.25, 0.25, 0.25, 0.25 })]
    [InlineData(new[] { 0.8472979f }, 1, new[] { 0.3, 0.7 })]          // a single column: ln(0.7 / 0.3)
    public void The_softmax_is_right_however_large_the_scores(float[] scores, double temperature, double[] expected)
    {
        var probabilities = Probabilities.Of(scores, temperature: temperature);
        Assert.All(expected.Zip(probabilities), pair => Assert.Equal(pair.First, pair.Second, 1e-7));
        Assert.Equal(1, probabilities.Sum(), 1e-15);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_row_without_an_answer_is_refused_by_its_number(float score)
    {
        var error = Assert.Throws<DataException>(() => Probabilities.Of([1, score, 3], row: 7));
        Assert.Equal(7, error.Row);
        Assert.Contains("Row 7: the score of class 1 is", error.Message, StringComparison.Ordinal);
        Assert.Throws<DataException>(() => Probabilities.Likeliest([float.NegativeInfinity, float.NegativeInfinity]));
    }

    [Fact]
    public void Nothing_else_computes_them_by_hand()
    {
        string[] byHand = ["TensorPrimitives.SoftMax", "TensorPrimitives.Sigmoid", "TensorPrimitives.Exp(", "MathF.Exp("];
        var files = Directory.EnumerateFiles(Path.Combine(Docs.Pages.Repository, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => byHand.Any(call => File.ReadAllText(file).Contains(call, StringComparison.Ordinal)));
        Assert.Equal(["SoftmaxRows.cs"], files.Select(Path.GetFileName));          // the kernel
    }
}
