using System.Numerics.Tensors;

namespace SimpleFlow;

/// <summary>Predictions for every row of a dataset, batch by batch, put together.</summary>
internal static class RowPredictions
{
    private const string Advice = "Predict fewer rows at a time: dataset.Take and Skip.";

    /// <summary>The first predictions, each [rows, ..].</summary>
    /// <param name="predictions">The nodes.</param>
    /// <param name="compute">Computes them for a batch.</param>
    /// <param name="dataset">The rows.</param>
    /// <param name="batchSize">How many are computed at a time.</param>
    /// <param name="count">How many of the predictions.</param>
    /// <param name="progress">Receives how many rows are done, after every batch.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public static Tensor<float>[] Of(IReadOnlyList<Node> predictions, Func<Feed, Tensor<float>[]> compute, Dataset dataset, int batchSize,
        int count, IProgress<RowProgress>? progress, CancellationToken cancellation)
    {
        using var batches = new Batches(dataset, dataset.Rows, batchSize);
        int[] order = [.. Enumerable.Range(0, dataset.Rows)];
        var (values, shapes) = (new float[count][], new Shape[count]);
        for (var batch = 0; batch < batches.Count; batch++)
        {
            cancellation.ThrowIfCancellationRequested();
            var feed = batches.Load(order, batch, epoch: 0);
            var (parts, rows) = (compute(feed), feed.DataRows.Length);
            for (var i = 0; i < count; i++)
            {
                var row = RowShape(predictions[i], TensorMemory.ShapeOf(parts[i]), rows);
                if (batch == 0) values[i] = RoomFor(shapes[i] = Shape.Of(dataset.Rows).Append(row));
                parts[i].FlattenTo(values[i].AsSpan(batch * batchSize * (int)row.ElementCount));
            }
            progress?.Report(new RowProgress(Math.Min((batch + 1) * batchSize, dataset.Rows), dataset.Rows));
        }
        return [.. values.Select((one, i) => TensorMemory.Create(one, shapes[i]))];
    }

    private static Shape RowShape(Node prediction, Shape shape, int rows) =>
        shape.Rank > 0 && shape[0] == rows && prediction.Shape.Rank > 0 ? shape.Slice(1, shape.Rank - 1) : throw new GraphException(
            $"`{prediction.Label}` is {prediction.Shape} for {NumberText.Count(rows, "row")}: it has no row for each example. Predict "
                + "with a feed instead.");

    private static float[] RoomFor(Shape shape)
    {
        MemoryBudget.RequireBlock(shape.ElementCount, () => $"Predictions of {shape} need", Advice);
        MemoryBudget.Require(shape.ElementCount * sizeof(float), () => $"Predictions of {shape} need", Advice);
        return new float[shape.ElementCount];
    }
}
