using SimpleFlow;

namespace YourOwn;

/// <summary>One predictor answers on 64 threads at once, as in a web server, while the model trains on:
/// it keeps the weights of the moment it was made. Another follows the training.</summary>
internal static class ManyThreads
{
    public static void Run()
    {
        var x = new Placeholder("x", [null, 4]);
        var y = new Placeholder("y", [null, 1]);
        var prediction = Layers.Dense(Layers.Dense(x, 32, Activation.Tanh, name: "hidden"), 1, name: "output");
        var model = new Model(Losses.MeanSquaredError(prediction, y), prediction, new Adam(0.01f), seed: 1);
        var random = new Random(1);
        var rows = Enumerable.Range(0, 512).Select(_ => Enumerable.Range(0, 4).Select(_ => random.NextSingle() * 2 - 1).ToArray())
            .ToArray();
        var data = new Dataset
        {
            [x] = DataArray.From(rows, row => row),
            [y] = DataArray.From(rows, row => [row[0] * row[1] + row[2]]),
        };
        model.Fit(data, epochs: 5);

        using var predictor = model.Predictor();
        using var following = model.Predictor(follow: true);
        var expected = rows.Select(row => Of(predictor, row)).ToArray();
        var before = Of(following, rows[0]);
        var wrong = 0;
        var training = Task.Run(() => model.Fit(data, epochs: 50));
        var threads = Enumerable.Range(0, 64).Select(thread => new Thread(() =>
        {
            for (var round = 0; round < 200; round++)
            {
                var row = (thread * 31 + round) % rows.Length;
                if (Of(predictor, rows[row]) != expected[row]) Interlocked.Increment(ref wrong);
                _ = Of(following, rows[row]);
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        training.Wait();
        var after = Of(following, rows[0]);
        Console.WriteLine($"  64 threads asked 12,800 times while the model trained: {wrong} wrong answers");
        Console.WriteLine($"  the one that follows: {before:F4} → {after:F4}, the model itself: {Of(model, x, rows[0]):F4}");
        if (wrong > 0 || before == after || after != Of(model, x, rows[0])) throw new InvalidOperationException("A wrong answer.");
    }

    // From memory to memory: it allocates nothing.
    private static float Of(Predictor predictor, float[] row)
    {
        Span<float> result = stackalloc float[1];
        predictor.Predict(row, result);
        return result[0];
    }

    private static float Of(Model model, Placeholder x, float[] row) =>
        model.PredictScalar(new Feed { [x] = DataArray.From(row).Reshape(1, row.Length) });
}
