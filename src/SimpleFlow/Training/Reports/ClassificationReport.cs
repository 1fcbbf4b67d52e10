using System.Globalization;
using System.Numerics.Tensors;
using System.Text;

namespace SimpleFlow;

/// <summary>The confusion matrix of some predictions, with accuracy, precision, recall and F1.</summary>
public sealed class ClassificationReport
{
    private const int MostNames = 5;
    private readonly long[,] _counts;

    private ClassificationReport(long[,] counts, IReadOnlyList<string> names)
    {
        (_counts, ClassNames) = (counts, names);
        Classes = [.. names.Select((name, index) => new ClassResult(name, Row(index), counts[index, index], Column(index)))];
        Rows = Classes.Sum(one => one.Rows);
    }

    /// <summary>Counts from scores and right answers.</summary>
    /// <param name="scores">Logits or probabilities [rows, classes], as <c>model.Predict(dataset)</c> gives them:
    /// the largest is the answer. A single column is the logit of class 1 of two.</param>
    /// <param name="labels">The right classes, whole numbers [rows].</param>
    /// <param name="names">What the classes are called; by default their numbers.</param>
    /// <param name="ignoreIndex">The class index of rows that do not count, such as −100.</param>
    /// <exception cref="DataException">There is not one label for each row, a label is not a class, or a score is NaN;
    /// the message names the row.</exception>
    public static ClassificationReport Of(Tensor<float> scores, DataArray labels, IReadOnlyList<string>? names = null,
        int? ignoreIndex = null)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(labels);
        if (scores.Rank != 2)
            throw new DataException(
                "Scores have a row for each example and a column for each class; here they have "
                    + $"{NumberText.Count(scores.Rank, "axis", "axes")}.");
        var (rows, width) = ((int)scores.Lengths[0], (int)scores.Lengths[1]);
        if (labels.Count != rows)
            throw new DataException(
                $"Each row of scores needs a label: there are {NumberText.Count(rows, "row")} and "
                    + $"{NumberText.Count(labels.Count, "label")}.");
        var classes = width == 1 ? 2 : width;
        if (names is not null && names.Count != classes)
            throw new DataException(
                $"Each class needs a name: there are {NumberText.Count(classes, "class", "classes")} and "
                    + $"{NumberText.Count(names.Count, "name")}.");
        var flat = TensorMemory.ToArray(scores);
        var right = ClassLabels.Of(labels, classes, ignoreIndex);
        var counts = new long[classes, classes];
        for (var row = 0; row < rows; row++)
        {
            if (right[row] == ignoreIndex) continue;
            var own = flat.AsSpan(row * width, width);
            if (Array.FindIndex(flat, row * width, width, float.IsNaN) is >= 0 and var place)
                throw new DataException(
                    $"Row {row}: the score of class {(width == 1 ? 1 : place - row * width)} is NaN, so the row has no answer. Find out "
                        + "where the scores stop being numbers before you count them.")
                { Row = row };
            counts[right[row], width == 1 ? own[0] > 0 ? 1 : 0 : TensorPrimitives.IndexOfMax(own)]++;
        }
        return new ClassificationReport(counts,
            names ?? [.. Enumerable.Range(0, classes).Select(index => index.ToString(CultureInfo.InvariantCulture))]);
    }

    /// <summary>What the classes are called.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The figures of each class.</summary>
    public IReadOnlyList<ClassResult> Classes { get; }

    /// <summary>How many rows were counted.</summary>
    public long Rows { get; }

    /// <summary>How many rows of class <paramref name="actual"/> were taken for <paramref name="predicted"/>.</summary>
    public long this[int actual, int predicted] => _counts[actual, predicted];

    /// <summary>The share of the rows that are right.</summary>
    public double Accuracy => Rows == 0 ? double.NaN : Classes.Sum(one => one.Right) / (double)Rows;

    /// <summary>The mean F1 of the classes that occur or are predicted, each weighted alike: a class that is predicted without ever being
    /// right counts as 0.</summary>
    public double MacroF1 => Met.Select(one => one.F1).DefaultIfEmpty(double.NaN).Average();

    /// <summary>
    /// Cohen's kappa with quadratic weights, for classes that have an order, such as grades: 1 − Σ w·counts / Σ w·expected, where w is the
    /// square of how many classes apart answer and truth are, and what is expected follows from how often each occurs alone (Cohen,
    /// "Weighted kappa", 1968). 1 is perfect, 0 is chance; NaN if all rows and all answers are of one class.
    /// </summary>
    public double QuadraticKappa
    {
        get
        {
            var (seen, expected) = (0.0, 0.0);
            for (var actual = 0; actual < Classes.Count; actual++)
            {
                for (var predicted = 0; predicted < Classes.Count; predicted++)
                {
                    var weight = (double)(actual - predicted) * (actual - predicted);
                    seen += weight * _counts[actual, predicted];
                    expected += weight * Classes[actual].Rows * Classes[predicted].Taken / Rows;
                }
            }
            return expected == 0 ? double.NaN : 1 - seen / expected;
        }
    }

    private IEnumerable<ClassResult> Met => Classes.Where(one => one.Rows + one.Taken > 0);

    /// <summary>A table: precision, recall and F1 of every class, and their means.</summary>
    public override string ToString() => $"{Table()}\naccuracy {Share(Accuracy)}";

    /// <summary>The classes, a line for each.</summary>
    public string Table()
    {
        var width = Math.Max(8, ClassNames.Max(name => name.Length));
        var text = new StringBuilder();
        void Line(string name, string precision, string recall, string f1, string rows) =>
            text.Append(name.PadRight(width + 2)).Append(precision.PadLeft(9)).Append(recall.PadLeft(9)).Append(f1.PadLeft(9))
                .Append(rows.PadLeft(10)).Append('\n');
        Line("", "precision", "recall", "F1", "rows");
        foreach (var one in Classes)
            Line(one.Name, Share(one.Precision), Share(one.Recall), Share(one.F1), one.Rows.ToString(CultureInfo.InvariantCulture));
        var met = Met.ToList();
        if (met.Count > 0)
            Line("mean", Share(met.Average(one => one.Precision)), Share(met.Average(one => one.Recall)), Share(MacroF1),
                Rows.ToString(CultureInfo.InvariantCulture));
        if (met.Count > 0 && met.Count < Classes.Count) text.Append(LeftOut(met.Count));
        return text.ToString().TrimEnd('\n');
    }

    private string LeftOut(int met)
    {
        var names = Classes.Where(one => one.Rows + one.Taken == 0).Select(one => $"'{one.Name}'").ToList();
        var more = names.Count > MostNames ? $" and {names.Count - MostNames} more" : "";
        return $"mean of {met} of {Classes.Count} classes: no rows of {string.Join(", ", names.Take(MostNames))}{more}\n";
    }

    private static string Share(double share) => share.ToString("F4", CultureInfo.InvariantCulture);

    private long Row(int index) => Enumerable.Range(0, ClassNames.Count).Sum(other => _counts[index, other]);

    private long Column(int index) => Enumerable.Range(0, ClassNames.Count).Sum(other => _counts[other, index]);
}

/// <summary>How well one class is told from the others.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Rows">How many rows are of it.</param>
/// <param name="Right">How many of them were taken for it.</param>
/// <param name="Taken">How many rows of whatever class were taken for it.</param>
public sealed record ClassResult(string Name, long Rows, long Right, long Taken)
{
    /// <summary>The share of what was taken for it that is of it; 0 if nothing was.</summary>
    public double Precision => Taken == 0 ? 0 : Right / (double)Taken;

    /// <summary>The share of it that was taken for it; 0 if there is none.</summary>
    public double Recall => Rows == 0 ? 0 : Right / (double)Rows;

    /// <summary>The harmonic mean of precision and recall: 2·right / (rows + taken).</summary>
    public double F1 => Rows + Taken == 0 ? 0 : 2.0 * Right / (Rows + Taken);
}
