namespace SimpleFlow.Playground.Experiments;

/// <summary>Something that was changed while a run trained.</summary>
/// <param name="Step">How many steps had been made.</param>
public abstract record PlaneChange(long Step)
{
    /// <summary>The run continued with other settings.</summary>
    /// <param name="Step">How many steps had been made.</param>
    /// <param name="Settings">The settings from then on.</param>
    /// <param name="IsNetwork">Whether they make another network or optimizer; if not, the rate or the schedule changed.</param>
    /// <param name="KeepsOptimizer">Whether the optimizer remembers what it had gathered.</param>
    public sealed record OtherSettings(long Step, PlaneSettings Settings, bool IsNetwork, bool KeepsOptimizer) : PlaneChange(Step);

    /// <summary>A weight or bias was set by hand.</summary>
    /// <param name="Step">How many steps had been made.</param>
    /// <param name="Variable">The name of the variable.</param>
    /// <param name="Index">The place of the element.</param>
    /// <param name="Value">What it became.</param>
    public sealed record OtherWeight(long Step, string Variable, int Index, float Value) : PlaneChange(Step);

    /// <summary>Points were painted or erased.</summary>
    /// <param name="Step">How many steps had been made.</param>
    public sealed record OtherPoints(long Step) : PlaneChange(Step);
}
