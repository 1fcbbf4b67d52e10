using System.Numerics.Tensors;

namespace SimpleFlow.Playground.Experiments;

/// <summary>Tests a network on all test digits, some at a time, so that the page can draw in between.</summary>
/// <param name="reader">The network. Its weights must stay as they are meanwhile.</param>
/// <param name="digits">The test digits.</param>
public sealed class DigitTest(DigitReader reader, DigitSet digits)
{
    private readonly int[,] _counts = new int[DigitData.Classes, DigitData.Classes];
    private readonly List<DigitMistake> _mistakes = [];
    private int _at;

    /// <summary>Whether all are done.</summary>
    public bool IsDone => _at == digits.Count;

    /// <summary>Tests some more.</summary>
    public void Continue(int most)
    {
        var count = Math.Min(most, digits.Count - _at);
        if (count == 0) return;
        var (said, classes) = (reader.Probabilities(digits.Images(_at, count)), reader.Classes.Count);
        for (var i = 0; i < count; i++, _at++)
        {
            var probabilities = said.AsSpan(i * classes, classes);
            var (best, truth) = (TensorPrimitives.IndexOfMax(probabilities), digits.Labels[_at]);
            _counts[truth, best]++;
            if (best != truth) _mistakes.Add(new DigitMistake(_at, truth, best, probabilities[best]));
        }
    }

    /// <summary>The result.</summary>
    public DigitReport Report => new((float)(_at - _mistakes.Count) / Math.Max(1, _at), _counts,
        [.. _mistakes.OrderByDescending(mistake => mistake.Probability)]);
}

/// <summary>How well a network reads the test digits.</summary>
/// <param name="Accuracy">The share that it reads rightly.</param>
/// <param name="Counts">How many of each digit, by rows, it reads as each, by columns.</param>
/// <param name="Mistakes">Those that it reads wrongly, the surest first.</param>
public sealed record DigitReport(float Accuracy, int[,] Counts, IReadOnlyList<DigitMistake> Mistakes);

/// <summary>A test digit that is read wrongly.</summary>
/// <param name="Index">Its number among the test digits.</param>
/// <param name="Truth">What it is.</param>
/// <param name="Said">What the network takes it for.</param>
/// <param name="Probability">How sure the network is.</param>
public sealed record DigitMistake(int Index, int Truth, int Said, float Probability);
