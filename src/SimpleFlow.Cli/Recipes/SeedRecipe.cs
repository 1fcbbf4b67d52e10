using System.Diagnostics;
using SimpleFlow.Cli.Reports;
using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli.Recipes;

/// <summary>
/// The network of the seed of this project and the way it was trained: 784-64-10, softmax and
/// its own cross-entropy, plain gradient descent, and in each of 100 epochs 400 iterations on 200 images that are drawn anew.
/// Each epoch is a fit of its own, so the checkpoints are told here where the training stands.
/// </summary>
internal static class SeedRecipe
{
    public const int Hidden = 64, Epochs = 100, Batch = 200, Iterations = 400;
    public const float LearningRate = 0.001f;
    private static readonly Initializer Weights = Initializer.Normal(0.3f), Bias = Initializer.Constant(0.1f);

    public static Trained Train(LabelledData data, TrainSettings settings, TrainingReport report, CancellationToken cancellation)
    {
        var (image, classes) = ((ImageInput)data.Input, ((ClassOutput)data.Output).Classes.Count);
        var pixels = image.Channels * image.Rows * image.Columns;
        var x = new Placeholder("img", [null, pixels]);
        var y = new Placeholder("label", [null, classes]);
        var layer1 = Layers.Dense(x, Hidden, Activation.Relu, Weights, Bias, "dense_layer_1");
        var predict = Layers.Dense(layer1, classes, Activation.Softmax, Weights, Bias, "predict_dense");
        var loss = Losses.CrossEntropy(predict, y, epsilon: 1e-8f);

        var optimizer = new GradientDescent(settings.LearningRate ?? LearningRate, learningRateDecay: 0);
        var model = new Model(loss, predict, optimizer, Metrics.Accuracy(predict, y), settings.Seed, settings.Threads);

        var (images, labels) = (data.Train.Inputs.Reshape(data.Train.Rows, pixels), data.Train.Targets.OneHot(classes));
        var test = new Dataset { [x] = data.Test.Inputs.Reshape(data.Test.Rows, pixels), [y] = data.Test.Targets.OneHot(classes) };
        var epochs = settings.Epochs ?? Epochs;
        var drawn = Math.Min(settings.Batch ?? Batch, images.Rows);
        int[] rows = [.. Enumerable.Range(0, images.Rows)];

        var network = Usable(data, settings);
        var (save, run) = (settings.Save,
            new TrainingRun(model, epochs, Iterations, (dataset, size) => model.Evaluate(dataset, size, cancellation)));
        save?.Begin(network, data);
        var asked = new FitSettings(
            images.Rows, drawn, Shuffle: true, Accumulate: 1, optimizer.LearningRate, $"{optimizer}", $"{Schedule.Constant}",
            save?.Checkpoint is null ? [] : [.. DataFingerprint.Of("training", new Dataset { [x] = images, [y] = labels }),
                .. DataFingerprint.Of("validation", test)], Callbacks: [], CallbackSettings: []);
        var resumed = save?.ResumedFolder is { } folder
            ? model.Resume(folder, asked,
                () => [.. DataFingerprint.OfVersion1("training", new Dataset { [x] = images, [y] = labels }),
                    .. DataFingerprint.OfVersion1("validation", test)], Iterations, isValidated: true, watchesTraining: false)
            : null;
        var random = new Random((int)(model.Seed % int.MaxValue));
        // Of the epoch that is under way: its iterations, the loss that the last of them started from, its time.
        var (done, iterations, last, elapsed) = (resumed?.Epoch ?? 0, resumed?.Batch ?? 0, resumed is null ? double.NaN : resumed.Sums[0],
            resumed?.Elapsed ?? TimeSpan.Zero);
        run.State = () => new FitState(asked, done, iterations, model.Iterations, [last], drawn, elapsed, StopReason: null, []);
        save?.Checkpoint?.Begin(run);
        report.Train(model, epochs, () =>
        {
            try
            {
                for (var epoch = 1; epoch <= epochs; epoch++)
                {
                    random.Shuffle(rows);
                    if (epoch > done) Train(epoch);
                }
            }
            catch (OperationCanceledException exception) when (save is not null)
            {
                save.Checkpoint?.Consider(run, always: true);
                throw save.Stopped(Updated(network, model), model.Iterations, exception);
            }
            // All was done before: its last epoch is what there is to tell.
            if (report.Epochs.Count == 0) Tell(model.History.Last);
        });
        save?.End(Updated(network, model));
        return new Trained(model, new Feed { [x] = images.Slice(0, drawn), [y] = labels.Slice(0, drawn) }, network);

        void Train(int epoch)
        {
            var began = Stopwatch.GetTimestamp() - (long)(elapsed.TotalSeconds * Stopwatch.Frequency);
            var (before, first) = (model.Iterations, iterations);
            try
            {
                var feed = new Feed { [x] = images.SelectRows(rows.AsSpan(0, drawn)), [y] = labels.SelectRows(rows.AsSpan(0, drawn)) };
                if (iterations < Iterations)
                {
                    var fit = model.Fit(feed, Iterations - iterations, cancellation);
                    // One that has settled has no more to do.
                    (iterations, last) = (fit.Settled ? Iterations : first + fit.Iterations, fit.Loss);
                }
                var tested = model.Evaluate(test, cancellation: cancellation);
                model.History.Add(new EpochResult(epoch, new Evaluation(last, new Dictionary<string, double>(StringComparer.Ordinal)),
                    tested, Stopwatch.GetElapsedTime(began))
                { LearningRate = optimizer.LearningRate });
                (done, iterations, last, elapsed) = (epoch, 0, double.NaN, TimeSpan.Zero);
            }
            catch (OperationCanceledException)
            {
                if (iterations == first) iterations += (int)(model.Iterations - before);
                elapsed = Stopwatch.GetElapsedTime(began);
                throw;
            }
            save?.Checkpoint?.Consider(run, always: true);
            Tell(model.History.Last);
        }

        void Tell(EpochResult epoch) =>
            report.Epoch(new EpochLine(epoch.Epoch, epoch.Loss, epoch.Validation!.Loss, epoch.Validation.Metrics["accuracy"],
                epoch.Duration, Rows: (long)Iterations * drawn));
    }

    // The same network as it is saved, told apart from its loss: the largest of the scores is
    // the likeliest class, before softmax and after.
    private static Network Usable(LabelledData data, TrainSettings settings) => new(
        new NetworkDescription(data.Input, data.Output,
            [new Layer.Flatten(), new Layer.Dense(Hidden, ActivationKind.Relu) { Name = "dense_layer_1" }]),
        choices: new TrainingChoices { Seed = settings.Seed, Threads = settings.Threads });

    private static Network Updated(Network network, Model model)
    {
        for (var i = 0; i < model.Variables.Count; i++) network.Model.Variables[i].Set(model.Variables[i].Memory.Span);
        return network;
    }
}
