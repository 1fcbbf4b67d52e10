using SimpleFlow.Onnx;

namespace SimpleFlow.Tests.Onnx;

/// <summary>A network from a file gets a new head, trains further, is saved, resumed and written again.</summary>
public sealed class OnnxCutTests
{
    private static readonly byte[] File = Written();

    [Fact]
    public void A_frozen_body_from_a_file_gives_the_same_features_before_and_after_training()
    {
        var (_, tuned, body) = Tuned();
        tuned.Freeze(body.Variables());
        var features = new Model(losses: [], predictions: body);
        var before = features.Predict(Rows(tuned, 8)).ToArray();
        tuned.Fit(Rows(tuned, 24), epochs: 3, batchSize: 8);
        Assert.Equal(before, features.Predict(Rows(tuned, 8)).ToArray());
        Assert.True(tuned.History.Last.Loss < tuned.History.Epochs[0].Loss);
    }

    [Fact]
    public void A_thawed_body_from_a_file_trains_and_its_statistics_stay()
    {
        var (_, tuned, body) = Tuned();
        var (weights, statistics) = (body.Variables().Where(variable => variable.IsTrainable).ToList(),
            body.Variables().Where(variable => !variable.IsTrainable).ToList());
        Assert.Equal(2, statistics.Count);
        var (before, fixedBefore) = (weights.ToVector(), statistics.ToVector());
        tuned.Fit(Rows(tuned, 24), epochs: 1, batchSize: 8);
        Assert.NotEqual(before, weights.ToVector());
        Assert.Equal(fixedBefore, statistics.ToVector());
    }

    [Fact]
    public void A_value_can_be_cut_at_by_its_name_or_that_of_its_node()
    {
        var model = OnnxModel.Load(new MemoryStream(File));
        Assert.Equal("[?, 4, 3, 3]", model.Cut("pool").Shape.ToString());
        Assert.Same(model["pool"], model.Cut("pool"));
        var error = Assert.Throws<OnnxException>(() => model.Cut("pol"));
        Assert.StartsWith("The model has no node 'pol' to cut it at. Did you mean 'pool'? Names lists those that it has.", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_trained_on_a_body_from_a_file_resumes_bit_for_bit()
    {
        var folder = Directory.CreateTempSubdirectory("simpleflow-cut-").FullName;
        try
        {
            Model Trained(params int[] epochs)
            {
                Model? model = null;
                foreach (var until in epochs)
                {
                    (_, model, var body) = Tuned();
                    model.Freeze(body.Variables());
                    model.Fit(Rows(model, 24), new FitOptions
                    {
                        Epochs = until,
                        BatchSize = 8,
                        Callbacks = epochs.Length > 1 ? [new Checkpoint(folder)] : [],
                        Resume = until > epochs[0] ? folder : null,
                    });
                }
                return model!;
            }
            var (through, resumed) = (Trained(4), Trained(2, 4));
            Assert.Equal(through.Predict(Rows(through, 8)).ToArray(), resumed.Predict(Rows(resumed, 8)).ToArray());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_network_with_a_new_head_is_written_as_a_file_again_and_predicts_the_same_bits()
    {
        var (_, tuned, body) = Tuned();
        tuned.Freeze(body.Variables());
        tuned.Fit(Rows(tuned, 24), epochs: 1, batchSize: 8);
        using var stream = new MemoryStream();
        tuned.ExportOnnx(stream);
        stream.Position = 0;
        var again = OnnxModel.Load(stream);
        var model = new Model(losses: [], predictions: again.Outputs[0].Node);
        Assert.Equal(tuned.Predict(Rows(tuned, 8)).ToArray(), model.Predict(Rows(tuned, 8, again.Inputs[0])).ToArray());
    }

    private static readonly Placeholder Label = new("label", [null], ElementType.Int32);

    private static (OnnxModel Read, Model Tuned, Node Body) Tuned()
    {
        var read = OnnxModel.Load(new MemoryStream(File));
        var body = read.Cut("pool");
        var scores = Layers.Dense(body.Flatten(), 3, name: "head");
        return (read, new Model(Losses.SoftmaxCrossEntropy(scores, Label), scores, new Adam(0.01f), seed: 1), body);
    }

    private static Dataset Rows(Model model, int count, Placeholder? picture = null)
    {
        var random = new Random(1);
        var (pixels, labels) = (new float[count, 1, 8, 8], new int[count]);
        for (var i = 0; i < count; i++)
        {
            labels[i] = i % 3;
            for (var j = 0; j < 64; j++) pixels[i, 0, j / 8, j % 8] = random.NextSingle() + (j % 8 / 3 == labels[i] ? 1 : 0);
        }
        picture ??= GraphOrder.Of(model.Predictions).OfType<Placeholder>().Single();
        var rows = new Dataset { [picture] = pixels };
        if (model.Losses.Count > 0) rows[Label] = labels;
        return rows;
    }

    // A small convolutional network of another task, trained a little.
    private static byte[] Written()
    {
        var x = new Placeholder("image", [null, 1, 8, 8]);
        var y = new Placeholder("y", [null, 1]);
        var norm = Layers.BatchNorm(Layers.Conv2D(x, 4, 3, name: "conv"), name: "norm").Relu("active");
        var pool = norm.MaxPool2D(2, name: "pool");
        var old = Layers.Dense(pool.Flatten(), 1, name: "old");
        var model = new Model(Losses.MeanSquaredError(old, y), old, new Adam(0.01f), seed: 3);
        var random = new Random(3);
        model.Step(new Feed
        {
            [x] = DataArray.From(Enumerable.Range(0, 4 * 64).Select(_ => random.NextSingle()).ToArray()).Reshape(4, 1, 8, 8),
            [y] = new float[,] { { 1 }, { 0 }, { 1 }, { 0 } },
        });
        using var stream = new MemoryStream();
        model.ExportOnnx(stream);
        return stream.ToArray();
    }
}
