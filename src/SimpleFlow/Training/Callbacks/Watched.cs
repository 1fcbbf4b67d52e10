namespace SimpleFlow;

/// <summary>The number that says how good the model is after an epoch, and the best it has been.</summary>
internal sealed class Watched(string? metric, bool? higherIsBetter, double atLeast)
{
    private readonly string? _metric = metric is not "" ? metric
        : throw new ArgumentException("The metric to watch has no name: give one, or null for the loss.", nameof(metric));
    private readonly double _atLeast = atLeast >= 0 && double.IsFinite(atLeast) ? atLeast
        : throw new ArgumentOutOfRangeException(nameof(atLeast), atLeast,
            "The least improvement that counts must be finite and not negative.");
    private readonly bool _higher = higherIsBetter ?? metric is not null;

    /// <summary>The best so far.</summary>
    public double Best { get; private set; } = double.NaN;

    /// <summary>The epoch it was in.</summary>
    public int BestEpoch { get; private set; }

    public string Name => _metric ?? "loss";

    /// <summary>The settings, in words.</summary>
    public string Settings => $"{Name}, {(_higher ? "higher" : "lower")} is better{(_atLeast == 0 ? "" : $", by {_atLeast}")}";

    public void Save(CallbackState state) => (state.Numbers["best"], state.Numbers["best epoch"]) = (Best, BestEpoch);

    public void Restore(CallbackState state) =>
        (Best, BestEpoch) = (state.Number("best"), (int)Math.Min(state.Count("best epoch"), int.MaxValue));

    public void Clear() => (Best, BestEpoch) = (double.NaN, 0);

    /// <summary>Looks at an epoch: at its validation, or at its training if there is none. True if it is the best so far.</summary>
    /// <exception cref="GraphException">The model has no such metric.</exception>
    public bool Improves(EpochResult epoch)
    {
        var value = Value(epoch);
        if (double.IsNaN(value)) return false;
        if (!double.IsNaN(Best) && (_higher ? value - Best : Best - value) <= _atLeast) return false;
        (Best, BestEpoch) = (value, epoch.Epoch);
        return true;
    }

    /// <summary>Whether an epoch is worse than the best by at most this much.</summary>
    public bool IsWithin(EpochResult epoch, double margin) => Math.Abs(Value(epoch) - Best) <= margin;

    private double Value(EpochResult epoch)
    {
        var evaluation = epoch.Validation ?? epoch.Training;
        if (_metric is null) return evaluation.Loss;
        if (evaluation.Metrics.TryGetValue(_metric, out var value)) return value;
        var known = evaluation.Metrics.Count == 0 ? "none" : string.Join(", ", evaluation.Metrics.Keys.Select(name => $"`{name}`"));
        throw new GraphException($"The model has no metric `{_metric}` to watch; it has {known}.");
    }
}
