using System.Globalization;
using Microsoft.Playwright;
using SimpleFlow.Playground.Experiments;
using SimpleFlow.Playground.Pages.PlaneParts;

namespace SimpleFlow.Playground.Tests;

/// <summary>What the page shows of the inside is what the library computes.</summary>
[Collection(PageCollection.Name)]
public sealed class InsidePageTests(PublishedPage published) : IAsyncDisposable
{
    [Fact]
    public async Task Each_step_through_the_derivation_shows_the_librarys_line_numbers_and_node()
    {
        // Small, because every line of the derivation is looked at.
        var page = await published.Open("plane?layers=2Tanh&batch=2");
        await page.ClickAsync("#epoch");
        await page.ClickAsync("#walk");

        using var run = Run(new PlaneSettings { BatchSize = 2, Layers = [new(2, ActivationKind.Tanh)] });
        var insight = new PlaneInsight(run);
        var steps = insight.Derivation();
        Assert.Contains(steps, step => step.Section == "Updates");
        foreach (var (index, step) in steps.Index())
        {
            Assert.Contains(step.Text, await page.InnerTextAsync("#walk-said"), StringComparison.Ordinal);
            Assert.Equal($"walk-{index}", await page.GetAttributeAsync(".lines li.now", "id"));
            if (step.About is not null) Assert.Equal(1, await page.Locator(".drawing rect[stroke-width='4.5']").CountAsync());
            if (insight.NumbersOf(step) is { } numbers)
            {
                var cells = await page.Locator("#walk-numbers td").AllInnerTextsAsync();
                Assert.All(numbers.Values.ToArray().Zip(cells), pair => Assert.Equal(pair.First, Number(pair.Second),
                    0.0002 * Math.Max(1, Math.Abs(pair.First))));
                Assert.Equal(numbers.Values.ToArray().Length, cells.Count);
            }
            if (index < steps.Count - 1) await page.ClickAsync("#walk-next");
        }
        await page.ClickAsync("#walk-make");
        Assert.Contains("51 steps", await page.InnerTextAsync(".count"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_weight_shows_its_terms_its_update_and_the_same_gradient_by_differences()
    {
        var page = await published.Open();
        await page.ClickAsync("#epoch");
        await page.ClickAsync("#choose-0-1");
        await page.ClickAsync("section#inside table button >> nth=1");
        using var run = Run(new PlaneSettings());
        var insight = new PlaneInsight(run);
        var terms = insight.Weight(0, 1, 1);
        Assert.Equal(terms.Weight.Gradient!.Value, await Bold("#weight-gradient"), 1e-4);
        Assert.Equal(terms.Weight.Update!.Value, await Bold("#weight-update"), 1e-4);
        Assert.Equal(terms.Weight.Gradient.Value, await Bold("#weight-difference"), 1e-4);
        Assert.Equal(terms.Rows.Count + 1, await page.Locator("#inside tbody tr").CountAsync());

        async Task<double> Bold(string place) => Number(await page.InnerTextAsync($"{place} b"));
    }

    [Fact]
    public async Task The_next_step_moves_a_weight_by_the_update_that_was_shown()
    {
        var page = await published.Open();
        await page.ClickAsync("#choose-1-0");
        var before = Number(await page.InputValueAsync("#weight-2"));
        var update = Number(await page.InnerTextAsync("#inside tbody tr:nth-child(3) td:nth-child(5)"));
        await page.ClickAsync("#step");
        Assert.Equal(before + update, Number(await page.InputValueAsync("#weight-2")), 2e-4);
    }

    [Fact]
    public async Task The_loss_shows_every_point_of_the_batch()
    {
        var page = await published.Open();
        await page.ClickAsync("#loss");
        using var run = Run(new PlaneSettings(), epochs: 0);
        var insight = new PlaneInsight(run);
        Assert.Equal(insight.Rows, await page.Locator("#inside tbody tr").CountAsync());
        Assert.Equal(insight.Loss, Number(await page.InnerTextAsync("#batch-loss")), 1e-4);
    }

    private static PlaneRun Run(PlaneSettings settings, int epochs = 1)
    {
        var run = new PlaneRun(settings, PlaneSources.Of(settings));
        for (var epoch = 0; epoch < epochs; epoch++) while (!run.Training.MakeStep()) { }
        return run;
    }

    private static double Number(string text) => double.Parse(text.Replace('−', '-'), CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await published.Close();
}
