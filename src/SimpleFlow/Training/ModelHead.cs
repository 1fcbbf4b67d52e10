namespace SimpleFlow;

/// <summary>
/// The part of a model behind a node: a head on a body that does not change. <see cref="Features"/> computes what the body makes of every
/// example, once, and <see cref="Model"/> trains on that. Its variables are those of the whole model, which predicts with the trained head
/// at once. Made by <see cref="FineTuning.Head(Model, Node, Optimizer?)"/>.
/// </summary>
public sealed class ModelHead
{
    private readonly Model _body;
    private readonly Placeholder[] _read;

    internal ModelHead(Model whole, Node features, Optimizer? optimizer)
    {
        if (!whole.Graph.Order.Contains(features))
            throw new GraphException($"The model does not compute `{features.Label}`: name a node that its losses or predictions are "
                + "computed from, such as the one that model.Cut gave for its body.");
        if (features.ElementType != ElementType.Float32)
            throw new GraphException($"`{features.Label}` is {features.ElementType}: only floats are kept as features.");
        Input = new Placeholder(features.Name ?? "features", features.Shape);
        Node[] outputs = [.. whole.Losses, .. whole.Predictions, .. whole.Graph.GivenMetrics];
        var behind = Rewriter.Run(outputs, (node, inputs) =>
            ReferenceEquals(node, features) ? Input : node is Operation operation ? Rewriter.With(operation, inputs) : node);
        if (Array.TrueForAll(behind, output => ReferenceEquals(output, Input)))
            throw new GraphException($"`{features.Label}` is all that the model computes: there is nothing behind it to train.");
        var nodes = GraphOrder.Of(behind);
        _read = [.. nodes.OfType<Placeholder>()];
        Variable[] own = [.. nodes.OfType<Variable>()];
        RequireApart(own, features, whole);
        var (losses, predictions) = (whole.Losses.Count, whole.Predictions.Count);
        var trained = whole.Chosen is { } chosen ? [.. chosen.Intersect(own)] : (Variable[]?)null;
        Model = new Model(behind[..losses], behind[losses..(losses + predictions)], optimizer, behind[(losses + predictions)..], whole.Seed,
            whole.Threads, trained);
        Model.Freeze([.. whole.Frozen.Intersect(own)]);
        _body = new Model(losses: [], predictions: features, seed: whole.Seed, threads: whole.Threads);
    }

    /// <summary>The head: the same losses, predictions and metrics, computed from <see cref="Input"/>.</summary>
    public Model Model { get; }

    /// <summary>What takes the features: as the node that the model was cut at.</summary>
    public Placeholder Input { get; }

    /// <summary>
    /// Computes the features of all rows, in the body's form for use, as rows for <see cref="Input"/> beside what else the head reads, such
    /// as the labels. They are kept in memory: 4 bytes for each number, so 2 MB for a thousand rows of 512; meanwhile a batch of the body's
    /// intermediate results. Between two calls the body must not change.
    /// </summary>
    /// <param name="dataset">The rows of the whole model.</param>
    /// <param name="batchSize">How many are computed at a time.</param>
    /// <param name="progress">Receives how many are done, after every batch.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="DataException">The dataset is empty or changes its rows at random, or has an index out of range.</exception>
    /// <exception cref="GraphException">A placeholder is missing, or the node has no row for each example.</exception>
    /// <exception cref="MemoryException">The features need more memory than there is.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Dataset Features(Dataset dataset, int batchSize = 32, IProgress<RowProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (dataset.IsAugmented)
            throw new DataException("The dataset changes its rows at random in every epoch (Augment), so each time they have other "
                + "features: keep those of the dataset without Augment, or train the whole model with its body frozen.");
        var features = new Dataset { [Input] = _body.PredictRows(dataset, batchSize, count: 1, progress, cancellation)[0] };
        foreach (var (placeholder, rows) in dataset)
        {
            if (_read.Contains(placeholder)) features[placeholder] = rows;
        }
        return features;
    }

    // The features would change with the variable, and those that are kept would not.
    private static void RequireApart(Variable[] own, Node features, Model whole)
    {
        var shared = features.Variables().Intersect(own)
            .FirstOrDefault(variable => variable.IsTrainable && whole.Chosen?.Contains(variable) != false
                && !whole.Frozen.Contains(variable));
        if (shared is not null)
            throw new GraphException($"`{shared.Name}` is used before `{features.Label}` and behind it: training the head would change the "
                + "features. Freeze it, or train the whole model.");
    }
}
