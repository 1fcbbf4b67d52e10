namespace SimpleFlow.Onnx.Export;

/// <summary>Why an op has no form in ONNX, and what to do.</summary>
internal static class Refusals
{
    public static string Reason(Operation node) => node.Op switch
    {
        RandomOp => "It draws random numbers, and no other program would draw the same: export the graph without it.",
        CompositeOp => "It is written with other ops once all sizes of its inputs are known: fix them, for example with "
            + $"new OnnxExportOptions {{ Sizes = {{ [\"{FreeSizeOf(node)}\"] = 1 }} }}, or simpleflow export --fix {FreeSizeOf(node)}=1.",
        _ when node.Op.Name is "Scan" or "ScanPart" => "A recurrence is written step by step, and the number of its steps is open: fix it, "
            + $"for example with new OnnxExportOptions {{ Sizes = {{ [\"{TimeOf(node)}\"] = 32 }} }}, "
            + $"or simpleflow export --fix {TimeOf(node)}=32.",
        CustomOp or Unary or Binary => "It is an op of your own: let it implement IOnnxOp, or write it with ops of SimpleFlow, such as Exp "
            + "and Multiply.",
        _ => "It belongs to training: export a node that does not depend on it, such as the scores.",
    };

    // The first free size that is not the number of rows.
    private static string TimeOf(Node node) => new UsedNodes([node], one => one.Inputs).Nodes.OfType<Placeholder>()
        .SelectMany(FreeShape.Of).FirstOrDefault(size => size.Name is not (null or FreeShape.Batch)).Name ?? FreeShape.Batch;

    // What its open sizes come from is somewhere before it: the first free size of the graph is one to begin with.
    private static string FreeSizeOf(Node node) => new UsedNodes([node], one => one.Inputs).Nodes.OfType<Placeholder>()
        .SelectMany(FreeShape.Of).FirstOrDefault(size => size.Name is not null).Name ?? FreeShape.Batch;
}
