namespace SimpleFlow.Cli;

/// <summary>The optimizers under the names of the command line, each with the rate it starts from where none is given.</summary>
internal static class OptimizerNames
{
    /// <summary>All names, first those that help shows.</summary>
    public static readonly string[] All = ["gradient-descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "sgd"];

    // Rates that a network of a few layers of ReLU with mean losses learns fast and safely with.
    public static Optimizer Create(string name, float? rate) => name switch
    {
        "gradient-descent" or "sgd" => new GradientDescent(rate ?? 0.2f, learningRateDecay: 0),
        "momentum" => new Momentum(rate ?? 0.05f),
        "nesterov" => new Nesterov(rate ?? 0.05f),
        "adagrad" => new AdaGrad(rate ?? 0.02f),
        "rmsprop" => new RmsProp(rate ?? 0.001f),
        "adam" => new Adam(rate ?? 0.002f),
        "adamw" => new AdamW(rate ?? 0.003f, weightDecay: 0.1f),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such optimizer."),
    };
}
