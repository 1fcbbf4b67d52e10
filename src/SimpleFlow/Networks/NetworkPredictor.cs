namespace SimpleFlow;

/// <summary>A network that answers on any number of threads at once, such as those of a web server. The answers are those of the
/// <see cref="Network"/> that made it.</summary>
public sealed class NetworkPredictor : NetworkAnswers, IDisposable
{
    private readonly int _batchSize;

    internal NetworkPredictor(NetworkDescription description, NetworkGraph graph, Predictor predictor, int batchSize)
        : base(description, graph) => (Predictor, _batchSize) = (predictor, batchSize);

    /// <summary>What computes the network's outputs, the scores of the classes or standardised numbers, from encoded inputs.</summary>
    public Predictor Predictor { get; }

    /// <summary>Frees the working memory. Runs that have begun end as usual.</summary>
    public void Dispose() => Predictor.Dispose();

    private protected override float[] Scores(Dataset rows, CancellationToken cancellation) =>
        TensorMemory.ToArray(Predictor.Predict(rows, _batchSize, cancellation));
}
