using System.Globalization;

namespace SimpleFlow;

/// <summary>What a model reaches that has learned nothing but the distribution of its targets: it always answers the commonest class, or
/// the mean.</summary>
public sealed class Baseline
{
    private Baseline() { }

    /// <summary>How many targets there are.</summary>
    public int Rows { get; private init; }

    /// <summary>The share of each class; empty for numbers.</summary>
    public IReadOnlyList<double> Shares { get; private init; } = [];

    /// <summary>The commonest class; null for numbers.</summary>
    public int? CommonestClass { get; private init; }

    /// <summary>The accuracy of always answering the commonest class; null for numbers.</summary>
    public double? Accuracy { get; private init; }

    /// <summary>The mean of the targets; null for classes.</summary>
    public double? Mean { get; private init; }

    /// <summary>The mean of |mean − target|: the error of always answering the mean; null for classes.</summary>
    public double? MeanAbsoluteError { get; private init; }

    /// <summary>√ of the mean of (mean − target)², which is the targets' standard deviation; null for classes.
    /// The R² of always answering the mean is 0.</summary>
    public double? RootMeanSquaredError { get; private init; }

    /// <summary>Whether a model is better than this: its "accuracy" by more than chance or by half of what is missing to 1, or its "mean
    /// absolute error" by 2 %; null if it has no such metric.</summary>
    public bool? IsBeatenBy(Evaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        if (Accuracy is { } share && evaluation.Metrics.TryGetValue("accuracy", out var accuracy))
        {
            // Two standard deviations of a share of so many rows. Of a few rows they would reach beyond 1.
            var chance = 2 * Math.Sqrt(share * (1 - share) / Rows);
            return accuracy > share + Math.Min(chance, (1 - share) / 2);
        }
        if (MeanAbsoluteError is { } error && evaluation.Metrics.TryGetValue("mean absolute error", out var own)) return own < 0.98 * error;
        return null;
    }

    /// <summary>Counts the classes.</summary>
    /// <param name="labels">Class indices.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="ignoreIndex">The class index of rows that do not count, such as −100.</param>
    /// <exception cref="DataException">A label is not a class, or no row counts.</exception>
    public static Baseline OfClasses(DataArray labels, int classes, int? ignoreIndex = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, Array.MaxLength);
        var counts = new int[classes];
        foreach (var label in ClassLabels.Of(labels, classes, ignoreIndex))
        {
            if (label != ignoreIndex) counts[label]++;
        }
        var rows = counts.Sum();
        if (rows == 0) throw new DataException("There are no labels to compare with.");
        var commonest = Array.IndexOf(counts, counts.Max());
        return new Baseline
        {
            Rows = rows,
            Shares = Array.ConvertAll(counts, count => count / (double)rows),
            CommonestClass = commonest,
            Accuracy = counts[commonest] / (double)rows
        };
    }

    /// <summary>Measures the mean and the deviation of numbers.</summary>
    /// <param name="targets">The right predictions.</param>
    /// <exception cref="DataException">There are no targets.</exception>
    public static Baseline OfNumbers(DataArray targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        if (targets.Count == 0) throw new DataException("There are no targets to compare with.");
        var numbers = new float[targets.Count];
        targets.CopyTo(numbers.AsSpan());
        var mean = numbers.Average(number => (double)number);
        return new Baseline
        {
            Rows = numbers.Length,
            Mean = mean,
            MeanAbsoluteError = numbers.Average(number => Math.Abs(number - mean)),
            RootMeanSquaredError = Math.Sqrt(numbers.Average(number => (number - mean) * (number - mean))),
        };
    }

    /// <summary>One line: <c>always class 3: accuracy 11.35 %</c>, or <c>always the mean 4.2: mean absolute error 1.1, R² 0</c>.</summary>
    public override string ToString() => Accuracy is { } accuracy
        ? string.Create(CultureInfo.InvariantCulture, $"always class {CommonestClass}: accuracy {100 * accuracy:F2} %")
        : string.Create(CultureInfo.InvariantCulture, $"always the mean {Mean:G4}: mean absolute error {MeanAbsoluteError:G4}, R² 0");
}
