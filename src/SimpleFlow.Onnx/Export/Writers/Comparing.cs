namespace SimpleFlow.Onnx.Export.Writers;

/// <summary>Comparisons, whose results are truth values in ONNX too, and what chooses by them.</summary>
internal static class Comparing
{
    public static IEnumerable<Exporter> All =>
        [
        Exporter.Same<Less>("Less"), Exporter.Same<LessOrEqual>("LessOrEqual"), Exporter.Same<Greater>("Greater"),
        Exporter.Same<GreaterOrEqual>("GreaterOrEqual"), Exporter.Same<Equal>("Equal"),
        Exporter.Of<NotEqual>((node, _) => node.Result("Not", [node.Step("Equal", node.Inputs)])),
        Exporter.Same<Select>("Where"),
        ];
}
