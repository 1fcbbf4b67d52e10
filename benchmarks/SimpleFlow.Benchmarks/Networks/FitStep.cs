namespace SimpleFlow.Benchmarks;

/// <summary>A training step in the loop of the seed: <see cref="Model.Fit(Feed, int, CancellationToken)"/>, with
/// its test whether anything still moves.</summary>
internal sealed class FitStep : IContestant
{
    private readonly StepNetwork _network;
    private readonly int _threads;
    private Graph _graph;
    private Model _model;

    public FitStep(StepNetwork network, int threads)
    {
        (_network, _threads) = (network, threads);
        Reset();
    }

    public float Loss { get; private set; }

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_graph), nameof(_model))]
    public void Reset()
    {
        _graph = new Graph(_network);
        _model = new Model(_graph.Loss, optimizer: _graph.Optimizer, threads: _threads);
        Run(1);                                                      // compiles the plan
        foreach (var (variable, first) in _model.Variables.Zip(_network.Weights.SelectMany(layer => new[] { layer.W, layer.B })))
            variable.Set(first);
    }

    public void Run(int times)
    {
        var result = _model.Fit(_graph.Feed, times);
        if (result.Iterations != times)
            throw new InvalidOperationException(
                $"{_network.Name} settled after {result.Iterations} steps of {times}: the block is too long.");
        Loss = result.Loss;
    }

    public void Dispose() { }
}
