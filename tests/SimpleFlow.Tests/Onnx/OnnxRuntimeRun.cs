using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace SimpleFlow.Tests.Onnx;

/// <summary>Runs an ONNX file in ONNX Runtime: what the file means to everyone else.</summary>
internal static class OnnxRuntimeRun
{
    /// <summary>The outputs for inputs by their names in the file.</summary>
    public static List<PlainTensor> Of(byte[] model, IReadOnlyDictionary<string, (PlainTensor Value, ElementType Type)> inputs)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        using var session = new InferenceSession(model, options);
        using var run = new RunOptions();
        var fed = session.InputNames.ToDictionary(name => name, name => Value(inputs[name].Value, inputs[name].Type),
            StringComparer.Ordinal);
        try
        {
            using var results = session.Run(run, fed, session.OutputNames);
            return [.. results.Select(Tensor)];
        }
        finally
        {
            foreach (var value in fed.Values) value.Dispose();
        }
    }

    private static OrtValue Value(PlainTensor tensor, ElementType type)
    {
        var sizes = Array.ConvertAll(tensor.Sizes, size => (long)size);
        return type switch
        {
            ElementType.Int32 => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(tensor.Elements, element => (int)element), sizes),
            ElementType.Bool => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(tensor.Elements, element => element != 0), sizes),
            _ => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(tensor.Elements, element => (float)element), sizes),
        };
    }

    private static PlainTensor Tensor(OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        double[] elements = info.ElementDataType switch
        {
            TensorElementType.Int32 => Array.ConvertAll(value.GetTensorDataAsSpan<int>().ToArray(), element => (double)element),
            TensorElementType.Int64 => Array.ConvertAll(value.GetTensorDataAsSpan<long>().ToArray(), element => (double)element),
            TensorElementType.Bool => Array.ConvertAll(value.GetTensorDataAsSpan<bool>().ToArray(), element => element ? 1.0 : 0),
            _ => Array.ConvertAll(value.GetTensorDataAsSpan<float>().ToArray(), element => (double)element),
        };
        return new PlainTensor(Shape.OfLongs(info.Shape), elements);
    }
}
