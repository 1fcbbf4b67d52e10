namespace SimpleFlow.Onnx.Operators;

/// <summary>Random numbers. They have the distribution that the file asks for, and are SimpleFlow's own: a seed of the file says nothing to
/// another program. Each node draws from a stream of its own.</summary>
internal static class Draws
{
    private const string Differs = "other numbers than in any other program, of the same distribution";

    public static IEnumerable<Operator> All =>
        [
        new("RandomNormal", node => Normal(node, Declared(node))) { Differs = Differs },
        new("RandomNormalLike", node => Normal(node, node.Float(0))) { Differs = Differs },
        new("RandomUniform", node => Uniform(node, Declared(node))) { Differs = Differs },
        new("RandomUniformLike", node => Uniform(node, node.Float(0))) { Differs = Differs },
        new("Bernoulli", node =>
        {
            var isDrawn = node.Float(0).RandomUniform(stream: node.Graph.Model.NextStream()).Less(node.Float(0));
            var type = (DataType)node.Int("dtype", (long)node.Type(0));
            return node.Result(type == DataType.Bool ? isDrawn : isDrawn.Cast(), type);
        })
        { Differs = Differs },
        new("Multinomial", Multinomial) { Differs = Differs },
        ];

    private static OnnxValue[] Normal(OnnxNode node, Node like) => node.Result(
        like.RandomNormal(node.Float("mean", 0), node.Float("scale", 1), node.Graph.Model.NextStream()), TypeOf(node));

    private static OnnxValue[] Uniform(OnnxNode node, Node like) => node.Result(
        like.RandomUniform(node.Float("low", 0), node.Float("high", 1), node.Graph.Model.NextStream()), TypeOf(node));

    private static DataType TypeOf(OnnxNode node) =>
        (DataType)node.Int("dtype", (long)(node.InputCount > 0 ? node.Type(0) : DataType.Float));

    private static Node Declared(OnnxNode node)
    {
        var sizes = node.LongsOf("shape") ?? throw node.Fault("the attribute shape is missing.");
        Effort.Require(sizes.Aggregate(1L, (product, size) => checked(product * size)));
        return ((Node)0f).Broadcast(Shape.Create([.. sizes.Select(size => (long?)size)]));
    }

    // The largest of log probabilities with Gumbel's noise is drawn with these probabilities (Gumbel, 1954).
    private static OnnxValue[] Multinomial(OnnxNode node)
    {
        var x = node.Float(0);
        var count = (int)node.Int("sample_size", 1);
        Effort.Require(count);
        var samples = Enumerable.Range(0, count).Select(_ =>
            (x - (-x.RandomUniform(float.Epsilon, 1, node.Graph.Model.NextStream()).Log()).Log()).ArgMax(1).Unsqueeze([1]).Cast());
        return node.Result(Flow.Concat([.. samples], 1), (DataType)node.Int("dtype", (long)DataType.Int32));
    }
}
