using System.Numerics.Tensors;
using SimpleFlow.Execution;

namespace SimpleFlow;

/// <summary>Copies what is fed into plans, and what they compute out of them.</summary>
internal static unsafe class PlanData
{
    /// <summary>The plan of a session for a feed, with the feed in it.</summary>
    public static Executable Prepare(Session session, Feed feed, CancellationToken cancellation = default)
    {
        var executable = session.For(feed, cancellation);
        Fill(executable, feed);
        return executable;
    }

    /// <summary>Copies what is fed to where a plan reads it.</summary>
    public static void Fill(Executable executable, Feed feed)
    {
        foreach (var (placeholder, array) in feed)
        {
            if (executable.Reads(placeholder)) FeedShape.Copy(array, executable.Feed(placeholder), placeholder.ElementType);
        }
    }

    /// <summary>An output of a plan that has run.</summary>
    public static Tensor<float> Fetch(Executable executable, int output)
    {
        var region = executable.Output(output);
        var values = new float[region.Count];
        Copy(executable, output, values);
        return TensorMemory.Create(values, Shape.Of(region.Sizes));
    }

    /// <summary>Keeps an output of a plan that has run.</summary>
    public static void Keep(Executable executable, int output, Node node, NodeValues values)
    {
        var region = executable.Output(output);
        if (executable.OutputType(output) != ElementType.Int32) values.Keep(node, region.Span, region.Sizes);
        else values.Keep(node, TensorMemory.ToArray(Fetch(executable, output)), region.Sizes);
    }

    /// <summary>Copies an output of a plan that has run. Allocates nothing.</summary>
    /// <exception cref="GraphException">A whole number is too large for a float to hold it.</exception>
    public static void Copy(Executable executable, int output, Span<float> destination)
    {
        var region = executable.Output(output);
        if (executable.OutputType(output) != ElementType.Int32) region.Span.CopyTo(destination);
        else for (var i = 0; i < destination.Length; i++) destination[i] = Whole(region.Integers[i]);

        float Whole(int number) => (long)(float)number == number ? (float)number : throw new GraphException(
            $"`{executable.Plan.Outputs[output].Label}` is {number}, a whole number that a float does not hold: beyond ±{1 << 24} it "
                + "would be rounded. PlainReading.Of gives whole numbers as they are.");
    }
}
