namespace SimpleFlow;

/// <summary>What a layer does with its sums: any function from node to node will do, such as <c>x =&gt; x.LeakyRelu(0.2f)</c>.</summary>
public static class Activation
{
    /// <summary>Nothing: the sums are the outputs.</summary>
    public static Func<Node, Node> None { get; } = x => x;

    /// <summary>max(x, 0).</summary>
    public static Func<Node, Node> Relu { get; } = x => x.Relu();

    /// <summary>x where it is positive, else 0.01 · x.</summary>
    public static Func<Node, Node> LeakyRelu { get; } = x => x.LeakyRelu();

    /// <summary>x where it is positive, else eˣ − 1.</summary>
    public static Func<Node, Node> Elu { get; } = x => x.Elu();

    /// <summary>x times the share of a normal distribution below x.</summary>
    public static Func<Node, Node> Gelu { get; } = x => x.Gelu();

    /// <summary>x · sigmoid(x).</summary>
    public static Func<Node, Node> Silu { get; } = x => x.Silu();

    /// <summary>ln(1 + eˣ).</summary>
    public static Func<Node, Node> Softplus { get; } = x => x.Softplus();

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    public static Func<Node, Node> Sigmoid { get; } = x => x.Sigmoid();

    /// <summary>tanh x.</summary>
    public static Func<Node, Node> Tanh { get; } = x => x.Tanh();

    /// <summary>Shares that sum to 1 along the last axis.</summary>
    public static Func<Node, Node> Softmax { get; } = x => x.Softmax();

    /// <summary>What the weights of a layer start from, so that its outputs are about as large as its inputs: ReLU and its kin pass on
    /// about half of what comes in, which He's values make up for. A function of your own is taken for one of them.</summary>
    internal static Initializer InitialWeights(Func<Node, Node>? activation) =>
        activation is null || activation == None || activation == Sigmoid || activation == Tanh || activation == Softplus
            || activation == Softmax ? Initializer.Glorot() : Initializer.He();
}
