using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Layers
{
    /// <summary>
    /// Group normalisation: splits the channels of an image into groups, normalises each group to mean 0 and variance 1, then applies a
    /// learned scale and shift per channel. It does not depend on the batch (Wu and He, 2018). With one group it is layer normalisation
    /// over the whole image; with one group per channel, instance normalisation.
    /// </summary>
    /// <param name="x">[batch, channels, ..]; all sizes except the batch must be known.</param>
    /// <param name="groups">The number of groups that the channels are divided into.</param>
    /// <param name="epsilon">ε, added to the variance.</param>
    /// <param name="scale">Whether there is a learned scale.</param>
    /// <param name="shift">Whether there is a learned shift.</param>
    /// <param name="name">The layer's name; its variables are called <c>name/scale</c> and <c>name/shift</c>, [channels, 1, ..].</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The channels do not divide into the groups, or a size other than the batch is unknown.</exception>
    public static Node GroupNorm(
        Node x, int groups, float epsilon = 1e-5f, bool scale = true, bool shift = true, string name = "group norm",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        Known.Float(nameof(GroupNorm), x);
        Known.Epsilon(epsilon);
        var channels = Known.Size(nameof(GroupNorm), x, 1, "the number of channels (axis 1)");
        var example = x.Shape.Slice(1, x.Shape.Rank - 1);
        if (!example.IsKnown)
            throw ShapeException.Of(nameof(GroupNorm), [x],
                new ShapeException($"`{x.Label}` is {x.Shape}; all sizes except the batch must be known.",
                    "Declare them: [null, 8, 28, 28]."));
        if (channels % groups != 0)
            throw ShapeException.Of(nameof(GroupNorm), [x],
                new ShapeException(
                    $"`{x.Label}` {x.Shape} has {NumberText.Count(channels, "channel")}, which cannot be divided into "
                        + $"{groups} equal groups.", "Choose a number of groups that divides the channels."));
        var grouped = x.Reshape([null, groups, example.ElementCount / groups]);                              // [batch, groups, elements]
        var normalised = Normalised.Along(grouped, [-1], epsilon).Reshape(Shape.Create([null]).Append(example));
        var shape = Shape.Create([.. Enumerable.Range(1, x.Shape.Rank - 1).Select(axis => (long?)(axis == 1 ? channels : 1))]);
        return Normalised.Scaled(normalised, shape, name, new SourceLocation(file, line), scale, shift);
    }

    /// <summary>Instance normalisation: each channel of each example with mean 0 and variance 1, then a learned scale and shift (Ulyanov,
    /// Vedaldi and Lempitsky, 2016). It is <see cref="GroupNorm"/> with a group for each channel. PyTorch's has neither scale nor shift
    /// unless asked for.</summary>
    /// <param name="x">[batch, channels, ..]; all sizes except the batch must be known.</param>
    /// <param name="epsilon">ε, added to the variance.</param>
    /// <param name="scale">Whether there is a learned scale.</param>
    /// <param name="shift">Whether there is a learned shift.</param>
    /// <param name="name">The layer's name; its variables are called <c>name/scale</c> and <c>name/shift</c>, [channels, 1, ..].</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">A size other than the batch is unknown.</exception>
    public static Node InstanceNorm(
        Node x, float epsilon = 1e-5f, bool scale = true, bool shift = true, string name = "instance norm",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        GroupNorm(x, (int)Math.Max(1, Known.Size(nameof(InstanceNorm), x, 1, "the number of channels (axis 1)")), epsilon, scale, shift,
            name, file, line);
}

public abstract partial record Layer
{
    /// <summary>Group normalisation: groups of channels with mean 0 and variance 1 in each example. What is false is left out: the learned
    /// scale, the learned shift.</summary>
    public sealed record GroupNorm(int Groups, float Epsilon = 1e-5f, bool? Scale = null, bool? Shift = null) : Layer
    {
        protected override string Kind => "group norm";
        protected override Node Build(Node x, string name) =>
            Layers.GroupNorm(x, Groups, Epsilon, Scale ?? true, Shift ?? true, name);
    }

    /// <summary>Instance normalisation: each channel of each example with mean 0 and variance 1. What is false is left out: the learned
    /// scale, the learned shift.</summary>
    public sealed record InstanceNorm(float Epsilon = 1e-5f, bool? Scale = null, bool? Shift = null) : Layer
    {
        protected override string Kind => "instance norm";
        protected override Node Build(Node x, string name) =>
            Layers.InstanceNorm(x, Epsilon, Scale ?? true, Shift ?? true, name);
    }
}
