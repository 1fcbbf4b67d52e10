using System.Diagnostics;
using SimpleFlow.Plots;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Training;

/// <summary>Cancelling at any moment: back within a step, at the end of one, with a model that can be used.</summary>
[Trait("Promise", "14")]
public sealed class CancellationTests(ITestOutputHelper output) : IDisposable
{
    private const int Rows = 120, BatchSize = 5, Epochs = 20, Steps = Epochs * Rows / BatchSize;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_fit_on_one_batch_stands_where_a_shorter_one_ends()
    {
        var random = new Random(1);
        var stopped = new List<long>();
        for (var i = 0; i < 25; i++)
        {
            var net = new Net();
            using var source = new CancellationTokenSource();
            var cancelled = new Cancelling(net.Model, source, random.Next(100), random);
            Assert.ThrowsAny<OperationCanceledException>(() => net.Model.Fit(net.Feed, int.MaxValue, source.Token));
            // The step that ran when the token fired is the last one.
            Assert.InRange(net.Model.Iterations, 1, cancelled.Steps + 1);

            var shorter = new Net();
            shorter.Model.Fit(shorter.Feed, (int)net.Model.Iterations);
            Weights.AssertSame(Weights.Of(shorter.Model), Weights.Of(net.Model));
            Assert.Equal(shorter.LossValue, net.LossValue);
            stopped.Add(net.Model.Iterations);
            // And it goes on as the other one.
            net.Model.Fit(net.Feed, 3);
            shorter.Model.Fit(shorter.Feed, 3);
            Weights.AssertSame(Weights.Of(shorter.Model), Weights.Of(net.Model));
        }
        output.WriteLine($"stopped after {string.Join(", ", stopped)} steps");
    }

    [Fact]
    public void A_fit_over_epochs_stands_at_the_end_of_a_step()
    {
        var undisturbed = new Net();
        var recorder = new Recorder();
        undisturbed.Fit(recorder);
        Assert.Equal(Steps, recorder.Weights.Count);

        var random = new Random(2);
        var stopped = new List<long>();
        for (var i = 0; i < 25; i++)
        {
            var net = new Net();
            using var source = new CancellationTokenSource();
            var cancelled = new Cancelling(net.Model, source, random.Next(Steps - 100), random);
            var exception = Record.Exception(() => net.Fit(callback: null, source.Token));
            if (exception is null)
            {
                _ = cancelled.Steps;          // the token came after the last step
                continue;
            }
            Assert.IsAssignableFrom<OperationCanceledException>(exception);
            var steps = net.Model.Iterations;
            Assert.InRange(steps, 1, cancelled.Steps + 1);
            Weights.AssertSame(recorder.Weights[(int)steps - 1], Weights.Of(net.Model));
            Assert.Equal(recorder.Losses[(int)steps - 1], net.LossValue);
            Assert.Equal(0.01f, net.Model.Optimizer!.LearningRate);
            stopped.Add(steps);
            // What is there can be used.
            Assert.True(double.IsFinite(net.Model.Evaluate(net.Data).Loss));
            Assert.Equal(Rows, net.Model.Predict(net.Data).Lengths[0]);
            net.Fit(callback: null);
        }
        Assert.NotEmpty(stopped);
        output.WriteLine($"stopped after {string.Join(", ", stopped)} of {Steps} steps");
    }

    [Fact]
    public void Looking_for_a_learning_rate_leaves_everything_as_it_was()
    {
        var net = new Net();
        net.Fit(callback: null);
        var (before, steps, random) = (Weights.Of(net.Model), net.Model.Iterations, new Random(3));
        for (var i = 0; i < 10; i++)
        {
            using var source = new CancellationTokenSource();
            var cancelled = new Cancelling(net.Model, source, steps + random.Next(50), random);
            Assert.ThrowsAny<OperationCanceledException>(() =>
                net.Model.FindLearningRate(net.Data, BatchSize, to: 1e-5f, steps: 1_000_000, cancellation: source.Token));
            _ = cancelled.Steps;
            Weights.AssertSame(before, Weights.Of(net.Model));
            Assert.Equal((steps, 0.01f), (net.Model.Iterations, net.Model.Optimizer!.LearningRate));
        }
    }

