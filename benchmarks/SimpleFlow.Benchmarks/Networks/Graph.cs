namespace SimpleFlow.Benchmarks;

/// <summary>A network as its user writes it in SimpleFlow.</summary>
internal sealed class Graph
{
    public Graph(StepNetwork network)
    {
        X = new Placeholder("x", [null, .. network.Input.Select(size => (long?)size)]);
        var weights = new Queue<(float[] W, float[] B)>(network.Weights);
        Node output = X;
        for (var i = 0; i < network.Layers.Length; i++)
        {
            var isLast = i == network.Layers.Length - 1;
            output = network.Layers[i] switch
            {
                StepLayer.Convolution layer => Convolution(output, layer, weights.Dequeue(), $"conv_{i + 1}"),
                StepLayer.MaxPool pool => output.MaxPool2D(pool.Size, stride: pool.Size),
                StepLayer.Dense dense => Dense(output.Shape.Rank > 2 ? output.Flatten() : output, dense.Units, isLast, weights.Dequeue(),
                    $"dense_{i + 1}"),
                var layer => throw new NotSupportedException(layer.GetType().Name),
            };
        }

        Output = network.Loss == LossKind.SeedCrossEntropy ? output.Softmax() : output;
        Y = network.Loss == LossKind.CrossEntropy ? new Placeholder("y", [null], ElementType.Int32)
            : new Placeholder("y", [null, network.Outputs]);
        Loss = network.Loss switch
        {
            LossKind.SquaredError => (Output - Y).Power(2).Sum(axis: 1).Mean(name: "loss"),
            LossKind.SeedCrossEntropy => Losses.CrossEntropy(Output, Y),
            _ => Losses.SoftmaxCrossEntropy(Output, Y),
        };
        Optimizer = network.Optimizer == OptimizerKind.Sgd ? new GradientDescent() : new Adam();
        Feed = network.Loss == LossKind.CrossEntropy
            ? new Feed { [X] = Tensors.Of(network.X, [network.Batch, .. network.Input]), [Y] = network.Classes }
            : new Feed
            {
                [X] = Tensors.Of(network.X, [network.Batch, .. network.Input]),
                [Y] = Tensors.Of(network.Targets, [network.Batch, network.Outputs])
            };
    }

    public Placeholder X { get; }

    public Placeholder Y { get; }

    public Node Output { get; }

    public Node Loss { get; }

    public Optimizer Optimizer { get; }

    public Feed Feed { get; }

    private static Node Convolution(Node x, StepLayer.Convolution layer, (float[] W, float[] B) weights, string name) =>
        Layers.Conv2D(x, layer.Channels, layer.Size, Activation.Relu, padding: layer.Padding, weights: Initializer.Constant(weights.W),
            bias: Initializer.Constant(weights.B), name: name);

    private static Node Dense(Node x, int units, bool isLast, (float[] W, float[] B) weights, string name) =>
        Layers.Dense(x, units, isLast ? null : Activation.Relu, Initializer.Constant(weights.W), Initializer.Constant(weights.B),
            name: name);
}
