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
        double absolute = 0, squared = 0, variance = 0;
        var mean = right.Average(target => (double)target);
        for (var i = 0; i < right.Length; i++)
        {
            var error = (double)predicted[i] - right[i];
            absolute += Math.Abs(error);
            squared += error * error;
            variance += (right[i] - mean) * (right[i] - mean);
        }
        return new RegressionReport(right.Length, absolute / right.Length, Math.Sqrt(squared / right.Length),
            variance == 0 ? double.NaN : 1 - squared / variance);
    }

    /// <summary>The three numbers in a line; without R² where it is not a number, as all targets are equal.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture,
            $"mean absolute error {MeanAbsoluteError:G5}, root mean squared error {RootMeanSquaredError:G5}, "
                + $"{(double.IsNaN(RSquared) ? "" : $"R² {RSquared:F4}, ")}{NumberText.Count(Rows, "row")}");
}
