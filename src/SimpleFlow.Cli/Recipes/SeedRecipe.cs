using SimpleFlow.Cli.Reports;
using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli.Recipes;

/// <summary>
/// The network of the seed of this project and the way it was trained: 784-64-10, softmax and
/// its own cross-entropy, plain gradient descent, and in each of 100 epochs 400 iterations on 200 newly drawn images.
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
        var layer1 = Layers.Dense(x, Hidden, Activation.Relu, Weights, Bias, name: "dense_layer_1");
        var predict = Layers.Dense(layer1, classes, Activation.Softmax, Weights, Bias, name: "predict_dense");
        var loss = Losses.CrossEntropy(predict, y, epsilon: 1e-8f);

        var optimizer = new GradientDescent(settings.LearningRate ?? LearningRate, learningRateDecay: 0);
        var model = new Model(loss, predict, optimizer, Metrics.Accuracy(predict, y), settings.Seed, settings.Threads);

        var (images, labels) = (data.Train.Inputs.Reshape(data.Train.Rows, pixels), data.Train.Targets.OneHot(classes));
        var train = new Dataset { [x] = images, [y] = labels };
        var test = new Dataset { [x] = data.Test.Inputs.Reshape(data.Test.Rows, pixels), [y] = data.Test.Targets.OneHot(classes) };
        var batch = Math.Min(settings.Batch ?? Batch, images.Rows);
        var (network, save, lines) = (Usable(data, settings), settings.Save, new SeedLines(report, batch * Iterations));
        var options = new FitOptions
        {
            Epochs = settings.Epochs ?? Epochs,
            BatchSize = batch,
            Validation = test,
            Sampler = SameBatch(images.Rows, batch, settings.Seed),
            // A line is printed once its epoch is saved.
            Callbacks = [.. save?.Checkpoint is { } checkpoint ? [checkpoint] : (Callback[])[], lines],
            Resume = save?.ResumedFolder,
            Cluster = settings.Cluster,
        };
        save?.Begin(network, data);
        report.Train(model, options.Epochs, () =>
        {
            try
            {
                model.Fit(train, options, cancellation);
            }
            catch (OperationCanceledException exception) when (save is not null)
            {
                throw save.Stopped(Updated(network, model), model.Iterations, exception);
            }
            // All epochs were trained before: only the last is reported.
            if (report.Epochs.Count == 0) lines.Report(model.History.Last);
        });
        save?.End(Updated(network, model));
        return new Trained(model, new Feed { [x] = images.Slice(0, batch), [y] = labels.Slice(0, batch) }, network);
    }

    /// <summary>Draws a new batch in each epoch, for all of its steps.</summary>
    private static Func<int, IReadOnlyList<int>> SameBatch(int rows, int batch, ulong seed)
    {
        var random = new Random((int)(seed % int.MaxValue));
        int[] all = [.. Enumerable.Range(0, rows)];
        var drawn = new List<int[]>();
        return epoch =>
        {
            while (drawn.Count <= epoch)
            {
                random.Shuffle(all);
                drawn.Add(all[..batch]);
            }
            return [.. Enumerable.Repeat(drawn[epoch], Iterations).SelectMany(row => row)];
        };
    }

    // The network as it is saved, without its loss: the largest score is the likeliest class, before softmax and after.
    private static Network Usable(LabelledData data, TrainSettings settings) => new(
        new NetworkDescription(data.Input, data.Output,
            [new Layer.Flatten(), new Layer.Dense(Hidden, Activation.Relu) { Name = "dense_layer_1" }]),
        choices: new TrainingChoices { Seed = settings.Seed, Threads = settings.Threads });

    private static Network Updated(Network network, Model model)
    {
        for (var i = 0; i < model.Variables.Count; i++) network.Model.Variables[i].Set(model.Variables[i].Values.ToArray());
        return network;
    }
}
