using SimpleFlow.Onnx;
using SimpleFlow.Playground.Experiments;
using SimpleFlow.Tests.Learn;

namespace SimpleFlow.Playground.Tests;

/// <summary>What the page gives away: programs that print the losses of the page, weights, and networks.</summary>
public sealed class PlaneProgramTests
{
    private const int Epochs = 4;

    /// <summary>Experiments that together have every choice.</summary>
    public static TheoryData<string> Experiments { get; } =
    [
        "",
        "source=Spiral&features=X,Y,SinX,SinY&layers=8Relu,8Gelu&optimizer=Adam&schedule=Cosine&span=4&batch=7",
        "source=Xor&classes=4&layers=6Silu,4Sigmoid&norm=True&dropout=0.2&l1=0.001&l2=0.01&optimizer=Momentum&seed=3",
        "source=Hills&noise=0.1&layers=5Elu,5Softplus,5LeakyRelu&optimizer=RmsProp&rate=0.001&train=0.9&initial=He&"
            + "schedule=OneCycle&span=3",
        "source=Slope&layers=none&features=X,XTimesY&optimizer=Nesterov&initial=Zeros&schedule=Step&span=8&l2=0.1",
        "source=Gauss&classes=6&noise=0.2&layers=3Step,3Linear&norm=True&initial=LargeNormal&optimizer=AdamW&schedule=Linear&span=5",
        "source=Function&function=2sin%20x&layers=4Tanh&initial=Uniform&optimizer=AdaGrad&schedule=Exponential&data=5",
        "source=Circle&layers=4Tanh&initial=SmallNormal&schedule=WarmUp&span=4&features=XSquared,YSquared",
        "source=Circle&layers=4Relu&initial=Same&dropout=0.5",
        "source=Circle&layers=4Sigmoid&initial=Glorot&l1=0.01",
    ];

    [Theory, MemberData(nameof(Experiments))]
    public void A_program_prints_the_losses_of_the_run_digit_for_digit(string link)
    {
        using var run = Run(link);
        Train(run, Epochs);
        Assert.Equal(Lines(run), FileProgram.Run(PlaneProgram.Of(run)));
    }

    [Fact]
    public void Rates_that_were_changed_on_the_way_are_part_of_the_program()
    {
        using var run = Run("schedule=Cosine&span=8");
        run.Change(run.Settings with { LearningRate = 1 });
        run.Change(run.Settings with { LearningRate = 0.3f });
        Train(run, 2);
        run.Training.MakeStep();
        run.Change(run.Settings with { LearningRate = 0.01f });
        while (run.Training.Epoch < Epochs) run.Training.MakeStep();
        Assert.Equal(Lines(run), FileProgram.Run(PlaneProgram.Of(run)));
    }

    /// <summary>All that can be changed on the way.</summary>
    public static TheoryData<string> Changes => [.. s_changes.Keys];

    private static readonly Dictionary<string, Func<PlaneSettings, PlaneSettings>> s_changes = new()
    {
        ["rate"] = now => now with { LearningRate = 0.1f },
        ["schedule"] = now => now with { Schedule = ScheduleKind.Cosine },
        ["L1"] = now => now with { L1 = 0.001f },
        ["L2"] = now => now with { L2 = 0.01f },
        ["dropout"] = now => now with { Dropout = 0.3f },
        ["optimizer"] = now => now with { Optimizer = OptimizerKind.RmsProp },
        ["activation"] = now => now with { Layers = [now.Layers[0] with { Activation = ActivationKind.Relu }, now.Layers[1]] },
        ["step"] = now => now with { Layers = [now.Layers[0] with { Activation = ActivationKind.Step }, now.Layers[1]] },
    };

    [Theory, MemberData(nameof(Changes))]
    public void What_was_changed_on_the_way_is_part_of_the_program(string change)
    {
        using var run = Run("source=Xor&norm=True&schedule=Linear&span=9");
        var before = run.Settings;
        Train(run, 1);
        for (var step = 0; step < 3; step++) run.Training.MakeStep();
        run.Change(s_changes[change](run.Settings));
        Train(run, 2);
        // And back again, which for a step is another thing: what the optimizer remembers does not fit any more.
        run.Change(before);
        Train(run, 1);
        Assert.Equal(Lines(run), FileProgram.Run(PlaneProgram.Of(run)));
    }

