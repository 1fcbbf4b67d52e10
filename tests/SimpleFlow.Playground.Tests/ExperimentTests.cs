using SimpleFlow.Playground.Experiments;

namespace SimpleFlow.Playground.Tests;

/// <summary>The experiments as plain classes.</summary>
public class ExperimentTests
{
    [Theory]
    [InlineData("sin 3x", 0.5, 0.9974949866040544)]
    [InlineData("2sin 3x - 1", 0, -1)]
    [InlineData("x² / 4 - 2", 4, 2)]
    [InlineData("-x^2", 3, -9)]
    [InlineData("2|x| - 3", -2, 1)]
    [InlineData("sin(x) cos x", 1, 0.4546487134128409)]
    [InlineData("y > exp(-x)", 0, 1)]
    [InlineData("2π", 0, Math.Tau)]
    public void A_function_is_read_as_people_write_it(string text, double x, double y) => Assert.Equal(y, Expression.Parse(text).At(x), 12);

    [Theory, InlineData(""), InlineData("2 +"), InlineData("sin("), InlineData("x y"), InlineData("|x"), InlineData("3..2")]
    public void What_is_no_function_is_refused(string text) => Assert.Throws<FormatException>(() => Expression.Parse(text));

    [Fact]
    public void A_function_of_many_brackets_does_not_exhaust_the_stack() =>
        Assert.Throws<FormatException>(() => Expression.Parse(new string('(', 100_000)));

    public static TheoryData<PlaneSource> Drawn =>
        [.. Enum.GetValues<PlaneSource>().Where(source => source is not (PlaneSource.Painted or PlaneSource.Table))];

    [Theory, MemberData(nameof(Drawn))]
    public void Every_source_draws_points_on_the_plane_for_any_number_of_classes(PlaneSource source)
    {
        for (var classes = 2; classes <= PlaneSettings.MostClasses; classes++)
        {
            var points = PlaneSources.Of(new PlaneSettings { Source = source, Classes = classes, Noise = 0.1f });
            Assert.Equal(200, points.Count);
            if (source != PlaneSource.Gauss) Assert.All(points.X.Concat(points.Y), value => Assert.InRange(value, -6, 6));
            if (points.IsRegression) Assert.All(points.Targets, target => Assert.InRange(target, -1, 1));
            else Assert.Equal(Enumerable.Range(0, points.Classes).Select(kind => (float)kind), points.Targets.Distinct().Order());
        }
    }

    [Theory, CombinatorialKinds]
    public void Every_choice_trains(ActivationKind activation, OptimizerKind optimizer, ScheduleKind schedule, InitialKind initial,
        int classes)
    {
        var settings = new PlaneSettings
        {
            Source = PlaneSource.Gauss,
            Classes = classes,
            Layers = [new(3, activation)],
            Optimizer = optimizer,
            Schedule = schedule,
            Initial = initial,
            LearningRate = 0.01f,
        };
        using var run = new PlaneRun(settings, PlaneSources.Of(settings));
        for (var step = 0; step < 20; step++) run.Training.MakeStep();
        Assert.All(run.Training.History, losses => Assert.True(float.IsFinite(losses.Train) && float.IsFinite(losses.Test)));
    }

    [Fact]
    public void A_plane_without_points_can_be_shown_and_changed()
    {
        var settings = new PlaneSettings { Source = PlaneSource.Painted };
        using var run = new PlaneRun(settings, new PaintedPoints().ToPoints(2));
        run.Change(settings with { L2 = 0.1f });
        Assert.Equal(8, new PlaneMaps(run, 5).Compute()[0].Units);
        Assert.Equal(0, run.Training.StepsPerEpoch);
    }

    [Fact]
    public void The_network_that_one_finds_separates_the_spiral()
    {
        var settings = new PlaneSettings { Source = PlaneSource.Spiral };
        using var run = new PlaneRun(settings, PlaneSources.Of(settings));
        while (run.Training.Epoch < 600) run.Training.MakeStep();
        Assert.InRange(run.Accuracies().Train, 0.95f, 1);
    }

    [Fact]
    public void The_steps_are_those_of_a_loop_that_anybody_writes()
    {
        var settings = new PlaneSettings { Optimizer = OptimizerKind.Adam, LearningRate = 0.01f, Dropout = 0.2f };
        using var run = new PlaneRun(settings, PlaneSources.Of(settings));
        for (var epoch = 0; epoch < 3; epoch++) while (!run.Training.MakeStep()) { }

        var network = new PlaneNetwork(settings, classes: 2);
        var points = PlaneSources.Of(settings);
        var data = network.Data(points, settings.Features);
        var (train, test) = (data.Take(100), data.Skip(100));
        var model = new Model(network.Loss, network.Output, new Adam(0.01f));
        for (var epoch = 0; epoch < 3; epoch++)
        {
            foreach (var batch in train.Batches(10, epoch)) model.Step(batch);
            Assert.Equal((float)model.Evaluate(test).Loss, run.Training.History[epoch].Test);
        }
    }

