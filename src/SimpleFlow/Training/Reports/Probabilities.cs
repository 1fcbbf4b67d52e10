namespace SimpleFlow;

/// <summary>
/// The probabilities of a row of scores, outside graphs: pᵢ = e^((xᵢ − max x) / T) / Σⱼ e^((xⱼ − max x) / T), in float64.
/// As for <see cref="Softmax"/>, the shift changes nothing in mathematics and keeps every exponent at most 0, so that
/// neither large scores nor a low temperature overflow.
/// </summary>
public static class Probabilities
{
    /// <summary>The probabilities of a row of scores. A single score is the logit of class 1 of two.</summary>
    /// <param name="scores">Logits; −∞ gets the probability 0.</param>
    /// <param name="row">The row's number, for the error.</param>
    /// <param name="temperature">T: less than 1 prefers what is likely, more evens out.</param>
    /// <exception cref="DataException">A score is NaN or +∞, or all are −∞: such scores have no probabilities.</exception>
    /// <exception cref="ArgumentException">There are no scores, or the temperature is not above 0.</exception>
    public static double[] Of(ReadOnlySpan<float> scores, int row = 0, double temperature = 1)
    {
        if (scores.Length == 0) throw new ArgumentException("A row without scores has no probabilities.", nameof(scores));
        if (!(temperature > 0)) throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "A temperature must be above 0.");
        if (scores.Length == 1) return Of([0, scores[0]], row, temperature);
        var best = Likeliest(scores, row);
        var probabilities = new double[scores.Length];
        var sum = 0.0;
        for (var i = 0; i < scores.Length; i++) sum += probabilities[i] = Math.Exp(((double)scores[i] - scores[best]) / temperature);
        for (var i = 0; i < scores.Length; i++) probabilities[i] /= sum;
        return probabilities;
    }

    /// <summary>The place of the largest score, the first of equal ones.</summary>
    /// <exception cref="DataException">A score is NaN or +∞, or all are −∞.</exception>
    internal static int Likeliest(ReadOnlySpan<float> scores, int row = 0)
    {
        var best = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            if (float.IsNaN(scores[i]) || float.IsPositiveInfinity(scores[i])) throw Refused(i, scores[i], row);
            if (scores[i] > scores[best]) best = i;
        }
        return float.IsNegativeInfinity(scores[best]) ? throw Refused(best, scores[best], row) : best;
    }

    private static DataException Refused(int place, float score, int row) => new(
        $"Row {row}: the score of class {place} is {score}, so the row has no probabilities. Either its inputs are far from what the "
            + "network was trained on, or weights of the network are not finite.")
    { Row = row };
}
