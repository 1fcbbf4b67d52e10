using SimpleFlow.Onnx;

namespace SimpleFlow.Conformance;

/// <summary>What a case feeds and expects.</summary>
internal static class CaseData
{
    // As in ONNX's own runner.
    private const double Absolute = 1e-7;

    public static DataArray ArrayOf(TensorData data)
    {
        long[] sizes = [.. data.Sizes.Select(size => (long)size)];
        var numbers = data.Numbers();
        return (DataTypes.IsInteger(data.Type) ? DataArray.From(Array.ConvertAll(numbers, number => checked((int)number)))
            : DataArray.From(Array.ConvertAll(numbers, number => (float)number))).Reshape(sizes);
    }

    public static Outcome Compare(OnnxModel model, Feed feed, IReadOnlyList<TensorData> expected, double relative)
    {
        var results = new Model(losses: [], predictions: [.. model.Outputs.Select(output => output.Node)]).PredictAll(feed);
        for (var i = 0; i < expected.Count; i++)
        {
            var (output, wanted) = (model.Outputs[i], expected[i]);
            if (!string.Equals(output.Type, DataTypes.Name(wanted.Type), StringComparison.Ordinal))
                return Outcome.Fail($"'{output.Name}' is of {output.Type}, expected {DataTypes.Name(wanted.Type)}");
            // A tensor of .NET has at least one axis.
            int[] sizes = output.Node.Shape.Rank == 0 ? [] : [.. results[i].Lengths.ToArray().Select(size => (int)size)];
            if (!sizes.SequenceEqual(wanted.Sizes))
                return Outcome.Fail($"'{output.Name}' is [{string.Join(", ", sizes)}], expected [{string.Join(", ", wanted.Sizes)}]");
            var numbers = new float[wanted.Count];
            if (numbers.Length > 0) results[i].FlattenTo(numbers);
            var other = wanted.Numbers();
            for (var at = 0; at < numbers.Length; at++)
            {
                if (!IsClose(numbers[at], other[at], relative))
                    return Outcome.Fail($"'{output.Name}' element {at} is {numbers[at]}, expected {other[at]}");
            }
        }
        return Outcome.Pass;
    }

    private static bool IsClose(double actual, double expected, double relative) => double.IsNaN(expected) ? double.IsNaN(actual)
        : actual.Equals(expected) || Math.Abs(actual - expected) <= Absolute + relative * Math.Abs(expected);
}
