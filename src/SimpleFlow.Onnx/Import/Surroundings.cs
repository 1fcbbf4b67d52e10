using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>What the graphs within a node, such as the branches of an If, take from outside.</summary>
/// <param name="Names">The values of the graphs around the node, by their names.</param>
/// <param name="Weights">What the initializers of the graphs within it became.</param>
internal sealed record Surroundings(IReadOnlyDictionary<string, OnnxValue> Names, IReadOnlyDictionary<TensorProto, OnnxValue> Weights)
{
    public IEnumerable<OnnxValue> Values => Names.Values.Concat(Weights.Values);

    public Surroundings Select(Func<OnnxValue, OnnxValue> change) => new(
        Names.ToDictionary(one => one.Key, one => change(one.Value), StringComparer.Ordinal),
        Weights.ToDictionary(one => one.Key, one => change(one.Value), (IEqualityComparer<TensorProto>)ReferenceEqualityComparer.Instance));
}
