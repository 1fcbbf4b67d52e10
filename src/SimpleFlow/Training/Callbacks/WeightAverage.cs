using System.Numerics.Tensors;

namespace SimpleFlow;

/// <summary>
/// Follows the variables with an exponential moving average, a ← d·a + (1 − d)·w after every step, which wanders
/// less than they do (Polyak and Juditsky, 1992). Validation sees the average, and when the training ends the variables hold it.
/// Put it before a <see cref="BestWeights"/>, which then keeps the best average.
/// </summary>
/// <param name="decay">d, from 0 to below 1. Early on it is smaller, (1 + steps) / (10 + steps), so that the average does
/// not remember how the training started.</param>
public sealed class WeightAverage(float decay = 0.999f) : Callback
{
    private readonly float _decay = decay is >= 0 and < 1 ? decay
        : throw new ArgumentOutOfRangeException(nameof(decay), decay, "The decay must lie in [0, 1).");
    private VariableValues? _average;
    private long _steps;

    /// <inheritdoc/>
    protected internal override string Settings => $"decay {_decay}";

    /// <inheritdoc/>
    protected internal override void Begin(TrainingRun run)
    {
        _average = new VariableValues(run.Model.Variables);
        _steps = 0;
    }

    /// <inheritdoc/>
    protected internal override void Save(CallbackState state)
    {
        state.Numbers["steps"] = _steps;
        _average!.Save(state);
    }

    /// <inheritdoc/>
    protected internal override void Restore(TrainingRun run, CallbackState state)
    {
        var steps = state.Count("steps");
        _average!.Restore(state);
        _steps = steps;
    }

    /// <inheritdoc/>
    protected internal override void AfterStep(TrainingRun run)
    {
        var decay = Math.Min(_decay, (1f + _steps) / (10 + _steps));
        _steps++;
        for (var i = 0; i < _average!.Variables.Count; i++)
        {
            var average = _average[i];
            // a + (1 − d)·(w − a), which changes nothing where w equals a.
            TensorPrimitives.Lerp(average, _average.Variables[i].Memory.Span, 1 - decay, average);
        }
    }

    /// <inheritdoc/>
    protected internal override void BeforeValidation(TrainingRun run) => _average!.Exchange();

    /// <inheritdoc/>
    protected internal override void AfterValidation(TrainingRun run) => _average!.Exchange();

    /// <inheritdoc/>
    protected internal override void End(TrainingRun run)
    {
        if (_steps > 0) _average?.PutBack();
        _average = null;
    }
}
