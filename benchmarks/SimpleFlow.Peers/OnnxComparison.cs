using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SimpleFlow.Onnx;

namespace SimpleFlow.Peers;

/// <summary>One ONNX file in SimpleFlow and in ONNX Runtime: the same inputs, in turns in one process, and how far the results are
/// apart.</summary>
internal static class OnnxComparison
{
    private const int Rounds = 41;

    // Until the just-in-time compiler is done with the kernels, which it does in the background.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    /// <summary>Compares them. Free sizes are those given in order, then 1: <c>onnx net.onnx 8 64</c>. Without a file it is ResNet-18, one
    /// image.</summary>
    public static int Run(string[] args)
    {
        var path = args is [var file, ..] ? file : Path.Combine(AppContext.BaseDirectory, "ResNet18.onnx");
        var sizes = new Queue<int>(args.Skip(1).Select(size => int.Parse(size, CultureInfo.InvariantCulture)));
        var threads = Environment.ProcessorCount;

        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1 };
        // Otherwise its threads wait in a loop after each run, on the processors that the other one needs then.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        using var session = new InferenceSession(path, options);
        var network = OnnxModel.Load(path);
        var model = new Model(default, network.Outputs[0].Node, threads: threads);
        using var predictor = model.Predictor();

        var random = new Random(1);
        var feed = new Feed();
        var inputs = new List<NamedOnnxValue>();
        foreach (var input in network.Inputs)
        {
            int[] shape = [.. input.Shape.Select(size => (int?)size ?? (sizes.TryDequeue(out var given) ? given : 1))];
            var count = shape.Aggregate(1, (product, size) => product * size);
            var values = Array.ConvertAll(new float[count], _ => random.NextSingle());
            feed[input] = System.Numerics.Tensors.Tensor.Create(values, [.. shape.Select(size => (nint)size)]);
            inputs.Add(NamedOnnxValue.CreateFromTensor(input.Name!, new DenseTensor<float>(values, shape)));
        }

        float[] ours = [], theirs = [];
        var (ourTimes, theirTimes) = (new List<double>(), new List<double>());
        var begun = Stopwatch.GetTimestamp();
        while (ourTimes.Count < Rounds)
        {
            var start = Stopwatch.GetTimestamp();
            ours = [.. predictor.Predict(feed)];
            var middle = Stopwatch.GetTimestamp();
            using (var results = session.Run(inputs)) theirs = [.. results[0].AsEnumerable<float>()];
            var end = Stopwatch.GetTimestamp();
            if (Stopwatch.GetElapsedTime(begun) < WarmUp) continue;
            ourTimes.Add(Stopwatch.GetElapsedTime(start, middle).TotalMilliseconds);
            theirTimes.Add(Stopwatch.GetElapsedTime(middle, end).TotalMilliseconds);
        }
        var ratios = ourTimes.Zip(theirTimes, (our, their) => their / our).Order().ToList();
        ourTimes.Sort();
        theirTimes.Sort();
        var apart = ours.Zip(theirs, (our, their) => Math.Abs(our - their)).Max();
        var shapes = string.Join(" and ", network.Inputs.Select(input => TensorShape(feed, input)));
        Console.WriteLine($"{Path.GetFileName(path)}, {shapes}, {threads} threads");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"SimpleFlow    {ourTimes[Rounds / 2]:G3} ms (best {ourTimes[0]:G3})"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"ONNX Runtime  {theirTimes[Rounds / 2]:G3} ms (best {theirTimes[0]:G3})"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"ratio {ratios[Rounds / 2]:F2} ({ratios[Rounds / 10]:F2} … {ratios[Rounds * 9 / 10]:F2})"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ours.Length} results, at most {apart:G2} apart"));
        return 0;
    }

    private static string TensorShape(Feed feed, Placeholder input) =>
        $"{input.Name} [{string.Join(", ", feed[input].Dimensions.ToArray())}]";
}
