using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>A value fixed in the graph.</summary>
public sealed class Constant : Node
{
    private readonly Lazy<double[]> _values;

    /// <summary>A named number.</summary>
    public Constant(string name, float value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : this([value], Shape.Scalar, ElementType.Float32, name, new SourceLocation(file, line)) { }

    /// <summary>A named array of one axis.</summary>
    public Constant(string name, float[] value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : this(Array.ConvertAll(Required.Value(value), element => (double)element), Shape.Of(value.Length), ElementType.Float32, name,
            new SourceLocation(file, line))
    { }

    /// <summary>A named array of any shape, copied.</summary>
    public Constant(string name, Tensor<float> value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : this(Array.ConvertAll(TensorMemory.ToArray(Required.Value(value)), element => (double)element), TensorMemory.ShapeOf(value),
            ElementType.Float32, name, new SourceLocation(file, line))
    { }

    /// <summary>A number without a name.</summary>
    public Constant(float value) : this([value], Shape.Scalar, ElementType.Float32, null, default) { }

    /// <summary>A constant of any shape and element type.</summary>
    /// <param name="elements">The elements in row-major order, copied. Whole numbers for <see cref="ElementType.Int32"/>, 0 or 1 for
    /// <see cref="ElementType.Bool"/>.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="elementType">The type of the elements.</param>
    /// <param name="name">A name for messages and pictures.</param>
    /// <exception cref="ArgumentException">There are more or fewer elements than the shape has, or one is not of the type.</exception>
    public static Constant Of(ReadOnlySpan<double> elements, Shape shape, ElementType elementType = ElementType.Float32,
        string? name = null)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (!shape.IsKnown || shape.ElementCount != elements.Length)
            throw new ArgumentException(
                $"A constant {shape} was given {NumberText.Count(elements.Length, "element")}: give as many as the shape has.",
                nameof(elements));
        foreach (var element in elements)
        {
            if (!IsOf(elementType, element))
                throw new ArgumentException($"{element} is not an element of {elementType}: give whole numbers from -2147483648 to "
                    + $"2147483647 for {ElementType.Int32}, and 0 or 1 for {ElementType.Bool}.", nameof(elements));
        }
        return new Constant(elements.ToArray(), shape, elementType, name);
    }

    private static bool IsOf(ElementType type, double element) => type switch
    {
        ElementType.Int32 => element is >= int.MinValue and <= int.MaxValue && element == Math.Truncate(element),
        ElementType.Bool => element is 0 or 1,
        _ => true,
    };

    /// <summary>A number with all digits of float64: they count when the plain reading computes the graph.</summary>
    internal static Constant Exact(double value) => new([value], Shape.Scalar, ElementType.Float32);

    internal Constant(double[] values, Shape shape, ElementType elementType, string? name = null, SourceLocation madeAt = default)
        : base(name, shape, elementType, [], madeAt) => _values = new Lazy<double[]>(values);

    /// <summary>Elements that follow from the shape and are computed when they are first needed, so that a huge constant with a short
    /// description costs little memory.</summary>
    internal Constant(Func<double[]> values, Shape shape, string? name = null, SourceLocation madeAt = default)
        : base(name, shape, ElementType.Float32, [], madeAt) => _values = new Lazy<double[]>(values);

    /// <summary>The elements in row-major order. Kept in float64, so that folding a constant expression loses nothing.</summary>
    public ReadOnlySpan<double> Elements => _values.Value;

    /// <summary>The number that every element equals, bit for bit, or null.</summary>
    internal double? Uniform
    {
        get
        {
            var values = _values.Value;
            if (values.Length == 0) return null;
            var first = BitConverter.DoubleToInt64Bits(values[0]);
            return Array.TrueForAll(values, value => BitConverter.DoubleToInt64Bits(value) == first) ? values[0] : null;
        }
    }

    /// <inheritdoc/>
    public override Tensor<float> Values => TensorMemory.Create(Array.ConvertAll(_values.Value, value => (float)value), Shape);

    /// <summary>Writes the elements into memory.</summary>
    internal unsafe void WriteTo(Region region)
    {
        for (var i = 0; i < region.Count; i++)
        {
            if (ElementType == ElementType.Int32) region.Integers[i] = (int)Elements[i];
            else region.Pointer[i] = (float)Elements[i];
        }
    }

    /// <summary>One of its elements as text.</summary>
    internal string Text(double element) => ElementType == ElementType.Int32 ? element.ToString(CultureInfo.InvariantCulture)
        : ((float)element).ToString(CultureInfo.InvariantCulture);

    internal override Formula Expression(int depth) => Shape.ElementCount == 1 ? Text(Elements[0]) : $"constant{Shape}";
}
