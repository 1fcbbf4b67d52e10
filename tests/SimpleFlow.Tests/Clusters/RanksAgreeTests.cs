using System.Numerics.Tensors;

namespace SimpleFlow.Tests.Clusters;

/// <summary>Ranks with their parts of every batch train what one process trains with all of it.</summary>
public class RanksAgreeTests
{
    private const int Rows = 22;               // 12 in a batch leave 10, which 3 or 4 ranks cannot share evenly

    private static readonly Dictionary<string, Func<Trial>> Networks = new(StringComparer.Ordinal)
    {
        ["dense"] = () => Dense(x => Layers.Dense(x, 5, Activation.Tanh)),
        ["convolution"] = () => OfImages(x => Layers.Conv2D(x, 3, 3, Activation.Relu)),
        ["batch norm"] = () => OfImages(x => Layers.BatchNorm(Layers.Conv2D(x, 3, 3))),
        ["dropout"] = () => Dense(x => Layers.Dropout(Layers.Dense(x, 8, Activation.Relu), 0.4f)),
        ["noise"] = () => Dense(x => Layers.Dense(x, 5) + Layers.Dense(x, 5).RandomNormal() * 0.1f),
        ["lstm"] = () => OfSequences(x => Layers.Lstm(x, 4)),
        ["dropout along time"] = () => OfSequences(x => Layers.Lstm(x.Transpose([1, 0, 2]).Dropout(0.3f).Transpose([1, 0, 2]), 4)),
        ["weighted mean"] = Weighted,
        ["sum of squares"] = () => Dense(x => Layers.Dense(x, 5), (prediction, y) => (prediction - y).Power(2).Sum() * 0.02f),
        ["root"] = () => Dense(x => Layers.Dense(x, 5), (prediction, y) => (prediction - y).Power(2).Mean().Sqrt()),
        ["largest"] = () => Dense(x => Layers.Dense(x, 5), (prediction, y) => (prediction - y).Power(2).Max()),
        ["decay in the loss"] = () => Dense(x => Layers.Dense(x, 5),
            (prediction, y) => (prediction - y).Power(2).Mean() + 0.1f * prediction.Variables()[0].Power(2).Sum()),
    };

    private static readonly Dictionary<string, Func<Optimizer>> Optimizers = new(StringComparer.Ordinal)
    {
        ["descent"] = () => new GradientDescent(0.05f),
        ["momentum"] = () => new Momentum(0.02f),
        ["nesterov"] = () => new Nesterov(0.02f),
        ["adagrad"] = () => new AdaGrad(0.05f),
        ["rmsprop"] = () => new RmsProp(0.005f),
        ["adam"] = () => new Adam(0.01f),
        ["adamw"] = () => new AdamW(0.01f),
        ["clip by norm"] = () => new Momentum(0.05f) { ClipNorm = 0.3f },
        ["clip by value"] = () => new GradientDescent(0.05f) { ClipValue = 0.05f },
    };

    public static TheoryData<string, int> NetworksAndRanks =>
        new(Networks.Keys.SelectMany(name => new[] { 1, 2, 3, 4 }.Select(ranks => (name, ranks))));

    public static TheoryData<string> OptimizerNames => [.. Optimizers.Keys];

    [Theory, MemberData(nameof(NetworksAndRanks))]
    public void Ranks_train_what_one_process_trains(string network, int ranks) => RequireAgreement(network, "momentum", ranks);

    [Theory, MemberData(nameof(OptimizerNames))]
    public void Every_optimizer_is_the_same_with_ranks(string optimizer) => RequireAgreement("dense", optimizer, ranks: 3);

    // Adam would blow up the rounding in the gradient of a bias before a batch norm, which is 0.
    [Theory, InlineData("dense", "adam", 2), InlineData("batch norm", "momentum", 3)]
    public void Gradients_are_accumulated_over_all_ranks(string network, string optimizer, int ranks) =>
        RequireAgreement(network, optimizer, ranks, accumulate: 2);

    [Fact]
    public void Two_runs_with_as_many_ranks_have_the_same_bits()
    {
        var (first, second) = (Train("dropout", "adam", 3), Train("dropout", "adam", 3));
        Assert.Equal(first[0].Weights, second[0].Weights);
    }

