namespace SimpleFlow.Onnx.Operators;

/// <summary>
/// What holds of the values that a loop carries after any number of steps, while nobody knows how many there will be: a size that no step
/// changes is known, and all others are free. The body is read with what holds so far, until its results hold nothing less.
/// </summary>
internal static class AnySteps
{
    /// <param name="node">The loop.</param>
    /// <param name="first">What it carries at its start.</param>
    /// <param name="step">The results of the body for carried values; those to carry come first.</param>
    /// <returns>The shapes of the carried values, and the results of the body for them.</returns>
    public static (Shape[] Carried, OnnxValue[] Results) Of(OnnxNode node, IEnumerable<OnnxValue> first,
        Func<OnnxValue[], OnnxValue[]> step)
    {
        var carried = first.Select(value => value is { Static: { } numbers, IsWeight: false } ? AnyNumbers(numbers.Sizes, value.Type)
            : Any(value.Shape, value)).ToArray();
        while (true)
        {
            var results = step(carried);
            var wider = carried.Zip(results, (value, result) => Wider(node, value, result)).ToArray();
            if (wider.SequenceEqual(carried)) return (Array.ConvertAll(carried, value => value.Shape), results);
            carried = wider;
        }
    }

    /// <summary>Whole numbers that differ from step to step, and are known in each, such as the number of the step.</summary>
    public static OnnxValue AnyNumbers(int[] sizes, Schema.TensorProto.Types.DataType type) => OnnxValue.Of(
        new StaticTensor(sizes, [.. Enumerable.Range(0, Indexing.Count(sizes)).Select(_ =>
            SizeExpression.Of(new Placeholder("number", [null]), 0))]), type);

    private static OnnxValue Any(Shape shape, OnnxValue like) =>
        OnnxValue.Of(new Placeholder("carried", shape, like.Node.ElementType), like.Type);

    private static OnnxValue Wider(OnnxNode node, OnnxValue value, OnnxValue result)
    {
        if (!result.IsTensor || result.Rank != value.Rank)
            throw node.Fault("what it carries changes its number of axes from step to step, and free sizes decide how many steps there "
                + "are. Fix the sizes when the file is read (OnnxImportOptions.Sizes).");
        var shape = value.Shape.Widened(result.Shape);
        var staysNumbers = value.Static is null || result is { Static: not null, IsWeight: false };
        return staysNumbers && shape.Equals(value.Shape) ? value : Any(shape, result);
    }
}
