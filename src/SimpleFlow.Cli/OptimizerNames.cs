namespace SimpleFlow.Cli;

/// <summary>The optimizers under the names of the command line, each with its default learning rate.</summary>
internal static class OptimizerNames
{
    /// <summary>All names, those that the help shows first.</summary>
    public static readonly string[] All = ["gradient-descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "sgd"];

    /// <summary>An optimizer with a rate that suits it, or with the rate that was asked for.</summary>
    /// <exception cref="UsageException">It does not accept this rate.</exception>
    public static Optimizer Create(string name, float? rate, IReadOnlyList<VariableGroup>? groups = null) =>
        WithRate(Create(name, groups ?? []), name, rate);

    /// <summary>The optimizer with the rate that was asked for, if one was.</summary>
    /// <exception cref="UsageException">It does not accept this rate.</exception>
    public static Optimizer WithRate(Optimizer optimizer, string name, float? rate)
    {
        if (rate is not { } given) return optimizer;
        if (given > optimizer.LargestRate)
            throw new UsageException($"--learning-rate is {given}, and {name} takes at most {optimizer.LargestRate:G2}.");
        optimizer.LearningRate = given;
        return optimizer;
    }

    // Rates with which a network of a few ReLU layers and mean losses learns fast and safely.
    private static Optimizer Create(string name, IReadOnlyList<VariableGroup> groups) => name switch
    {
        "gradient-descent" or "sgd" => new GradientDescent(0.2f, learningRateDecay: 0) { Groups = groups },
        "momentum" => new Momentum(0.05f) { Groups = groups },
        "nesterov" => new Nesterov(0.05f) { Groups = groups },
        "adagrad" => new AdaGrad(0.02f) { Groups = groups },
        "rmsprop" => new RmsProp(0.001f) { Groups = groups },
        "adam" => new Adam(0.002f) { Groups = groups },
        "adamw" => new AdamW(0.003f, weightDecay: 0.1f) { Groups = groups },
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such optimizer."),
    };
}
