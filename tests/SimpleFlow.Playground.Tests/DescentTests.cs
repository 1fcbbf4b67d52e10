using SimpleFlow.Playground.Experiments;

namespace SimpleFlow.Playground.Tests;

/// <summary>Descent and sequence as plain classes, and the experiments of the lessons.</summary>
public sealed class DescentTests
{
    public static TheoryData<SurfaceKind> Surfaces => [.. Enum.GetValues<SurfaceKind>()];

    [Theory, MemberData(nameof(Surfaces))]
    public void Every_optimizer_gets_down_every_surface(SurfaceKind kind)
    {
        var surface = DescentSurface.Of(kind);
        Assert.Equal(kind, surface.Kind);
        var run = new DescentRun(surface, surface.Start, surface.Rates);
        for (var step = 0; step < 300; step++) run.MakeStep();
        Assert.All(run.Paths, path =>
        {
            Assert.False(path.IsLost);
            Assert.Equal(301, path.Points.Count);
            var (first, last) = (path.Losses[0], path.Losses[^1]);
            Assert.True(last < first - 0.3f * MathF.Abs(first), $"{path.Kind}: {first} to {last}");
        });
    }

    [Fact]
    public void A_step_of_gradient_descent_is_the_rate_times_the_gradient()
    {
        var path = new DescentPath(DescentSurface.Of(SurfaceKind.Valley), OptimizerKind.GradientDescent, (-9, 6), 0.1f);
        path.MakeStep();
        path.SetRate(0.5f);
        path.MakeStep();
        var rounded = path.Points.Select(one => (MathF.Round(one.X, 4), MathF.Round(one.Y, 4)));
        Assert.Equal([(-9, 6), (-8.91f, 4.8f), (-8.4645f, 0)], rounded);
    }

    [Fact]
    public void A_rate_that_is_too_large_loses_its_path()
    {
        var path = new DescentPath(DescentSurface.Of(SurfaceKind.Rosenbrock), OptimizerKind.GradientDescent, (-1.5f, 2.2f), 1);
        for (var step = 0; step < 10; step++) path.MakeStep();
        Assert.True(path.IsLost);
        Assert.InRange(path.Points.Count, 2, 5);
    }

    [Fact]
    public void Places_and_pictures_fit_each_other()
    {
        foreach (var surface in DescentSurface.All)
        {
            var (across, down) = surface.Place(surface.Start.X, surface.Start.Y);
            Assert.InRange(across, 0, 1);
            Assert.InRange(down, 0, 1);
            var (x, y) = surface.At(across, down);
            Assert.Equal(surface.Start.X, x, 1e-4f);
            Assert.Equal(surface.Start.Y, y, 1e-4f);
            var heights = surface.Heights(30);
            Assert.Equal((0, 1), (heights.Min(), MathF.Round(heights.Max(), 5)));
        }
    }

    [Fact]
    public void A_network_learns_to_write_what_it_has_read()
    {
        using var run = new CharacterRun(string.Concat(Enumerable.Repeat("the cat sat on the mat. ", 40)), 0.01f);
        while (run.Training.Epoch < 4) run.Training.MakeStep();
        var written = string.Concat(Enumerable.Range(0, 100).Select(_ => run.Write(0.1f)));
        Assert.Contains("the cat sat on the mat. the cat", written);
        Assert.Equal((960, 11), (run.Characters, run.Kinds));
    }

    [Fact]
    public void A_text_that_is_too_short_or_has_too_many_characters_is_refused()
    {
        Assert.StartsWith("The text has 5 characters", Assert.Throws<DataException>(() => new CharacterRun("short", 0.01f)).Message);
        var many = string.Concat(Enumerable.Range(0, 500).Select(i => (char)(0x4e00 + i)));
        Assert.StartsWith("The text has 500 different characters",
            Assert.Throws<DataException>(() => new CharacterRun(many, 0.01f)).Message);
    }

    [Fact]
    public void Every_lesson_leads_to_an_experiment_that_the_page_can_show()
    {
        string[] pages = [.. Directory.GetFiles(Path.Combine(PublishedPage.Repository, "learn"), "*-*.md", SearchOption.AllDirectories)];
        Assert.Equal(32, pages.Length);
        foreach (var page in pages)
        {
            var line = File.ReadLines(page).Single(line => line.StartsWith("**Try it:**", StringComparison.Ordinal)
                || line.StartsWith("**试一试**", StringComparison.Ordinal));
            var link = line.Split('`')[1];
            Assert.Contains(link.Split('?')[0], (string[])["#plane", "#digits", "#descent", "#sequence"]);
            if (link.StartsWith("#plane?", StringComparison.Ordinal)) _ = PlaneLink.Parse(link["#plane?".Length..]);
            if (link.StartsWith("#descent?", StringComparison.Ordinal))
                Assert.True(Enum.TryParse<SurfaceKind>(link["#descent?surface=".Length..], out _));
        }
    }
}