    [Fact]
    public void Every_rank_ends_with_the_same_bits()
    {
        var ranks = Train("batch norm", "adam", 4);
        Assert.All(ranks, rank => Assert.Equal(ranks[0].Weights, rank.Weights));
        Assert.All(ranks, rank => Assert.Equal(ranks[0].Numbers, rank.Numbers));
    }

    [Fact]
    public void Ranks_of_which_some_have_no_row_left_agree_too() => RequireAgreement("dense", "adam", ranks: 4, rows: 13);

    private static void RequireAgreement(string network, string optimizer, int ranks, int accumulate = 1, int rows = Rows)
    {
        var alone = Train(network, optimizer, 1, accumulate, rows)[0];
        foreach (var rank in Train(network, optimizer, ranks, accumulate, rows))
        {
            RequireNear(alone.Weights, rank.Weights);
            RequireNear(alone.Numbers, rank.Numbers);
        }
    }

    private static void RequireNear(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 2e-5 * Math.Max(1, Math.Abs(expected[i])));
    }

    /// <summary>The weights, and the losses and metrics of all epochs, on each rank.</summary>
    private static (double[] Weights, double[] Numbers)[] Train(string network, string optimizer, int ranks, int accumulate = 1,
        int rows = Rows) => LocalCluster.OnEachRank(ranks, cluster =>
    {
        var trial = Networks[network]();
        var model = new Model(trial.Loss, trial.Prediction, Optimizers[optimizer](), trial.Metrics, seed: 7, threads: 1);
        var data = trial.Data(rows);
        model.Fit(data, new FitOptions
        {
            Epochs = 3,
            BatchSize = 12 / cluster.Size,
            Validation = trial.Data(5),
            Accumulate = accumulate,
            Cluster = cluster,
            SynchroniseStatistics = true,
        }, TestContext.Current.CancellationToken);
        return (model.Variables.ToVector().Select(value => (double)value).ToArray(),
            model.History.Epochs.SelectMany(epoch => new[] { epoch.Training, epoch.Validation! })
                .SelectMany(one => one.Metrics.Values.Prepend(one.Loss)).ToArray());
    });

    private static Trial Dense(Func<Node, Node> body, Func<Node, Node, Node>? loss = null) => Of([4], body, loss);

    private static Trial OfImages(Func<Node, Node> body) => Of([2, 5, 5], x => body(x).Flatten());

    private static Trial OfSequences(Func<Node, Node> body) => Of([3, 2], x => body(x).Flatten());

    private static Trial Weighted()
    {
        var (x, y, w) = (new Placeholder("x", [null, 4]), new Placeholder("y", [null, 2]), new Placeholder("w", [null]));
        var prediction = Layers.Dense(x, 2);
        var loss = ((prediction - y).Power(2).Sum(axis: 1) * w).Sum() / w.Sum();
        return new Trial(loss, prediction, [Metrics.MeanAbsoluteError(prediction, y)],
            rows => new Dataset
            {
                [x] = Numbers(1, rows, 4),
                [y] = Numbers(2, rows, 2),
                [w] = Array.ConvertAll(Values(3, rows), MathF.Abs),
            });
    }

    private static Trial Of(int[] sizes, Func<Node, Node> body, Func<Node, Node, Node>? loss = null)
    {
        var x = new Placeholder("x", Shape.Create([null, .. sizes.Select(size => (long?)size)]));
        var y = new Placeholder("y", [null, 2]);
        var prediction = Layers.Dense(body(x), 2, name: "output");
        loss ??= (prediction, y) => (prediction - y).Power(2).Mean();
        return new Trial(loss(prediction, y), prediction, [Metrics.MeanAbsoluteError(prediction, y)],
            rows => new Dataset { [x] = Numbers(1, [rows, .. sizes]), [y] = Numbers(2, rows, 2) });
    }

    private static DataArray Numbers(int seed, params int[] sizes) =>
        Tensor.Create(Values(seed, sizes.Aggregate((a, b) => a * b)), Array.ConvertAll(sizes, size => (nint)size));

    private static float[] Values(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];
    }

    private sealed record Trial(Node Loss, Node Prediction, Node[] Metrics, Func<int, Dataset> Data);
}
