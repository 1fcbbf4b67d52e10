namespace SimpleFlow.Onnx.Operators;

/// <summary>Losses of classes: the negative log of the probability of the right one, weighted by class. Targets with the ignored index
/// count for nothing.</summary>
internal static class ClassLosses
{
    public static IEnumerable<Operator> All =>
        [
        new("NegativeLogLikelihoodLoss", node => [OnnxValue.Of(Loss(node, node.Float(0)), node.Type(0))])
        {
            AtKnownSizes = node => node.Input(0).Shape[1] is null,
        },
        new("SoftmaxCrossEntropyLoss", node =>
        {
            var probabilities = node.Float(0).LogSoftmax(1);
            return [OnnxValue.Of(Loss(node, probabilities), node.Type(0)), OnnxValue.Of(probabilities, node.Type(0))];
        })
        { AtKnownSizes = node => node.Input(0).Shape[1] is null },
        ];

    // Scores [n, c, …], targets [n, …].
    private static Node Loss(OnnxNode node, Node scores)
    {
        var classes = (int)scores.Shape[1]!.Value;
        var target = node.Float(1);
        Effort.Require(classes);
        var candidates = Constant.Of([.. Enumerable.Range(0, classes).Select(i => (double)i)],
            Shape.Create([classes, .. Enumerable.Repeat((long?)1, scores.Shape.Rank - 2)]));
        var isRight = target.Unsqueeze([1]).Equal(candidates);                                    // [n, c, …]
        if (node.HasAttribute("ignore_index"))
        {
            var counts = target.NotEqual((float)node.Int("ignore_index", -1)).Cast().Unsqueeze([1]);
            isRight = (isRight.Cast() * counts).NotEqual(0f);
        }
        Node weights = 1f;
        if (node.Has(2)) weights = node.Float(2).Reshape(Shape.Create([classes, .. Enumerable.Repeat((long?)1, scores.Shape.Rank - 2)]));
        var weighted = isRight.Cast() * weights;
        var loss = -Flow.Select(isRight, scores * weights, 0f).Sum(1);
        return node.Text("reduction", "mean") switch
        {
            "none" => loss,
            "sum" => loss.Sum(),
            _ => loss.Sum() / weighted.Sum(),
        };
    }
}
