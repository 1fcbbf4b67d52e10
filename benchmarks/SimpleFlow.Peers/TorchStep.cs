using SimpleFlow.Benchmarks;
using TorchSharp;
using static TorchSharp.torch;

namespace SimpleFlow.Peers;

/// <summary>A training step as a user of TorchSharp writes it: modules, the functional loss, an optimizer of torch.optim.</summary>
internal sealed class TorchStep : IContestant
{
    private readonly StepNetwork _network;
    private readonly int _threads;
    private readonly Tensor _x, _y;
    private nn.Module<Tensor, Tensor>? _net;
    private optim.Optimizer? _optimizer;
    private Tensor? _loss;

    public TorchStep(StepNetwork network, int threads)
    {
        (_network, _threads) = (network, threads);
        _x = tensor(network.X, [network.Batch, .. network.Input.Select(size => (long)size)]);
        _y = network.Loss == LossKind.SquaredError
            ? tensor(network.Targets, [network.Batch, network.Outputs])
            : tensor(Array.ConvertAll(network.Classes, index => (long)index));
    }

    public float Loss => _loss!.item<float>();

    public void Reset()
    {
        _net?.Dispose();
        _optimizer?.Dispose();
        _net = TorchNetwork.Of(_network);
        _optimizer = _network.Optimizer == OptimizerKind.Sgd ? optim.SGD(_net.parameters(), 0.001) : optim.Adam(_net.parameters(), 0.001);
    }

    public void Run(int times)
    {
        set_num_threads(_threads);
        for (var i = 0; i < times; i++)
        {
            using var scope = NewDisposeScope();
            _optimizer!.zero_grad();
            var output = _net!.call(_x);
            var loss = _network.Loss == LossKind.SquaredError ? (output - _y).pow(2).sum(1).mean()
                : nn.functional.cross_entropy(output, _y);
            loss.backward();
            _optimizer.step();
            _loss?.Dispose();
            _loss = loss.MoveToOuterDisposeScope();
        }
    }

    public void Dispose()
    {
        _net?.Dispose();
        _optimizer?.Dispose();
        _loss?.Dispose();
        _x.Dispose();
        _y.Dispose();
    }
}
