using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>A value fixed in the graph.</summary>
public sealed class Constant : Node
{
    private readonly double[] _values;

    /// <summary>A named number.</summary>
    public Constant(string name, float value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : this([value], Shape.Scalar, ElementType.Float32, name, new SourceLocation(file, line)) { }

    /// <summary>A named array of one axis.</summary>
    public Constant(string name, float[] value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : this(Array.ConvertAll(value, element => (double)element), Shape.Of(value.Length), ElementType.Float32, name, new SourceLocation(file, line)) { }

    /// <summary>A named array of any shape, copied.</summary>
    public Constant(string name, Tensor<float> value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : this(Array.ConvertAll(TensorMemory.ToArray(value), element => (double)element), TensorMemory.ShapeOf(value), ElementType.Float32, name, new SourceLocation(file, line)) { }

    /// <summary>A number without a name.</summary>
    public Constant(float value) : this([value], Shape.Scalar, ElementType.Float32, null, default) { }

    internal Constant(double[] values, Shape shape, ElementType elementType, string? name = null, SourceLocation madeAt = default)
        : base(name, shape, elementType, [], madeAt) => _values = values;

    /// <summary>The elements in row-major order. Kept in float64, so that folding a constant expression loses nothing.</summary>
    internal ReadOnlySpan<double> Elements => _values;

    /// <summary>The number that every element equals, or null.</summary>
    internal double? Uniform
    {
        get
        {
            if (_values.Length == 0) return null;
            return Array.TrueForAll(_values, value => value == _values[0]) ? _values[0] : null;
        }
    }

    /// <inheritdoc/>
    public override Tensor<float> Values => TensorMemory.Create(Array.ConvertAll(_values, value => (float)value), Shape);

    internal override Formula Expression(int depth) => _values.Length == 1 ? ((float)_values[0]).ToString() : $"constant{Shape}";
}
