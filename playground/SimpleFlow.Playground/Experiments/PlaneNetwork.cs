namespace SimpleFlow.Playground.Experiments;

/// <summary>The network of settings, built as a program builds it.</summary>
public sealed class PlaneNetwork
{
    private readonly List<Node> _sums = [], _inputs = [];

    /// <summary>Builds it. The variables get their values when a model is made.</summary>
    /// <param name="settings">What it is made of.</param>
    /// <param name="classes">How many classes it tells apart; 0: it predicts a number.</param>
    public PlaneNetwork(PlaneSettings settings, int classes)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Input = new Placeholder("x", [null, settings.Features.Count]);
        Target = classes > 2 ? new Placeholder("class", [null], ElementType.Int32) : new Placeholder("target", [null, 1]);
        Node previous = Input;
        foreach (var (index, layer) in settings.Layers.Index())
        {
            var (name, activation) = ($"layer {index + 1}", Kinds.Of(layer.Activation));
            var weights = Kinds.Of(settings.Initial) ?? Kinds.Fitting(layer.Activation);
            var sums = Layers.Dense(previous, layer.Units, weights: weights, name: name);
            _sums.Add(sums);
            _inputs.Add(previous);
            if (settings.BatchNorm) sums = Layers.BatchNorm(sums, name: $"norm {index + 1}");
            var outputs = activation(sums);
            Hidden.Add(outputs);
            previous = settings.Dropout > 0 ? Layers.Dropout(outputs, settings.Dropout, name: $"dropout {index + 1}") : outputs;
        }
        _inputs.Add(previous);
        Scores = Layers.Dense(previous, classes > 2 ? classes : 1, weights: Kinds.Of(settings.Initial), name: "output");
        _sums.Add(Scores);
        (Output, Loss) = classes switch
        {
            0 => (Scores, Losses.MeanSquaredError(Scores, Target)),
            2 => (Scores.Sigmoid(), Losses.BinaryCrossEntropy(Scores, Target)),
            _ => (Scores.Softmax(), Losses.SoftmaxCrossEntropy(Scores, Target)),
        };
        Weights = [.. Enumerable.Range(0, settings.Layers.Count + 1).Select(index => Named(index, "w"))];
        Biases = [.. Enumerable.Range(0, settings.Layers.Count + 1).Select(index => Named(index, "b"))];
        if (settings.L1 > 0) Penalties.Add(Losses.L1(settings.L1, [.. Weights]));
        if (settings.L2 > 0) Penalties.Add(Losses.L2(settings.L2, [.. Weights]));

        Variable Named(int index, string kind) => Loss.Variables()
            .Single(variable => variable.Name == (index < settings.Layers.Count ? $"layer {index + 1}/{kind}" : $"output/{kind}"));
    }

    /// <summary>The features of the points, [rows, features].</summary>
    public Placeholder Input { get; }

    /// <summary>What the points should give: [rows, 1], or with more than two classes their numbers, [rows].</summary>
    public Placeholder Target { get; }

    /// <summary>The sums of a layer, x·w + b; those of the output are the last.</summary>
    public Node Sums(int layer) => _sums[layer];

    /// <summary>What a layer is computed from.</summary>
    public Node InputOf(int layer) => _inputs[layer];

    /// <summary>The outputs of each hidden layer.</summary>
    public List<Node> Hidden { get; } = [];

    /// <summary>The last sums: [rows, 1] or [rows, classes].</summary>
    public Node Scores { get; }

    /// <summary>The number that is predicted, the probability of class 1, or those of all classes.</summary>
    public Node Output { get; }

    /// <summary>How wrong the predictions are, without penalties.</summary>
    public Node Loss { get; }

    /// <summary>The penalties of regularisation.</summary>
    public List<Node> Penalties { get; } = [];

    /// <summary>The weights of each layer, those of the output last: [inputs, units].</summary>
    public IReadOnlyList<Variable> Weights { get; }

    /// <summary>The biases of each layer, in the same order: [units].</summary>
    public IReadOnlyList<Variable> Biases { get; }

    /// <summary>The layer that a node belongs to; null: none.</summary>
    public int? LayerOf(Node? node)
    {
        for (var layer = 0; layer <= Hidden.Count; layer++)
        {
            var name = layer < Hidden.Count ? $"layer {layer + 1}/" : "output/";
            if (node?.Name?.StartsWith(name, StringComparison.Ordinal) == true || ReferenceEquals(node, Sums(layer))
                || layer < Hidden.Count && ReferenceEquals(node, Hidden[layer])) return layer;
        }
        return null;
    }

    /// <summary>The points as data for it.</summary>
    public Dataset Data(PlanePoints points, IReadOnlyList<PlaneFeature> features)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(features);
        DataArray inputs = points.Inputs(features);
        DataArray targets = Target.ElementType == ElementType.Int32 ? points.Targets.Select(target => (int)target).ToArray()
            : ((DataArray)points.Targets).Reshape(points.Count, 1);
        return new Dataset { [Input] = inputs.Reshape(points.Count, features.Count), [Target] = targets };
    }
}
