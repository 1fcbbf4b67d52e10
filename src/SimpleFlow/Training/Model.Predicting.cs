using System.Numerics.Tensors;
using SimpleFlow.Compilation;
using SimpleFlow.Execution;

namespace SimpleFlow;

/// <content>Predictions, on one thread and on many.</content>
public sealed partial class Model
{
    private const long MostDraws = 1L << 46;

    private readonly Kernels.StepClock _draw = new();
    private Session? _drawing, _dropping;

    /// <summary>
    /// Makes what predicts on any number of threads at once, as a singleton in a web server.
    /// It has the weights of this moment, copied once; training goes on without it.
    /// If it follows, it reads the model's own weights instead, and each run sees them as they are at the end of a step, never in the
    /// middle of one. It can be made while the model trains on another thread.
    /// </summary>
    /// <param name="follow">Whether it predicts with the weights that the model has at the time.</param>
    /// <exception cref="GraphException">The model has no predictions.</exception>
    /// <exception cref="MemoryException">There is not enough memory for a copy of the weights.</exception>
    public Predictor Predictor(bool follow = false)
    {
        RequirePredictions();
        var computed = ForInference.Of(Graph.Predictions);
        var options = _options with { Inference = true };
        if (follow)
            return new Predictor(Predictions, computed, Clock, options,
                new VariableAccess(GraphOrder.Of(computed).OfType<Variable>(), written: []));
        var clock = new Kernels.StepClock { Seed = Clock.Seed, Step = Clock.Step };
        using var held = Reading.Enter();
        var copies = VariableSet.Copied(GraphOrder.Of(computed).OfType<Variable>());
        return new Predictor(Predictions, Rewriter.Run(computed, (node, inputs) =>
            node is Variable variable ? copies[variable] : node is Operation operation ? Rewriter.With(operation, inputs) : node),
            clock, options, reading: null);
    }

    /// <summary>The first prediction for what is fed.</summary>
    /// <exception cref="GraphException">A placeholder is missing or was fed a shape it does not have, the model has no predictions, or a
    /// whole number is too large for a float to hold it.</exception>
    public Tensor<float> Predict(Feed feed) => PredictAll(feed)[0];

    /// <summary>
    /// The first prediction for what is fed, with random numbers of its own: to draw several samples from a graph with random ops, such as
    /// the decoder of a variational autoencoder, or to see by dropout how certain a prediction is (Gal and Ghahramani, "Dropout as a
    /// Bayesian approximation", 2016). Without a number of a draw, <see cref="Predict(Feed)"/> draws what the next step will draw, the same
    /// at every call.
    /// </summary>
    /// <param name="feed">What the placeholders hold.</param>
    /// <param name="draw">The number of the draw, from 0: each gives other random numbers,
    /// none of which a training step draws, and the same number the same.</param>
    /// <param name="dropout">Whether dropout drops as in training.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative or 2⁴⁶ or more.</exception>
    /// <exception cref="GraphException">A placeholder is missing or was fed a shape it does not have, the model has no predictions, or a
    /// whole number is too large for a float to hold it.</exception>
    public Tensor<float> Predict(Feed feed, long draw, bool dropout = false)
    {
        ArgumentNullException.ThrowIfNull(feed);
        ArgumentOutOfRangeException.ThrowIfNegative(draw);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(draw, MostDraws);
        RequirePredictions();
        using var _ = Enter();
        ref var session = ref dropout ? ref _dropping : ref _drawing;
        session ??= new Session(ForInference.Of(Graph.Predictions, dropout: dropout), _draw, _options, _arena);
        // Beyond all steps of a training, of which there are fewer than 2⁴⁷.
        (_draw.Seed, _draw.Step) = (Seed, 2 * MostDraws + draw);
        var executable = PlanData.Prepare(session, feed);
        using var held = Reading.Enter();
        executable.Run(feed.DataRows.Span);
        var prediction = PlanData.Fetch(executable, 0);
        Graph.KeepPredictions(executable);
        return prediction;
    }

    /// <summary>The first prediction for what is fed, as the one number that it is: of a scalar, or of a single row and column.</summary>
    /// <exception cref="GraphException">A placeholder is missing or was fed a shape it does not have, the model has no predictions, or the
    /// prediction has more than one element.</exception>
    public float PredictScalar(Feed feed)
    {
        var prediction = Predict(feed);
        return prediction.FlattenedLength == 1
            ? TensorMemory.ToArray(prediction)[0]
            : throw new GraphException(
                $"`{Predictions[0].Label}` is {TensorMemory.ShapeOf(prediction)} for this feed, not one number: use Predict.");
    }

    /// <summary>All predictions for what is fed, in the order in which the model was given them.</summary>
    /// <exception cref="GraphException">A placeholder is missing or was fed a shape it does not have, the model has no predictions, or a
    /// whole number is too large for a float to hold it.</exception>
    public IReadOnlyList<Tensor<float>> PredictAll(Feed feed)
    {
        ArgumentNullException.ThrowIfNull(feed);
        RequirePredictions();
        using var _ = Enter();
        var executable = PlanData.Prepare(Prediction, feed);
        var values = new Tensor<float>[Predictions.Count];
        using var held = Reading.Enter();
        executable.Run();
        for (var i = 0; i < values.Length; i++) values[i] = PlanData.Fetch(executable, i);
        Graph.KeepPredictions(executable);
        return values;
    }

    /// <summary>The first prediction for every row of a dataset, a batch at a time: [rows, ..].</summary>
    /// <exception cref="DataException">The dataset is empty, or has an index out of range; the message names the row.</exception>
    /// <exception cref="GraphException">The model has no predictions, or its prediction has no row for each example.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Tensor<float> Predict(Dataset dataset, int batchSize = 1000, CancellationToken cancellation = default) =>
        PredictRows(dataset, batchSize, count: 1, progress: null, cancellation)[0];

    /// <summary>All predictions for every row of a dataset, a batch at a time, in the order in which the model was given them:
    /// each is [rows, ..].</summary>
    /// <exception cref="DataException">The dataset is empty, or has an index out of range; the message names the row.</exception>
    /// <exception cref="GraphException">The model has no predictions, or one of them has no row for each example.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<Tensor<float>> PredictAll(Dataset dataset, int batchSize = 1000, CancellationToken cancellation = default) =>
        PredictRows(dataset, batchSize, Predictions.Count, progress: null, cancellation);

    /// <summary>The first predictions for every row of a dataset, each [rows, ..].</summary>
    internal Tensor<float>[] PredictRows(Dataset dataset, int batchSize, int count, IProgress<RowProgress>? progress,
        CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        RequireRows(dataset);
        RequirePredictions();
        using var _ = Enter();
        return RowPredictions.Of(Predictions, feed =>
        {
            var executable = PlanData.Prepare(Prediction, feed, cancellation);
            using var held = Reading.Enter();
            executable.Run(feed.DataRows.Span);
            return [.. Enumerable.Range(0, count).Select(i => PlanData.Fetch(executable, i))];
        }, dataset, batchSize, count, progress, cancellation);
    }

    private void RequirePredictions()
    {
        if (Predictions.Count == 0)
            throw new GraphException("The model has no predictions: give it some, new Model(loss, predictions: …).");
    }
}
