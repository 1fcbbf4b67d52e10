namespace SimpleFlow.Onnx.Operators;

/// <summary>The functions of the gates of a recurrent layer: those that the node names for a direction, or the usual ones.</summary>
internal static class GateFunctions
{
    public static Func<Node, Node>[] Of(OnnxNode node, int direction)
    {
        string[] usual = node.Op switch
        {
            "LSTM" => ["Sigmoid", "Tanh", "Tanh"],
            "GRU" => ["Sigmoid", "Tanh"],
            _ => ["Tanh"],
        };
        var names = node.Texts("activations") ?? [.. usual, .. usual];
        if (names.Length < (direction + 1) * usual.Length)
            throw node.Fault($"{names.Length} activations are named; each direction needs {usual.Length}.");
        // The numbers belong to those of all functions that have some, in their order.
        var alphas = new Queue<float>(node.Floats("activation_alpha") ?? []);
        var betas = new Queue<float>(node.Floats("activation_beta") ?? []);
        var functions = names.Select(name => Of(node, name, alphas, betas)).ToList();
        return [.. functions.Skip(direction * usual.Length).Take(usual.Length)];
    }

    private static Func<Node, Node> Of(OnnxNode node, string name, Queue<float> alphas, Queue<float> betas)
    {
        float Next(Queue<float> numbers, float usual) => numbers.TryDequeue(out var number) ? number : usual;
        switch (name.ToLowerInvariant())
        {
            case "sigmoid": return x => x.Sigmoid();
            case "tanh": return x => x.Tanh();
            case "relu": return x => x.Relu();
            case "softsign": return x => x / (1f + x.Abs());
            case "softplus": return x => x.Softplus();
            case "leakyrelu":
                var slope = Next(alphas, 0.01f);
                return x => x.LeakyRelu(slope);
            case "elu":
                var alpha = Next(alphas, 1);
                return x => x.Elu(alpha);
            case "thresholdedrelu":
                var threshold = Next(alphas, 1);
                return x => Flow.Select(x.Greater(threshold), x, 0f);
            case "hardsigmoid":
                var (rise, middle) = (Next(alphas, 0.2f), Next(betas, 0.5f));
                return x => (rise * x + middle).Clip(0, 1);
            case "affine":
                var (factor, added) = (Next(alphas, 1), Next(betas, 0));
                return x => factor * x + added;
            case "scaledtanh":
                var (height, speed) = (Next(alphas, 1), Next(betas, 1));
                return x => height * (speed * x).Tanh();
            default: throw node.Fault($"the activation '{name}' is not known.");
        }
    }
}
