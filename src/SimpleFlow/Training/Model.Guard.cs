using SimpleFlow.Execution;

namespace SimpleFlow;

/// <content>Steps that are not made, because a number is not finite.</content>
public sealed partial class Model
{
    /// <summary>Makes one training step: all of it, or nothing of it.</summary>
    /// <param name="executable">The step, fed.</param>
    /// <param name="dataRows">Which rows of a dataset were fed; empty where it was a feed.</param>
    /// <param name="rate">The learning rate of this step alone; null: the optimizer's own.</param>
    /// <exception cref="TrainingException">The loss or a gradient is not finite. Nothing was changed.</exception>
    /// <exception cref="DataException">An index is out of range. Nothing was changed.</exception>
    internal void Step(Executable executable, ReadOnlyMemory<int> dataRows = default, float? rate = null)
    {
        if (!Run(executable, dataRows.Span, rate)) throw NotFinite(executable, dataRows.Span);
        _clock.Step++;
    }

    // Others that read the variables see them before the step or after it, and so do those that read the optimizer's rate.
    private bool Run(Executable executable, ReadOnlySpan<int> dataRows, float? rate)
    {
        using var _ = _stepping!.Enter();
        ref var current = ref Optimizer!.Rate.Memory.Span[0];
        var own = current;
        current = rate ?? own;
        try
        {
            return executable.Run(dataRows);
        }
        finally
        {
            current = own;
        }
    }

    /// <summary>Replays the step and says where it stops being finite.</summary>
    private TrainingException NotFinite(Executable executable, ReadOnlySpan<int> dataRows)
    {
        using var _ = _reading.Enter();
        KeepLosses(executable);
        var loss = executable.Output(0).Span[0];
        var iteration = _clock.Step + 1;
        var sweep = new BackwardSweep(_total, _trained);
        try
        {
            var replay = new StepReplay([_total, .. _trained.Select(sweep.GradientOf).OfType<Node>(), .. Guarded(_norm)], executable,
                _clock, _options);
            var report = new NonFiniteReport(_total, Guarded(_norm), sweep, _trained, replay, dataRows);
            return new TrainingException(
                $"{What(report.IsOfValues ? "what a running average or a variable would take up is not finite" : "its gradients are not "
                    + "finite")}\n{report.Text}".TrimEnd())
            { Iteration = iteration, Node = report.Node, Rows = report.Rows };
        }
        catch (MemoryException)
        {
            return new TrainingException(
                $"{What("not everything that follows from it is")}\nTo say where it begins takes the memory of all the step's values at "
                    + "one time, which is not there. Train on fewer rows at a time to learn more.")
            { Iteration = iteration };
        }

        string What(string otherwise) =>
            $"The loss is {NumberText.Text(loss)} at iteration {iteration}{(float.IsFinite(loss) ? $", but {otherwise}" : "")}. The step "
                + "was not made: the variables are what they were before it.";
    }
}