    [Fact]
    public void Whatever_takes_long_heeds_its_token()
    {
        using var images = new Cli.ImageFolder();
        var net = new Net();
        var (model, cancelled) = (net.Model, new CancellationToken(canceled: true));
        var table = _folder.File("table.csv");
        File.WriteAllText(table, "a,b\n1,2\n3,4\n");
        var writer = new Network(new(new TextInput("ab", 4), new NextCharacterOutput(2), [new Layer.Embedding(2, 4)]));
        var teller = new Network(new(new ImageInput(1, 2, 2), new ClassOutput("class", ["a", "b"]), []));
        var before = Weights.Of(model);
        (string Name, Action Run)[] all =
            [
            ("Fit on a batch", () => model.Fit(net.Feed, 5, cancelled)),
            ("Fit over epochs", () => model.Fit(net.Data, 1, cancellation: cancelled)),
            ("Predict", () => model.Predict(net.Data, cancellation: cancelled)),
            ("Evaluate", () => model.Evaluate(net.Data, cancellation: cancelled)),
            ("FindLearningRate", () => model.FindLearningRate(net.Data, cancellation: cancelled)),
            ("Profile", () => model.Profile(net.Feed, 5, cancelled)),
            ("Model.Trace", () => model.Trace(net.Feed, cancellation: cancelled)),
            ("Trace.Of", () => Trace.Of(net.Loss, net.Feed, cancellation: cancelled)),
            ("GradientCheck", () => GradientCheck.Of(net.Loss, net.Feed, cancellation: cancelled)),
            ("PlainReading", () => PlainReading.Of([net.Loss], net.Feed, cancelled)),
            ("Model.Derivation", () => model.Derivation(net.Feed, cancelled)),
            ("Derivation.Of", () => Derivation.Of(net.Loss, net.Feed, cancelled)),
            ("Explain", () => model.Explain(_folder.File("explanation.html"), net.Feed, cancelled)),
            ("Model.Drawing", () => model.Drawing(new() { Feed = net.Feed }, cancelled)),
            ("Drawing.Of", () => Drawing.Of(net.Loss, new() { Feed = net.Feed }, cancelled)),
            ("Draw", () => model.Draw(_folder.File("drawing.svg"), new() { Feed = net.Feed }, cancelled)),
            ("Mnist.Load", () => Mnist.Load(images.Path, cancellation: cancelled)),
            ("IdxFile.Read", () => IdxFile.Read(Directory.GetFiles(images.Path)[0], cancellation: cancelled)),
            ("TableInput.Of", () => TableInput.Of(CsvTable.Read(table), "b", out _, cancellation: cancelled)),
            ("TableInput.Encode",
                () => TableInput.Of(CsvTable.Read(table), "b", out _).Encode(CsvTable.Read(table), cancellation: cancelled)),
            ("LossSurface", () => GC.KeepAlive(new LossSurface((a, b) => a * a + b * b, (-1, 1), (-1, 1), cancellation: cancelled))),
            ("LossSurface.SaveAnimation", () => new LossSurface((a, b) => a * a + b * b, (-1, 1), (-1, 1)).Path("way", [(0, 1), (0, 0)])
                .SaveAnimation(_folder.File("surface.png"), cancellation: cancelled)),
            ("DescentPath", () => DescentPath.Of((a, b) => a * a + b * b, (1, 1), new Momentum(), 5, cancelled)),
            ("DescentAnimation",
                () => DescentAnimation.Save(_folder.File("descent.png"), x => x * x, x => 2 * x, [1, 0.5], cancellation: cancelled)),
            ("CsvTable.Read", () => CsvTable.Read(table, cancelled)),
            ("CsvTable.Parse", () => CsvTable.Parse("a,b\n1,2\n", cancellation: cancelled)),
            ("Generate", () => _ = writer.Generate("a", 3, cancellation: cancelled).Count()),
            ("Classify", () => teller.ClassifyEncoded(new float[3, 4], cancelled)),
        ];
        foreach (var (name, run) in all)
        {
            var exception = Record.Exception(run);
            Assert.True(exception is OperationCanceledException, $"{name} came to an end, with {exception?.ToString() ?? "a result"}");
        }
        Assert.Equal([table], Directory.GetFiles(_folder.File()));
        Weights.AssertSame(before, Weights.Of(model));
        Assert.Equal(0, model.Iterations);
    }