    [Fact]
    public void All_changes_together_and_weights_set_by_hand_are_part_of_the_program()
    {
        using var run = Run("source=Spiral&classes=3&layers=4Tanh,3Tanh");
        run.Set(run.Network.Weights[0], 3, 2);
        foreach (var change in s_changes.Values)
        {
            run.Change(change(run.Settings));
            run.Set(run.Network.Biases[1], 0, 0.25f * run.Training.Step);
            run.Set(run.Network.Biases[1], 0, 0.5f);
            for (var step = 0; step < 7; step++) run.Training.MakeStep();
        }
        Train(run, 1);
        Assert.Equal(Lines(run), FileProgram.Run(PlaneProgram.Of(run)));
    }

    [Fact]
    public void Points_that_were_painted_on_the_way_are_told_to_be_left_out()
    {
        using var run = Run("");
        run.UsePoints(run.Points.Select([.. Enumerable.Range(0, 100)]));
        Assert.False(run.HasOtherPoints);
        Train(run, 1);
        run.UsePoints(run.Points.Select([.. Enumerable.Range(0, 50)]));
        Assert.True(run.HasOtherPoints);
    }

    [Fact]
    public void A_program_trains_without_a_test_set_if_there_is_none()
    {
        var points = new PlanePoints([1, -1, 2], [0.5f, 1, -2], [0, 1, 1], 2);
        using var run = new PlaneRun(new PlaneSettings { TrainShare = 0.9f }, points);
        Train(run, Epochs);
        Assert.Equal(Lines(run), FileProgram.Run(PlaneProgram.Of(run)));
    }

    [Fact]
    public void A_program_has_a_few_dozen_lines_of_output_and_the_last_epoch_among_them()
    {
        Assert.Equal([1, 1, 2, 5, 10, 50000], [.. new[] { 1, 40, 41, 130, 390, 1_000_000 }.Select(PlaneProgram.LinesEvery)]);
        using var run = Run("points=20&batch=10");
        Train(run, 101);
        Assert.Equal(Lines(run), FileProgram.Run(PlaneProgram.Of(run)));
    }

    [Theory, MemberData(nameof(Experiments))]
    public void Exported_networks_say_what_the_page_says(string link)
    {
        using var run = Run(link);
        Train(run, 2);
        var expected = run.Predictions();
        DataArray inputs = run.Points.Inputs(run.Settings.Features);
        inputs = inputs.Reshape(run.Points.Count, run.Settings.Features.Count);

        var onnx = OnnxModel.Load(new MemoryStream(OnnxFiles.Of(PlaneFiles.ModelOf(run))));
        var read = new Model(onnx.Outputs[0].Node.Sum(), onnx.Outputs[0].Node, threads: 1);
        Assert.Single(onnx.Outputs);
        Assert.Equal(expected, read.Predict(new Feed { [onnx.Inputs[0]] = inputs }).ToArray());

        var file = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.safetensors");
        try
        {
            File.WriteAllBytes(file, PlaneFiles.Weights(run));
            var network = new PlaneNetwork(run.Settings, run.Points.Classes);
            var model = new Model(network.Loss, network.Output, seed: 99, threads: 1);
            model.LoadWeights(file);
            Assert.Equal(expected, model.Predict(new Feed { [network.Input] = inputs }).ToArray());
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static PlaneRun Run(string link)
    {
        var settings = PlaneLink.Parse(link).Settings;
        return new PlaneRun(settings, PlaneSources.Of(settings));
    }

    private static void Train(PlaneRun run, int epochs)
    {
        for (var epoch = 0; epoch < epochs;) if (run.Training.MakeStep()) epoch++;
    }

    private static string Lines(PlaneRun run)
    {
        var (history, every) = (run.Training.History, PlaneProgram.LinesEvery(run.Training.Epoch));
        return string.Concat(history.Index().Where(one => (one.Index + 1) % every == 0 || one.Index == history.Count - 1)
            .Select(one => PlaneProgram.Line(one.Index + 1, one.Item) + "\n"));
    }
}
