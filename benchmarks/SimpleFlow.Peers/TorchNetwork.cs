using SimpleFlow.Benchmarks;
using TorchSharp;
using static TorchSharp.torch;

namespace SimpleFlow.Peers;

/// <summary>The layers of a network as torch.nn's modules, with the network's first weights.</summary>
internal static class TorchNetwork
{
    public static nn.Module<Tensor, Tensor> Of(StepNetwork network)
    {
        var modules = new List<(string, nn.Module<Tensor, Tensor>)>();
        var weights = new Queue<(float[] W, float[] B)>(network.Weights);
        var (channels, side, flat) = (network.Input[0], network.Input.Length == 3 ? network.Input[1] : 1, network.Input.Length == 1);
        for (var i = 0; i < network.Layers.Length; i++)
        {
            switch (network.Layers[i])
            {
                case StepLayer.Convolution layer:
                    var convolution = nn.Conv2d(channels, layer.Channels, layer.Size, padding: layer.Padding);
                    Copy(weights.Dequeue(), convolution.weight, convolution.bias!, [layer.Channels, channels, layer.Size, layer.Size],
                        transpose: false);
                    Add(convolution, i < network.Layers.Length - 1);
                    (channels, side) = (layer.Channels, side + 2 * layer.Padding - layer.Size + 1);
                    break;
                case StepLayer.MaxPool layer:
                    Add(nn.MaxPool2d(layer.Size), false);
                    side /= layer.Size;
                    break;
                case StepLayer.Dense layer:
                    if (!flat) Add(nn.Flatten(), false);
                    var inputs = channels * side * side;
                    var linear = nn.Linear(inputs, layer.Units);
                    // torch keeps [units, inputs]
                    Copy(weights.Dequeue(), linear.weight, linear.bias!, [inputs, layer.Units], transpose: true);
                    Add(linear, i < network.Layers.Length - 1);
                    (channels, side, flat) = (layer.Units, 1, true);
                    break;
            }
        }
        return nn.Sequential(modules);

        void Add(nn.Module<Tensor, Tensor> module, bool withRelu)
        {
            modules.Add(($"layer{modules.Count}", module));
            if (withRelu) modules.Add(($"layer{modules.Count}", nn.ReLU()));
        }
    }

    private static void Copy((float[] W, float[] B) from, Tensor weight, Tensor bias, long[] stored, bool transpose)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var w = tensor(from.W, stored);
        weight.copy_(transpose ? w.t() : w);
        bias.copy_(tensor(from.B));
    }
}
