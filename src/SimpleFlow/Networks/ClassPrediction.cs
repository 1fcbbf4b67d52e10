using System.Globalization;
using System.Numerics.Tensors;

namespace SimpleFlow;

/// <summary>A prediction for one example: the likeliest class, and how likely every class is.</summary>
public sealed class ClassPrediction : IEquatable<ClassPrediction>
{
    private readonly int _best;

    internal ClassPrediction(IReadOnlyList<string> classes, double[] probabilities)
    {
        (Classes, _best) = (classes, TensorPrimitives.IndexOfMax(probabilities));
        Probabilities = Array.ConvertAll(probabilities, probability => (float)probability);
    }

    /// <summary>The likeliest class.</summary>
    public string Class => Classes[_best];

    /// <summary>How likely it is, from 0 to 1.</summary>
    public float Probability => Probabilities[_best];

    /// <summary>The names of all classes, in the order of their numbers.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>How likely each class is, in the order of <see cref="Classes"/>; together 1.</summary>
    public IReadOnlyList<float> Probabilities { get; }

    /// <summary>How likely a class is.</summary>
    /// <exception cref="ArgumentException">There is no such class.</exception>
    public float this[string name]
    {
        get
        {
            for (var i = 0; i < Classes.Count; i++)
            {
                if (Classes[i] == Required.Value(name)) return Probabilities[i];
            }
            throw new ArgumentException($"There is no class '{name}'; there are {string.Join(", ", Classes.Select(one => $"'{one}'"))}.",
                nameof(name));
        }
    }

    /// <summary>The likeliest classes, the likeliest first.</summary>
    /// <param name="count">How many; all if there are fewer.</param>
    public IReadOnlyList<(string Class, float Probability)> Top(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return [.. Enumerable.Range(0, Classes.Count).OrderByDescending(i => Probabilities[i]).Take(count)
            .Select(i => (Classes[i], Probabilities[i]))];
    }

    /// <summary>The likeliest class and its probability: <c>var (name, probability) = network.Classify(row);</c>.</summary>
    public void Deconstruct(out string name, out float probability) => (name, probability) = (Class, Probability);

    /// <inheritdoc/>
    public bool Equals(ClassPrediction? other) => other is not null && Classes.SequenceEqual(other.Classes, StringComparer.Ordinal)
        && Probabilities.SequenceEqual(other.Probabilities);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ClassPrediction);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Class, Probability);

    /// <summary>The likeliest class and its probability: <c>virginica, 98.12 %</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Class}, {100 * Probability:F2} %");
}
