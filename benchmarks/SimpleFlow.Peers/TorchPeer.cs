using SimpleFlow.Benchmarks;
using TorchSharp;

namespace SimpleFlow.Peers;

/// <summary>libtorch, through TorchSharp.</summary>
internal sealed class TorchPeer : IPeer
{
    public string Name => "libtorch 2.10 (TorchSharp 0.107)";

    public IContestant Step(StepNetwork network, int threads) => new TorchStep(network, threads);

    public IContestant Product(int size, int threads) => new TorchProduct(size, threads);
}

/// <summary>torch.mm of two square matrices.</summary>
internal sealed class TorchProduct(int size, int threads) : IContestant
{
    private readonly torch.Tensor _a = torch.rand(size, size), _b = torch.rand(size, size);

    public float Loss => float.NaN;

    public void Reset() { }

    public void Run(int times)
    {
        torch.set_num_threads(threads);
        using var _ = torch.no_grad();
        for (var i = 0; i < times; i++) torch.mm(_a, _b).Dispose();
    }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
    }
}
