namespace SimpleFlow.Onnx.Operators;

/// <summary>
/// Branches. If the condition is known when the file is read, a branch takes the place of its node; if sizes decide it, that happens once
/// they are known. A condition that is computed from data chooses between the results of both branches.
/// </summary>
internal static class Branches
{
    public static IEnumerable<Operator> All =>
        [
        new("If", node => node.Input(0).Static is { IsKnown: true } ? Taken(node, node.Number(0) != 0) : Chosen(node))
        {
            AtKnownSizes = WaitsForSizes,
            OpenShapes = OpenShapes,
            OutputType = (node, output) => DeclaredType.ElementOf(Branch(node, true).Output[output].Type),
            Differs = "a condition that is computed from data chooses between the results of both branches, which must have the same shape",
        },
        ];

    private static Schema.GraphProto Branch(OnnxNode node, bool isTrue) =>
        node.SubGraph(isTrue ? "then_branch" : "else_branch") ?? throw node.Fault("a branch is missing.");

    private static OnnxValue[] Taken(OnnxNode node, bool isTrue) => node.Graph.Within(Branch(node, isTrue), []);

    private static List<(OnnxValue Then, OnnxValue Else)> Both(OnnxNode node) => [.. Taken(node, true).Zip(Taken(node, false))];

    private static bool WaitsForSizes(OnnxNode node)
    {
        var condition = node.Input(0).Static;
        if (condition is { IsKnown: true }) return false;
        var both = Both(node.Tried());
        return condition is null ? both.TrueForAll(one => one.Then.IsTensor && one.Else.IsTensor && one.Then.Rank == one.Else.Rank)
                && !both.TrueForAll(one => one.Then.Shape.IsKnown && one.Else.Shape.IsKnown)
            : !both.TrueForAll(AreNumbers);
    }

    private static bool AreNumbers((OnnxValue Then, OnnxValue Else) one) => one is
    {
        Then: { IsWeight: false, Static.Sizes: var then },
        Else: { IsWeight: false, Static.Sizes: var otherwise },
    } && then.SequenceEqual(otherwise);

    private static OnnxValue[] Chosen(OnnxNode node) => [.. Both(node).Select(one =>
    {
        if (node.Input(0).Static is { } sizes)
        {
            var (then, otherwise) = (one.Then.Static!, one.Else.Static!);
            return OnnxValue.Of(new StaticTensor(then.Sizes, [.. Enumerable.Range(0, then.Count).Select(i =>
                SizeExpression.Of("if", n => n[0] != 0 ? n[1] : n[2], sizes[0], then[i], otherwise[i]))]), one.Then.Type);
        }
        if (!one.Then.IsTensor || !one.Else.IsTensor || !one.Then.Shape.Equals(one.Else.Shape))
            throw node.FromData(0, "which of two results of different shapes there is");
        return OnnxValue.Of(Flow.Select(node.Input(0).Condition.Reshape([]), one.Then.Float, one.Else.Float), one.Then.Type);
    })];

    private static Shape[] OpenShapes(OnnxNode node)
    {
        var both = Both(node.Tried());
        if (!both.TrueForAll(one => one.Then.IsTensor && one.Else.IsTensor))
            throw node.Fault("a sequence of tensors is supported only if all sizes are known when the file is read.");
        return [.. both.Select((one, i) => one.Then.Rank == one.Else.Rank ? one.Then.Shape.Widened(one.Else.Shape)
            : node.Graph.DeclaredShape(node.Proto.Output[i]) ?? throw node.Fault(
                $"its branches make results of {one.Then.Rank} and {one.Else.Rank} axes, and free sizes decide which is taken. "
                    + "Fix the sizes when the file is read (OnnxImportOptions.Sizes)."))];
    }
}
