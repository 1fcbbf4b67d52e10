using System.Globalization;
using System.Numerics.Tensors;

namespace SimpleFlow;

/// <summary>How well a model tells two classes apart, at any threshold.</summary>
public sealed partial class BinaryReport
{
    private readonly double[] _scores;
    private readonly bool[] _isPositive;

    private BinaryReport(double[] scores, double[] logits, bool[] isPositive)
    {
        (_scores, _isPositive) = (scores, isPositive);
        Positives = isPositive.Count(one => one);
        AreaUnderCurve = Area();
        LogLoss = Mean(row => Softplus.LogOnePlus(Math.Exp(-Math.Abs(logits[row])))
            + (isPositive[row] == logits[row] > 0 ? 0 : Math.Abs(logits[row])));
    }

    /// <summary>From the scores of both classes.</summary>
    /// <param name="scores">Logits [rows, 2], as <c>model.Predict(dataset)</c> gives them;
    /// or a single column, the logit of class 1.</param>
    /// <param name="labels">The right classes, 0 or 1, [rows].</param>
    /// <param name="positive">The class that is looked for, 0 or 1.</param>
    /// <exception cref="DataException">There are not two classes, there is not one label for each row, a label is not 0 or 1, or a score
    /// is NaN; the message names the row.</exception>
    public static BinaryReport Of(Tensor<float> scores, DataArray labels, int positive = 1)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfNegative(positive);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(positive, 1);
        if (scores.Rank != 2 || scores.Lengths[1] > 2)
            throw new DataException(
                $"Two classes have scores [rows, 2], or [rows, 1] for class 1; these are [{string.Join(", ", scores.Lengths.ToArray())}].");
        var (rows, width) = ((int)scores.Lengths[0], (int)scores.Lengths[1]);
        if (labels.Count != rows)
            throw new DataException(
                $"Each row of scores needs a label: there are {NumberText.Count(rows, "row")} and "
                    + $"{NumberText.Count(labels.Count, "label")}.");
        var flat = TensorMemory.ToArray(scores);
        var right = ClassLabels.Of(labels, classes: 2);
        var (chances, logits) = (new double[rows], new double[rows]);
        for (var row = 0; row < rows; row++)
        {
            // The probability of class 1 by softmax is the logistic function of the logits' difference.
            var logit = width == 1 ? flat[row] : (double)flat[2 * row + 1] - flat[2 * row];
            if (double.IsNaN(logit))
                throw new DataException(
                    $"Row {row}: the difference of the scores is not a number, so they say nothing about the class.")
                { Row = row };
            logits[row] = positive == 1 ? logit : -logit;
            chances[row] = 1 / (1 + Math.Exp(-logits[row]));
        }
        return new BinaryReport(chances, logits, Array.ConvertAll(right, label => label == positive));
    }

    /// <summary>How many rows there are.</summary>
    public int Rows => _scores.Length;

    /// <summary>How many rows are of the class that is looked for.</summary>
    public int Positives { get; }

    /// <summary>
    /// The area under the receiver operating characteristic: the chance that a row of the class has a higher score than one of the other,
    /// where equal scores count half. 1 is perfect, 0.5 is chance; NaN if one of the classes does not occur.
    /// </summary>
    public double AreaUnderCurve { get; }

    /// <summary>Precision, recall and F1 if a row counts as the class from some probability on.</summary>
    /// <param name="threshold">The probability, from 0 to 1.</param>
    public ClassResult At(double threshold)
    {
        var taken = _scores.Count(score => score >= threshold);
        var right = _scores.Where((score, row) => score >= threshold && _isPositive[row]).Count();
        return new ClassResult(string.Create(CultureInfo.InvariantCulture, $"from {threshold:G3} on"), Positives, right, taken);
    }

    /// <summary>The threshold with the highest F1 of the class, in the middle between the scores beside it.
    /// Choose it on the validation set, never on the test set. 0.5 if the class does not occur.</summary>
    public double BestThreshold()
    {
        int[] order = [.. Enumerable.Range(0, Rows).OrderByDescending(row => _scores[row])];
        var (best, threshold, right) = (0.0, 0.5, 0);
        for (var taken = 1; taken <= Rows; taken++)
        {
            if (_isPositive[order[taken - 1]]) right++;
            var (here, next) = (_scores[order[taken - 1]], taken < Rows ? _scores[order[taken]] : 0);
            var score = 2.0 * right / (Positives + taken);
            if (here == next || score <= best) continue;
            (best, threshold) = (score, (here + next) / 2);
        }
        return threshold;
    }

    /// <summary>From the ranks (Mann and Whitney, 1947): equal scores share the mean of theirs.</summary>
    private double Area()
    {
        var negatives = Rows - Positives;
        if (Positives == 0 || negatives == 0) return double.NaN;
        int[] order = [.. Enumerable.Range(0, Rows).OrderBy(row => _scores[row])];
        double sum = 0;
        for (var first = 0; first < Rows;)
        {
            var end = first + 1;
            while (end < Rows && _scores[order[end]] == _scores[order[first]]) end++;
            var rank = (first + 1 + end) / 2.0;
            for (var i = first; i < end; i++) sum += _isPositive[order[i]] ? rank : 0;
            first = end;
        }
        return (sum - Positives * (Positives + 1.0) / 2) / ((double)Positives * negatives);
    }

    /// <summary>The area in a line.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"AUC {AreaUnderCurve:F4}, {Positives} of {Rows} rows");
}
