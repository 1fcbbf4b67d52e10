using System.Numerics.Tensors;
using SimpleFlow.Execution;

namespace SimpleFlow;

/// <summary>Copies what is fed into plans, and what they compute out of them.</summary>
internal static class PlanData
{
    /// <summary>The shapes that a feed gives its placeholders.</summary>
    public static Dictionary<Placeholder, Shape> Shapes(Feed feed)
    {
        var shapes = new Dictionary<Placeholder, Shape>(ReferenceEqualityComparer.Instance);
        foreach (var (placeholder, array) in feed) shapes[placeholder] = FeedShape.Of(placeholder, array, array.Rows);
        return shapes;
    }

    /// <summary>The plan of a session for a feed, with the feed in it.</summary>
    public static Executable Prepare(Session session, Feed feed, CancellationToken cancellation = default)
    {
        var executable = session.For(Shapes(feed), cancellation);
        foreach (var (placeholder, array) in feed)
        {
            if (executable.Reads(placeholder)) FeedShape.Copy(array, executable.Feed(placeholder), placeholder.ElementType);
        }
        return executable;
    }

    /// <summary>An output of a plan that has run.</summary>
    public static Tensor<float> Fetch(Executable executable, int output)
    {
        var region = executable.Output(output);
        var values = executable.OutputType(output) == ElementType.Int32 ? Array.ConvertAll(region.IntegerSpan.ToArray(), Whole)
            : region.Span.ToArray();
        return TensorMemory.Create(values, Shape.Of(region.Sizes));

        float Whole(int number) => (long)(float)number == number ? (float)number : throw new GraphException(
            $"`{executable.Plan.Outputs[output].Label}` is {number}, a whole number that a float does not hold: beyond ±{1 << 24} it "
                + "would be rounded. PlainReading.Of gives whole numbers as they are.");
    }
}
