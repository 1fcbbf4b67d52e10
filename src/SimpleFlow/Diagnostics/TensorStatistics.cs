using System.Numerics.Tensors;

namespace SimpleFlow;

/// <summary>A tensor's elements, and a few figures that tell a healthy network from a sick one.
/// Dead units show as zeros, bad initial values as norms that grow or vanish from layer to layer.</summary>
public sealed class TensorStatistics
{
    internal TensorStatistics(PlainTensor tensor)
    {
        Shape = tensor.Shape;
        Plain = tensor;
        double sum = 0, squares = 0, smallest = double.PositiveInfinity, largest = double.NegativeInfinity;
        var (finite, zeros) = (0, 0);
        foreach (var element in tensor.Elements)
        {
            if (!double.IsFinite(element)) continue;
            finite++;
            if (element == 0) zeros++;
            sum += element;
            squares += element * element;
            smallest = Math.Min(smallest, element);
            largest = Math.Max(largest, element);
        }
        NonFinite = tensor.Count - finite;
        Norm = Math.Sqrt(squares);
        ShareOfZeros = tensor.Count == 0 ? 0 : (double)zeros / tensor.Count;
        (Mean, Minimum, Maximum) = finite == 0 ? (double.NaN, double.NaN, double.NaN) : (sum / finite, smallest, largest);
    }

    /// <summary>The shape, with every size known.</summary>
    public Shape Shape { get; }

    /// <summary>A copy of the elements; of shape [1] if it is a single number.</summary>
    public Tensor<double> Values => TensorMemory.Create((double[])Plain.Elements.Clone(), Shape);

    /// <summary>The mean of the finite elements; NaN if there are none.</summary>
    public double Mean { get; }

    /// <summary>The smallest finite element; NaN if there are none.</summary>
    public double Minimum { get; }

    /// <summary>The largest finite element; NaN if there are none.</summary>
    public double Maximum { get; }

    /// <summary>√Σx² over the finite elements.</summary>
    public double Norm { get; }

    /// <summary>The share of the elements that are 0, from 0 to 1.</summary>
    public double ShareOfZeros { get; }

    /// <summary>How many elements are NaN or infinite.</summary>
    public int NonFinite { get; }

    internal PlainTensor Plain { get; }
}
