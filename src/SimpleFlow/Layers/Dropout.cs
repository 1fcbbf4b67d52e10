using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace SimpleFlow;

public static partial class Layers
{
    /// <summary>Zeroes a random fraction of the elements at every training step, the dropout rate, and scales up the others to make up for
    /// it. In inference it does nothing. Each layer of a network draws its own random numbers.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="rate">The dropout rate, from 0 to below 1.</param>
    /// <param name="sharedAxes">Axes along which all elements share one fate: <c>[2, 3]</c> zeroes whole channels of images (Tompson and
    /// others, "Efficient object localization using convolutional networks", 2015), <c>[1, 2, 3]</c> whole examples, which is stochastic
    /// depth on a branch that is added to its input (Huang and others, "Deep networks with stochastic depth", 2016). Null: none.</param>
    /// <param name="name">The layer's name. Layers draw independently even if they have the same name.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1).</exception>
    public static Node Dropout(Node x, float rate = 0.5f, int[]? sharedAxes = null, string name = "dropout",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(name);
        if (sharedAxes is null) return Flow.AddFlow(x, new Dropout(rate, name, x), name, file, line);
        // One number for all that share, of which only the shape matters.
        var one = sharedAxes.Aggregate(x, (node, axis) => node.Slice(axis, 0, 1));
        var ones = Flow.AddFlow(1f, new BroadcastLike(one));
        return Flow.AddFlow(x, new Multiply(Flow.AddFlow(ones, new Dropout(rate, name, x), null, file, line)), name, file, line);
    }
}

public abstract partial record Layer
{
    /// <summary>In training, zeroes a random fraction of the elements, the dropout rate, and scales up the others; of the channels [batch,
    /// channels, ..] if <paramref name="WholeChannels"/> is true.</summary>
    public sealed record Dropout(float Rate = 0.5f, bool? WholeChannels = null) : Layer
    {
        /// <summary>The dropout rate under the JSON property name used up to version 0.1.0.</summary>
        [JsonInclude, JsonPropertyName("share")]
        internal float? Share { get => null; init => Rate = value ?? Rate; }

        protected override string Kind => "dropout";
        protected override Node Build(Node x, string name) =>
            Layers.Dropout(x, Rate, WholeChannels == true ? [.. Enumerable.Range(2, Math.Max(0, x.Shape.Rank - 2))] : null, name);
    }
}
