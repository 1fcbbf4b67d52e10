using System.Globalization;
using System.Numerics.Tensors;

namespace SimpleFlow;

/// <summary>How far predictions are from their targets, over all rows.</summary>
/// <param name="Rows">How many numbers were compared.</param>
/// <param name="MeanAbsoluteError">The mean of |prediction − target|.</param>
/// <param name="RootMeanSquaredError">√ of the mean of (prediction − target)².</param>
/// <param name="RSquared">1 − Σ(prediction − target)² / Σ(target − mean target)²: the share of the target's variance that is explained.
/// 0 for always predicting the mean, 1 for perfect predictions; NaN if all targets are equal.</param>
public sealed record RegressionReport(long Rows, double MeanAbsoluteError, double RootMeanSquaredError, double RSquared)
{
    /// <summary>The mean of 100·|prediction − target| / |target|, over what has a target other than 0: of 0 nothing is a percentage. NaN if
    /// all targets are 0.</summary>
    public double MeanAbsolutePercentageError { get; private init; } = double.NaN;

    /// <summary>R² less what as many inputs explain of any rows by chance: 1 − (1 − R²)·(rows − 1) / (rows − inputs − 1).</summary>
    /// <param name="inputs">How many numbers a prediction is made from.</param>
    /// <returns>NaN if there are not more rows than inputs and one.</returns>
    public double AdjustedRSquared(int inputs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(inputs);
        return Rows - inputs - 1 <= 0 ? double.NaN : 1 - (1 - RSquared) * (Rows - 1) / (Rows - inputs - 1);
    }

    /// <summary>Compares predictions with targets, element by element.</summary>
    /// <exception cref="DataException">Their numbers differ, or there are none.</exception>
    public static RegressionReport Of(Tensor<float> predictions, DataArray targets)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(targets);
        if (predictions.FlattenedLength != targets.Count)
            throw new DataException(
                $"Each prediction needs a target: there are {NumberText.Count(predictions.FlattenedLength, "prediction")} and "
                    + $"{NumberText.Count(targets.Count, "target")}.");
        if (targets.Count == 0) throw new DataException("There are no predictions to compare with targets.");
        var predicted = TensorMemory.ToArray(predictions);
        var right = new float[predicted.Length];
        targets.CopyTo(right.AsSpan());
        double absolute = 0, squared = 0, variance = 0, relative = 0;
        var counted = 0;
        var mean = right.Average(target => (double)target);
        for (var i = 0; i < right.Length; i++)
        {
            var error = (double)predicted[i] - right[i];
            absolute += Math.Abs(error);
            if (right[i] != 0) (relative, counted) = (relative + Math.Abs(error / right[i]), counted + 1);
            squared += error * error;
            variance += (right[i] - mean) * (right[i] - mean);
        }
        return new RegressionReport(right.Length, absolute / right.Length, Math.Sqrt(squared / right.Length),
            variance == 0 ? double.NaN : 1 - squared / variance)
        { MeanAbsolutePercentageError = 100 * relative / counted };
    }

    /// <summary>The three numbers in a line; without R² where it is not a number, as all targets are equal.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture,
            $"mean absolute error {MeanAbsoluteError:G5}, root mean squared error {RootMeanSquaredError:G5}, "
                + $"{(double.IsNaN(RSquared) ? "" : $"R² {RSquared:F4}, ")}{NumberText.Count(Rows, "row")}");
}
