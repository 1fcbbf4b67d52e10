namespace SimpleFlow.Tests.Training;

/// <summary>What every version has saved: a network of each kind, a model and a training.
/// Files that were written refer to them as they stand here, so they are never changed; new ones may be added.</summary>
internal static class SavedExamples
{
    public static IEnumerable<Example> Networks()
    {
        var table = CsvTable.Parse(
            "size,colour,kind,price\n"
                + string.Join('\n',
                    Enumerable.Range(0, 60)
                        .Select(i =>
                            $"{(i % 9 == 0 ? "" : $"{i % 13}.5")},c{i * i % 17},{(i % 13 > 5 ? "big" : "small")},{100 + 7 * (i % 13)}"))
                + "\n", "saved.csv");
        yield return new("table-classes", new(TableInput.Of(table, "kind", out _), ClassOutput.Of(table, "kind"),
            [new Layer.Dense(6, Activation.Relu), new Layer.BatchNorm(), new Layer.Dropout(0.2f)]), net => net.Dataset(table));
        yield return new("table-numbers", new(TableInput.Of(table, "price", out _), NumberOutput.Of(table, "price"),
            [new Layer.Dense(6, Activation.Gelu), new Layer.LayerNorm()]), net => net.Dataset(table));

        var (images, labels) = (DataArray.From(Numbers(30 * 3 * 8 * 8)).Reshape(30, 3, 8, 8),
            Enumerable.Range(0, 30).Select(i => i % 3).ToArray());
        yield return new(
            "images",
            new(new ImageInput(3, 8, 8), new ClassOutput("class", ["ant", "bee", "cat"]),
                [new Layer.Conv2D(4, 3, Activation.Relu), new Layer.MaxPool2D(), new Layer.GroupNorm(2),
                    new Layer.Dense(5, Activation.Tanh)]),
            net => net.EncodedDataset(images, labels));

        var text = string.Concat(Enumerable.Repeat("a cat sat on a mat. ", 6));
        var vocabulary = Vocabulary.Of(text);
        yield return new(
            "text",
            new(new TextInput(vocabulary.Characters, 8), new NextCharacterOutput(vocabulary.Count),
                [new Layer.Embedding(vocabulary.Count, 8), new Layer.PositionalEmbedding(), new Layer.TransformerBlock(2, Causal: true)]),
            net =>
            {
                var (pieces, next) = vocabulary.Windows(text, 8, stride: 7);
                return net.EncodedDataset(pieces, next);
            });
    }

    // Even enough to train on, and the same everywhere.
    private static float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => (i * 37 % 101 - 50) / 50f)];

    /// <summary>A network and what it is trained on.</summary>
    public sealed record Example(string Name, NetworkDescription Description, Func<Network, Dataset> Data)
    {
        public Network Trained()
        {
            var network = new Network(Description, new AdamW(0.01f), new TrainingChoices { Seed = 5, Threads = 1 });
            network.Model.Fit(Data(network), epochs: 3, batchSize: 8);
            return network;
        }

        public float[] Scores(Network network) => TensorMemory.ToArray(network.Model.Predict(Data(network).Take(4)));
    }

    /// <summary>A training with all that remembers something.</summary>
    public sealed class Training
    {
        private readonly Placeholder _x = new("x", [null, 1, 6, 6]), _y = new("y", [null], ElementType.Int32);
        private readonly Dataset _all;

        public Training()
        {
            var hidden = Layers.Dropout(Layers.BatchNorm(Layers.Conv2D(_x, 3, 3, name: "conv"), name: "norm").Relu(), 0.3f);
            var scores = Layers.Dense(hidden.Flatten(), 3, name: "scores");
            Model = new Model(Losses.SoftmaxCrossEntropy(scores, _y), scores, new AdamW(0.01f), Metrics.Accuracy(scores, _y), seed: 5,
                threads: 1);
            _all = new Dataset
            {
                [_x] = DataArray.From(Numbers(70 * 36)).Reshape(70, 1, 6, 6),
                [_y] = Enumerable.Range(0, 70).Select(i => i % 3).ToArray()
            };
        }

        public Model Model { get; }

        public float[] LossesOfEpochs =>
            [.. Model.History.Epochs.SelectMany(epoch => new[] { (float)epoch.Loss, (float)epoch.Validation!.Loss })];

        public float[] Predictions => TensorMemory.ToArray(Model.Predict(_all.Take(5)));

        public void Fit(string folder, int epochs = 3, string? resume = null, int? stopAfter = null,
            CancellationTokenSource? source = null) =>
            Model.Fit(_all.Take(50).Augment(_x, new ImageAugmentation(6, 6) { Shift = 1, Rotation = 10 }), new FitOptions
            {
                Epochs = epochs,
                BatchSize = 8,
                Validation = _all.Skip(50),
                Schedule = Schedule.OneCycle(),
                Callbacks = [new WeightAverage(0.9f), new BestWeights("accuracy"), new EarlyStopping(100), new Stop(stopAfter, source),
                new Checkpoint(folder)],
                Resume = resume,
            }, source?.Token ?? default);

        private sealed class Stop(int? step, CancellationTokenSource? source) : Callback
        {
            protected internal override void AfterStep(TrainingRun run)
            {
                if (run.Model.Iterations == step) source!.Cancel();
            }
        }
    }
}
