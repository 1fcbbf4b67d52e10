namespace SimpleFlow.Onnx;

/// <summary>An ONNX file cannot be used: it is damaged, contradicts itself, or needs an op that is not supported. The message names the
/// file and the node, and says what to do.</summary>
public sealed class OnnxException : SimpleFlowException
{
    /// <summary>Creates the error with its message.</summary>
    public OnnxException(string message) : base(message) { }

    /// <summary>Creates the error with its message and the error that led to it.</summary>
    public OnnxException(string message, Exception? innerException) : base(message, innerException) { }

    /// <summary>Creates the error without a message.</summary>
    public OnnxException() { }

    /// <summary>The inputs of the model whose values decide how many elements there are, so that they must be known when the file is read:
    /// give them in <see cref="OnnxImportOptions.Values"/>. Empty for other errors.</summary>
    public IReadOnlyList<string> NeededInputs { get; internal init; } = [];
}
