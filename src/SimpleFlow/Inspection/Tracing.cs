namespace SimpleFlow;

public static partial class Inspection
{
    extension(Model model)
    {
        /// <summary>
        /// Every node of the losses with its value, its gradient and how it hands gradients back, and for every variable the update that
        /// the next training step on these rows would make, in float64 by the plain reading.
        /// It changes nothing, and random ops draw what that step would draw.
        /// </summary>
        /// <param name="feed">What the placeholders hold. A handful of rows is enough.</param>
        /// <param name="differences">Whether to put the gradient by differences beside the analytic one, for 16 elements of each tensor, or
        /// all if it has no more; in a graph with more than 300 gradients for a sample of them.</param>
        /// <param name="cancellation">Ends the trace.</param>
        /// <exception cref="GraphException">The model has no loss, or a placeholder is missing or
        /// was fed a shape it does not have.</exception>
        /// <exception cref="ShapeException">The fed shapes do not fit together.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled.</exception>
        public Trace Trace(Feed feed, bool differences = false, CancellationToken cancellation = default)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(feed);
            if (model.Losses.Count == 0)
                throw new GraphException("The model has no loss, so there is no gradient to trace: new Model(loss, predictions).");
            using var _ = model.Enter();
            using var held = model.Reading.Enter();
            return SimpleFlow.Trace.Of(
                model.Graph.Total, model.Steps?.Updates ?? [], PlainReading.Fed(feed), new StepIdentity(model.Seed, model.Iterations),
                differences, cancellation);
        }
    }
}
