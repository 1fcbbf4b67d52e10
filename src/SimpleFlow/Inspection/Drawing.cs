namespace SimpleFlow;

public static partial class Inspection
{
    extension(Model model)
    {
        /// <summary>The picture of this model's losses and predictions.</summary>
        /// <param name="options">What else to show: gradients, numbers, layers as one box.</param>
        /// <param name="cancellation">Stops while the numbers of a feed are computed.</param>
        /// <exception cref="GraphException">Gradients are asked for and there is no loss, or the feed lacks a placeholder.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled.</exception>
        public Drawing Drawing(DrawingOptions? options = null, CancellationToken cancellation = default)
        {
            ArgumentNullException.ThrowIfNull(model);
            options ??= new DrawingOptions();
            return SimpleFlow.Drawing.Of([.. model.Losses, .. model.Predictions], options with { Losses = options.Losses ?? model.Losses },
                cancellation);
        }

        /// <summary>Draws the model into a file: <c>.svg</c>, <c>.dot</c> for Graphviz, or <c>.mmd</c> for Mermaid.</summary>
        /// <param name="path">The file; its ending decides the format.</param>
        /// <param name="options">What else to show.</param>
        /// <param name="cancellation">Stops before the file is written.</param>
        /// <exception cref="ArgumentException">The ending is not one of these.</exception>
        /// <exception cref="SaveException">The file cannot be written; the old one is unchanged.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled.</exception>
        public void Draw(string path, DrawingOptions? options = null, CancellationToken cancellation = default) =>
            model.Drawing(options, cancellation).Save(path);
    }
}
