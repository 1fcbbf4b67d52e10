namespace SimpleFlow;

/// <summary>A network that answers on any number of threads at once, such as those of a web server. The answers are those of the
/// <see cref="Network"/> that made it.</summary>
public sealed class NetworkPredictor : NetworkAnswers, IDisposable
{
    internal NetworkPredictor(NetworkDescription description, NetworkGraph graph, Predictor predictor) : base(description, graph) =>
        Predictor = predictor;

    /// <summary>What computes the network's outputs, the scores of the classes or standardised numbers, from encoded inputs.</summary>
    public Predictor Predictor { get; }

    /// <summary>Frees the working memory. Runs that have begun end as usual.</summary>
    public void Dispose() => Predictor.Dispose();

    private protected override float[] Scores(Dataset rows, CancellationToken cancellation) =>
        TensorMemory.ToArray(Predictor.Predict(rows, cancellation: cancellation));
}