    [Fact]
    public void Whatever_takes_a_data_set_has_a_token() => Assert.All(
        typeof(Model).GetMethods().Where(method => method.GetParameters().Any(parameter => parameter.ParameterType == typeof(Dataset))),
        method => Assert.Contains(method.GetParameters(), parameter => parameter.ParameterType == typeof(CancellationToken)));

    [Fact]
    public void An_epoch_that_is_cancelled_while_it_is_judged_is_judged_again()
    {
        var undisturbed = new Net();
        undisturbed.Fit(new WeightAverage(0.9f), new Judging(null), new Checkpoint(_folder.File("whole")));

        var net = new Net();
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            net.Fit(null, [new WeightAverage(0.9f), new Judging(source), new Checkpoint(_folder.File("run"))], source.Token));
        Assert.Equal(Judging.Epoch - 1, net.Model.History.Epochs.Count);
        var resumed = new Net();
        resumed.Fit(_folder.File("run"), [new WeightAverage(0.9f), new Judging(null), new Checkpoint(_folder.File("run"))], default);
        Weights.AssertSame(Weights.Of(undisturbed.Model), Weights.Of(resumed.Model));
        Assert.Equal(undisturbed.Model.History.Losses, resumed.Model.History.Losses);
    }

    /// <summary>Fires a token at a random moment after a step, and notes how many were made by then.</summary>
    private sealed class Cancelling
    {
        private readonly Thread _thread;
        private long _steps;

        public Cancelling(Model model, CancellationTokenSource source, long step, Random random)
        {
            var moment = random.NextInt64(Stopwatch.Frequency / 5000);
            _thread = new Thread(() =>
            {
                while (model.Iterations <= step) Thread.Yield();
                var until = Stopwatch.GetTimestamp() + moment;
                while (Stopwatch.GetTimestamp() < until) Thread.SpinWait(10);
                source.Cancel();
                _steps = model.Iterations;
            });
            _thread.Start();
        }

        public long Steps
        {
            get
            {
                _thread.Join();
                return _steps;
            }
        }
    }

    private sealed class Judging(CancellationTokenSource? source) : Callback
    {
        public const int Epoch = 3;

        protected internal override void AfterEpoch(TrainingRun run, EpochResult epoch)
        {
            if (epoch.Epoch != Epoch || source is null) return;
            source.Cancel();
            source.Token.ThrowIfCancellationRequested();
        }
    }

    private sealed class Recorder : Callback
    {
        public List<float[]> Weights { get; } = [];

        public List<float> Losses { get; } = [];

        protected internal override void AfterStep(TrainingRun run)
        {
            Weights.Add(Tests.Weights.Of(run.Model));
            Losses.Add(run.Loss);
        }
    }

    /// <summary>A small network with what remembers: dropout, batch normalisation, Adam.</summary>
    private sealed class Net
    {
        private readonly Placeholder _x = new("x", [null, 4]), _y = new("y", [null], ElementType.Int32);

        public Net()
        {
            var hidden = Layers.Dropout(Layers.BatchNorm(Layers.Dense(_x, 8, name: "hidden"), name: "norm").Relu(), 0.3f);
            var scores = Layers.Dense(hidden, 3, name: "scores");
            Loss = Losses.SoftmaxCrossEntropy(scores, _y);
            Model = new Model(Loss, scores, new Adam(0.01f), seed: 4, threads: 1);
            var random = new Random(1);
            Data = new Dataset
            {
                [_x] = DataArray.From(Enumerable.Range(0, Rows * 4).Select(_ => random.NextSingle()).ToArray()).Reshape(Rows, 4),
                [_y] = Enumerable.Range(0, Rows).Select(_ => random.Next(3)).ToArray(),
            };
            Feed = Data.Sample(16);
        }

        public Node Loss { get; }

        public Model Model { get; }

        public Dataset Data { get; }

        public Feed Feed { get; }

        public float LossValue => Loss.Value;

        public void Fit(Callback? callback, CancellationToken cancellation = default) =>
            Fit(null, callback is null ? [] : [callback], cancellation);

        public void Fit(params Callback[] callbacks) => Fit(null, callbacks, default);

        public void Fit(string? resume, Callback[] callbacks, CancellationToken cancellation) =>
            Model.Fit(Data, new FitOptions
            {
                Epochs = Epochs,
                BatchSize = BatchSize,
                Validation = Data.Take(30),
                Schedule = Schedule.Cosine(),
                Callbacks = callbacks,
                Resume = resume,
            }, cancellation);
    }
}
