using SimpleFlow.Compilation;
using SimpleFlow.Execution;

namespace SimpleFlow;

public static partial class Inspection
{
    extension(Model model)
    {
        /// <summary>The plan of a training step for these shapes, as text.</summary>
        /// <exception cref="GraphException">The model has no optimizer, or a placeholder is missing.</exception>
        public string PlanText(Feed feed)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(feed);
            return PlanOf(model, feed).ToText();
        }

        /// <summary>The plan of a training step for these shapes as a picture (SVG):
        /// which nodes run together, and what the arena holds from step to step.</summary>
        /// <exception cref="GraphException">The model has no optimizer, or a placeholder is missing.</exception>
        public string PlanSvg(Feed feed)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(feed);
            return PlanDrawing.Write(PlanOf(model, feed));
        }

        /// <summary>
        /// Makes some training steps on one batch and times every step of their plan. The steps are real:
        /// they change the variables like <see cref="Model.Fit(Feed, int, CancellationToken)"/>.
        /// </summary>
        /// <exception cref="GraphException">The model has no optimizer, or a placeholder is missing or
        /// was fed a shape it does not have.</exception>
        /// <param name="feed">The batch.</param>
        /// <param name="steps">How many steps are timed; up to fifty more come before them.</param>
        /// <param name="cancellation">Stops after the running step.</param>
        /// <exception cref="TrainingException">The loss or a gradient is not finite:
        /// that step was not made, and the model is at the end of the one before.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled; the model is at
        /// the end of a step and can be used.</exception>
        public PlanProfile Profile(Feed feed, int steps = 100, CancellationToken cancellation = default)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(feed);
            ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
            using var _ = model.Enter();
            var training = model.TrainingSteps;
            using var claim = training.Claim.Enter();
            var executable = PlanData.Prepare(training.ForOneBatch, feed, cancellation);
            // until the just-in-time compiler is done with the kernels
            for (var i = 0; i < Math.Min(steps, 50); i++) StepUnlessCancelled(executable);
            return new PlanProfile(executable, steps, StepUnlessCancelled);

            void StepUnlessCancelled(Executable one)
            {
                cancellation.ThrowIfCancellationRequested();
                training.Make(one);
            }
        }
    }

    private static Plan PlanOf(Model model, Feed feed)
    {
        using var _ = model.Enter();
        return model.TrainingSteps.ForOneBatch.For(feed).Plan;
    }
}