    [Fact]
    public void A_change_keeps_the_weights_what_the_optimizer_remembers_and_the_place_in_the_epoch()
    {
        var settings = new PlaneSettings { Optimizer = OptimizerKind.Adam, LearningRate = 0.01f };
        using var changed = new PlaneRun(settings, PlaneSources.Of(settings));
        using var same = new PlaneRun(settings, PlaneSources.Of(settings));
        for (var step = 0; step < 25; step++)
        {
            changed.Training.MakeStep();
            same.Training.MakeStep();
        }
        changed.Change(settings with { Layers = [settings.Layers[0] with { Activation = ActivationKind.Relu }, settings.Layers[1]] });
        changed.Change(settings);
        for (var step = 0; step < 25; step++)
        {
            changed.Training.MakeStep();
            same.Training.MakeStep();
        }
        Assert.Equal(same.Training.History, changed.Training.History);
    }

    [Fact]
    public void Every_kind_of_change_can_be_made_in_the_middle_of_an_epoch()
    {
        var settings = new PlaneSettings();
        using var run = new PlaneRun(settings, PlaneSources.Of(settings));
        Func<PlaneSettings, PlaneSettings>[] changes =
        [
            now => now with { L1 = 0.001f }, now => now with { L2 = 0.01f }, now => now with { L1 = 0 }, now => now with { Dropout = 0.3f },
            now => now with { Optimizer = OptimizerKind.RmsProp }, now => now with { Schedule = ScheduleKind.OneCycle },
            now => now with { Layers = [now.Layers[0] with { Activation = ActivationKind.Step }, now.Layers[1]] },
            now => now with { Layers = [now.Layers[0] with { Activation = ActivationKind.Silu }, now.Layers[1]] },
            now => now with { LearningRate = 0.3f },
        ];
        foreach (var change in changes)
        {
            for (var step = 0; step < 13; step++) run.Training.MakeStep();
            var before = run.Network.Weights.SelectMany(variable => variable.Values.ToArray()).ToArray();
            run.Change(change(run.Settings));
            Assert.Equal(before, run.Network.Weights.SelectMany(variable => variable.Values.ToArray()));
        }
        Assert.Equal(13 * changes.Length, run.Training.Step);
    }

    [Theory, InlineData(0f, false), InlineData(0.3f, false), InlineData(0f, true)]
    public void A_gradient_is_the_sum_of_its_terms_and_agrees_with_differences(float dropout, bool norm)
    {
        var settings = new PlaneSettings { Dropout = dropout, BatchNorm = norm, L2 = 0.01f };
        using var run = new PlaneRun(settings, PlaneSources.Of(settings));
        for (var step = 0; step < 7; step++) run.Training.MakeStep();
        var insight = new PlaneInsight(run);
        for (var unit = 0; unit < 2; unit++)
        {
            var terms = insight.Weight(1, 2, unit);
            Assert.Equal(2 * 0.01 * terms.Weight.Value, terms.Penalty, 6);
            Assert.Equal(terms.Weight.Gradient!.Value, insight.Differences(terms.Weight.Variable, terms.Weight.Index).Slope, 5);
        }
        var before = run.Network.Weights[1].Values.ToArray();
        var shown = insight.Weight(1, 2, 1).Weight;
        run.Training.MakeStep();
        Assert.Equal(before[shown.Index] + shown.Update!.Value, run.Network.Weights[1].Values.ToArray()[shown.Index], 5);
    }

    [Fact]
    public void A_table_is_standardised_and_its_missing_values_are_left_out()
    {
        var table = PlaneTable.Parse("a,b,c\n1,10,x\n2,20,y\n3,30,x\n4,,y\n5,50,z\n6,60,z\n", "mine");
        Assert.Equal([0, 1], table.Numeric);
        var points = table.Points(0, 1, 2);
        Assert.Equal((5, 3, 1), (points.Count, points.Classes, table.LeftOut));
        Assert.Equal(0, points.X.Average(), 4);
        Assert.Equal(2, Math.Sqrt(points.X.Average(value => value * value)), 4);
        Assert.Equal(["x", "y", "z"], table.ClassNames);
        Assert.True(table.Points(0, 1, 1).IsRegression);
        var error = Assert.Throws<DataException>(() => table.Points(0, 2, 1));
        Assert.Contains("row 1 (line 2), column 'c'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_too_many_classes_is_refused_by_name()
    {
        var table = PlaneTable.Parse("a,b,name\n" + string.Join('\n', Enumerable.Range(0, 9).Select(i => $"{i},{i},n{i}")), "mine");
        var error = Assert.Throws<DataException>(() => table.Points(0, 1, 2));
        Assert.Contains("'name' has 9 different texts", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Points_are_painted_into_any_share_of_the_plane()
    {
        var painted = new PaintedPoints();
        for (var i = 0; i < 100; i++) painted.Add(i % 10, i / 10f, i / 50);
        var points = painted.ToPoints(2);
        // A fair sample: the first half has some of both classes.
        Assert.InRange(points.Targets.Take(50).Sum(), 10, 40);
        Assert.True(painted.Erase(0, 0, 0.5f));
        Assert.False(painted.Erase(-5, -5, 0.5f));
        Assert.InRange(painted.Count, 90, 99);
    }
}
