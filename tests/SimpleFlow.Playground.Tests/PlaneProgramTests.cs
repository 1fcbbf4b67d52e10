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
        Assert.False(run.IsAltered);
        Assert.Equal(Lines(run), FileProgram.Run(PlaneProgram.Of(run)));
    }

    [Fact]
    public void A_run_that_was_altered_says_so()
    {
        using var run = Run("");
        Train(run, 1);
        Assert.False(run.IsAltered);
        run.Change(run.Settings with { L2 = 0.1f });
        Assert.True(run.IsAltered);
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
