namespace SimpleFlow.Onnx.Export;

/// <summary>Ops of the user's own that say how they are written.</summary>
internal static class OwnOps
{
    public static Exporter? Find(Op op) => op is not IOnnxOp own ? null : new Exporter(op.GetType(), node =>
    {
        var writer = new OnnxWriter(node);
        own.WriteOnnx(writer);
        if (!writer.HasResult) throw writer.Fault("it writes no result: end it with writer.Result.");
    })
    { Since = _ => own.OnnxOpset };
}
