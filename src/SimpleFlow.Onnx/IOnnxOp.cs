namespace SimpleFlow.Onnx;

/// <summary>
/// An op of your own (<see cref="CustomOp"/>, <see cref="Unary"/>, <see cref="Binary"/>) that says how it is written as ONNX:
/// <c>void IOnnxOp.WriteOnnx(OnnxWriter writer) => writer.Result("Softsign", writer.Inputs);</c> A <see cref="CompositeOp"/> needs none:
/// it is written by its parts.
/// </summary>
public interface IOnnxOp
{
    /// <summary>The oldest op set that has the ops it writes; by default 17.</summary>
    int OnnxOpset => OnnxExportOptions.OldestOpset;

    /// <summary>Writes a node of this op as one or more nodes of ONNX. It ends with <see cref="OnnxWriter.Result"/>.</summary>
    /// <param name="writer">The node, and where to write.</param>
    void WriteOnnx(OnnxWriter writer);
}
