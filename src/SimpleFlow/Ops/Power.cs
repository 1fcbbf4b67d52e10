using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>
/// y = xⁿ for any real n that is fixed in the graph. ∂loss/∂x = upstream · n · xⁿ⁻¹. x⁰ = 1 even at 0, with gradient 0. A negative x with a
/// fractional exponent is NaN. At x = 0 the gradient is infinite for n &lt; 1.
/// </summary>
public sealed record Power(float Exponent) : Unary
{
    protected internal override string Attributes => $"{Exponent}";

    protected internal override Formula Notation(Formula[] inputs) => new Exponent(inputs[0], $"{Exponent}");

    // A square root differs from the power ½ only at −0 and −∞, and is what the kernel uses.
    protected internal override double Plain(double x) => Exponent == 0.5f ? Math.Sqrt(x) : Math.Pow(x, Exponent);

    protected internal override Node? Gradient(Operation node, Node upstream, int input)
    {
        var x = node.InputArray[0];
        return Exponent switch
        {
            0 => null,
            1 => upstream,
            2 => upstream * (2f * x),
            _ => upstream * (Exponent * x.Power(Exponent - 1)),
        };
    }

    internal override Node? Simplify(Operation node) => Exponent == 1 ? node.InputArray[0] : null;

    protected override void Tile(ReadOnlySpan<float> x, Span<float> y)
    {
        switch (Exponent)
        {
            case 2: TensorPrimitives.Multiply(x, x, y); break;
            case 0.5f: TensorPrimitives.Sqrt(x, y); break;
            case -1: TensorPrimitives.Reciprocal(x, y); break;
            // The platform's vectorised power uses exp and log in float32 and loses digits; one call per element is exact to about the last
            // bit.
            default: for (var i = 0; i < y.Length; i++) y[i] = MathF.Pow(x[i], Exponent); break;
        }
    }
}

public static partial class Flow
{
    /// <summary>Raises every element to the power <paramref name="exponent"/>.</summary>
    public static Node Power(this Node x, float exponent, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Power(exponent), name, file, line);
}
