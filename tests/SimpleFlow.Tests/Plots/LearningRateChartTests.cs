using SimpleFlow.Plots;

namespace SimpleFlow.Tests.Plots;

public sealed class LearningRateChartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_curve_with_its_suggestions_and_one_without()
    {
        float[] rates = [.. Enumerable.Range(0, 50).Select(i => MathF.Pow(10, -5 + i / 10f))];
        double[] falls = [.. rates.Select(rate => rate < 0.1 ? 2 - 15 * rate : 0.5 + 40 * (rate - 0.1))];
        foreach (var losses in new[] { falls, [.. rates.Select(_ => 1.0)] })
        {
            var path = _folder.File("rates.png");
            LearningRateChart.SavePng(path, new LearningRateCurve(rates, [.. losses.Select(loss => (float)loss)], losses, Diverged: true),
                "rates");
            PictureAssert.IsDrawn(path, 800, 400);
        }
    }
}
