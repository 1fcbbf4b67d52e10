namespace SimpleFlow.Onnx.Export;

/// <summary>Why an op has no form in ONNX, and what to do.</summary>
internal static class Refusals
{
    public static string Reason(Operation node) => node.Op switch
    {
        RandomOp => "It draws random numbers, and no other program would draw the same: export the graph without it.",
        CompositeOp => "It is written with other ops only when all sizes of its inputs are known: build the graph with known sizes.",
        CustomOp or Unary or Binary => "It is an op of its own: write it with ops of SimpleFlow, such as Exp and Multiply.",
        _ => "It belongs to training: export a node that does not depend on it, such as the scores.",
    };
}
