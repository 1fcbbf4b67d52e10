using System.Globalization;
using System.Text;

namespace SimpleFlow;

/// <content>The curves over all thresholds, and how far the probabilities can be trusted.</content>
public sealed partial class BinaryReport
{
    /// <summary>The mean of −ln p, with p the probability that was given to the right class: the loss of
    /// <see cref="Losses.BinaryCrossEntropy"/> over all rows.</summary>
    public double LogLoss { get; }

    /// <summary>The mean of (p − y)², with y 1 for rows of the class and 0 for others (Brier, 1950): 0 is perfect, 0.25 is always saying
    /// ½.</summary>
    public double BrierScore => Mean(row => Math.Pow(_scores[row] - (_isPositive[row] ? 1 : 0), 2));

    /// <summary>
    /// The area under the curve of precision over recall, as the mean of the precisions at every row of the class, from the highest score
    /// down: Σ (recallₙ − recallₙ₋₁)·precisionₙ. Unlike <see cref="AreaUnderCurve"/> it falls with the share of the class, so it tells more
    /// where the class is rare. NaN if the class does not occur.
    /// </summary>
    public double AveragePrecision
    {
        get
        {
            if (Positives == 0) return double.NaN;
            var (sum, before) = (0.0, 0.0);
            foreach (var point in Curve())
            {
                if (point.Recall > before) sum += (point.Recall - before) * point.Precision;
                before = point.Recall;
            }
            return sum;
        }
    }

    /// <summary>What every threshold leads to, from above the highest score, where nothing counts as the class, down to the lowest, where
    /// everything does: the curve of the receiver operating characteristic, and that of precision over recall.</summary>
    public IReadOnlyList<ThresholdPoint> Curve()
    {
        int[] order = [.. Enumerable.Range(0, Rows).OrderByDescending(row => _scores[row])];
        var points = new List<ThresholdPoint> { new(double.PositiveInfinity, 0, 0, 1) };
        var right = 0;
        for (var taken = 1; taken <= Rows; taken++)
        {
            if (_isPositive[order[taken - 1]]) right++;
            var score = _scores[order[taken - 1]];
            // Rows of equal scores are taken together.
            if (taken < Rows && _scores[order[taken]] == score) continue;
            points.Add(new(score, Share(taken - right, Rows - Positives), Share(right, Positives), Share(right, taken)));
        }
        return points;
    }

    /// <summary>How often rows are of the class whose probability lies in each of some equal parts of [0, 1]; parts without rows are left
    /// out.</summary>
    /// <param name="parts">How many parts.</param>
    public IReadOnlyList<CalibrationPart> Calibration(int parts = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        return [.. Enumerable.Range(0, Rows).GroupBy(row => Math.Min(parts - 1, (int)(_scores[row] * parts))).OrderBy(part => part.Key)
            .Select(part => new CalibrationPart(part.Count(), part.Average(row => _scores[row]),
                part.Average(row => _isPositive[row] ? 1.0 : 0)))];
    }

    /// <summary>The mean distance between a row's probability and how often rows of about that probability are of the class (Naeini, Cooper
    /// and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", 2015).</summary>
    /// <param name="parts">How many equal parts of [0, 1] there are.</param>
    public double CalibrationError(int parts = 10) =>
        Rows == 0 ? double.NaN : Calibration(parts).Sum(part => part.Rows * Math.Abs(part.Probability - part.Share)) / Rows;

    /// <summary>All figures, a line for each.</summary>
    public string Table()
    {
        var text = new StringBuilder();
        void Line(string name, string value) => text.Append(name.PadRight(20)).Append(value.PadLeft(9)).Append('\n');
        void Number(string name, double value) => Line(name, value.ToString("F4", CultureInfo.InvariantCulture));
        Line("rows", Rows.ToString(CultureInfo.InvariantCulture));
        Line("of the class", Positives.ToString(CultureInfo.InvariantCulture));
        Number("AUC", AreaUnderCurve);
        Number("average precision", AveragePrecision);
        Number("log loss", LogLoss);
        Number("Brier score", BrierScore);
        Number("calibration error", CalibrationError());
        var threshold = BestThreshold();
        var best = At(threshold);
        Number("best threshold", threshold);
        Number("  precision", best.Precision);
        Number("  recall", best.Recall);
        Number("  F1", best.F1);
        return text.ToString().TrimEnd('\n');
    }

    private static double Share(int part, int of) => of == 0 ? double.NaN : part / (double)of;

    private double Mean(Func<int, double> ofRow) => Rows == 0 ? double.NaN : Enumerable.Range(0, Rows).Average(ofRow);
}

/// <summary>What a threshold of the probability leads to.</summary>
/// <param name="Threshold">From this probability on a row counts as the class.</param>
/// <param name="FalsePositiveRate">The share of the rows of the other class that count as this one; NaN if there are none.</param>
/// <param name="Recall">The share of the rows of the class that count as it, or true positive rate; NaN if there are none.</param>
/// <param name="Precision">The share of what counts as the class that is of it; 1 if nothing does.</param>
public sealed record ThresholdPoint(double Threshold, double FalsePositiveRate, double Recall, double Precision);

/// <summary>The rows whose probabilities lie in one part of [0, 1].</summary>
/// <param name="Rows">How many there are.</param>
/// <param name="Probability">The mean of their probabilities.</param>
/// <param name="Share">How many of them are of the class, as a share: of trustworthy probabilities it is the same.</param>
public sealed record CalibrationPart(int Rows, double Probability, double Share);
