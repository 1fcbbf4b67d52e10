namespace SimpleFlow.Benchmarks;

/// <summary>What was measured in every round, sorted.</summary>
internal sealed class Sample
{
    private readonly double[] _values;

    public Sample(IEnumerable<double> values) => _values = [.. values.Order()];

    /// <summary>The quotient of two contestants in every round: what the machine does to both cancels.</summary>
    public static Sample Ratios(double[] over, double[] under) => new(over.Zip(under, (a, b) => a / b));

    public double Median => At(0.5);

    public double LowerQuartile => At(0.25);

    public double UpperQuartile => At(0.75);

    public double Smallest => _values[0];

    private double At(double share)
    {
        var place = share * (_values.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, _values.Length - 1);
        return double.Lerp(_values[below], _values[above], place - below);
    }
}
