namespace SimpleFlow.Onnx;

/// <summary>What was written: the interface of the file, and what a reader of it should know.</summary>
/// <param name="Inputs">The names of the inputs, in the order of the file.</param>
/// <param name="Outputs">The names of the outputs, in the order of the file.</param>
/// <param name="Opset">The version of the op set.</param>
/// <param name="Nodes">The number of ONNX nodes.</param>
/// <param name="Remarks">What the file cannot say, in words, such as how the cells of a table become numbers; empty if it says
/// everything.</param>
public sealed record OnnxExport(IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, int Opset, int Nodes,
    IReadOnlyList<string> Remarks);
