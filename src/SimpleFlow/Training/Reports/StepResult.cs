using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>What one training step started from: the loss and the metrics of its batch.</summary>
public readonly struct StepResult
{
    private readonly string[]? _names;
    private readonly Numbers _metrics;

    internal StepResult(float loss, string[] names, Numbers metrics) => (Loss, _names, _metrics) = (loss, names, metrics);

    /// <summary>The sum of the losses.</summary>
    public float Loss { get; }

    /// <summary>The names of the metrics.</summary>
    public IReadOnlyList<string> MetricNames => _names ?? [];

    /// <summary>A metric by its name.</summary>
    /// <exception cref="KeyNotFoundException">The model has no such metric.</exception>
    public float this[string metric]
    {
        get
        {
            var index = Array.IndexOf(_names ?? [], Required.Value(metric));
            return index >= 0 ? _metrics[index] : throw new KeyNotFoundException(
                $"The model has no metric '{metric}'{(_names is [_, ..] ? $"; it has {string.Join(", ", _names)}" : "")}.");
        }
    }

    /// <summary>The loss and the metrics.</summary>
    public override string ToString()
    {
        var (names, metrics) = (_names ?? [], _metrics);
        return string.Join(", ", [$"loss {NumberText.Rough(Loss)}",
            .. names.Select((name, i) => $"{name} {NumberText.Rough(metrics[i])}")]);
    }

    /// <summary>A few numbers within the struct, so that a step of a model with no more metrics allocates nothing.</summary>
    internal struct Numbers(int count)
    {
        private const int Most = 8;

        private readonly float[]? _more = count > Most ? new float[count] : null;
        private Few _few;

        public float this[int index]
        {
            readonly get => _more is null ? _few[index] : _more[index];
            set
            {
                if (_more is null) _few[index] = value;
                else _more[index] = value;
            }
        }

        [InlineArray(Most)]
        private struct Few
        {
            private float _first;
        }
    }
}
