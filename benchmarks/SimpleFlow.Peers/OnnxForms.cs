using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using SimpleFlow.Onnx;

namespace SimpleFlow.Peers;

/// <summary>Layers that ONNX has a node for, written as this node and as their parts: which form ONNX Runtime runs faster. The two run in
/// turns in one process.</summary>
internal static class OnnxForms
{
    private const int Rounds = 41;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.5);

    public static int Run()
    {
        Console.WriteLine($"{"layer",-44} {"node",9} {"parts",9}  parts / node");
        foreach (var (batch, time, width) in new[] { (1, 32, 64), (16, 32, 64), (1, 128, 256) })
        {
            var x = new Placeholder("x", [batch, time, width]);
            Compare($"LSTM {batch} × {time} × {width}", x, [LstmInParts(x, batch, width)],
                Flow.AddFlow(x, new RecurrentNode("LSTM", 4, width)));
            Compare($"GRU {batch} × {time} × {width}", x, [Layers.Gru(x, width, sequence: true)],
                Flow.AddFlow(x, new RecurrentNode("GRU", 3, width)));
        }
        foreach (var (batch, heads, places) in new[] { (1, 12, 16), (1, 12, 128), (8, 12, 64) })
        {
            var x = new Placeholder("x", [batch, heads, places, 32]);
            Compare($"attention {batch} × {heads} × {places} × 32", x, [Layers.Attention(x, x, x)],
                Flow.AddFlow(x, new AttentionNode()));
        }
        return 0;
    }

    /// <summary>A layer of LSTM leaves as one node; a cell of one's own, whose gates come in another order, leaves as its parts.</summary>
    private static Node LstmInParts(Placeholder x, int batch, int width)
    {
        var inputs = x.MatMul(new Variable("w", [width, 4 * width])) + new Variable("b", [4 * width]);
        var u = new Variable("u", [width, 4 * width]);
        Node zeros = new Variable("zeros", [batch, width], Initializer.Zeros(), trainable: false);
        return Layers.Scan([inputs], [zeros, zeros], (xs, states) =>
        {
            var gates = xs[0] + states[0].MatMul(u);
            Node Gate(int number) => gates.Slice(1, number * width, (number + 1) * width);
            var memory = Gate(1).Sigmoid() * states[1] + Gate(2).Sigmoid() * Gate(3).Tanh();
            return [Gate(0).Sigmoid() * memory.Tanh(), memory];
        }).Steps[0];
    }

    private static void Compare(string name, Placeholder x, Node[] parts, Node node)
    {
        using var first = Session([node]);
        using var second = Session(parts);
        int[] sizes = [.. x.Shape.Select(size => (int)size!.Value)];
        var random = new Random(1);
        var numbers = Array.ConvertAll(new float[sizes.Aggregate(1, (product, size) => product * size)], _ => random.NextSingle() - 0.5f);
        using var input = OrtValue.CreateTensorValueFromMemory(numbers, Array.ConvertAll(sizes, size => (long)size));
        var (nodeTimes, partTimes) = (new List<double>(), new List<double>());
        var begun = Stopwatch.GetTimestamp();
        while (nodeTimes.Count < Rounds)
        {
            var (one, other) = (Time(first, input), Time(second, input));
            if (Stopwatch.GetElapsedTime(begun) < WarmUp) continue;
            nodeTimes.Add(one);
            partTimes.Add(other);
        }
        var ratio = partTimes.Zip(nodeTimes, (part, one) => part / one).Order().ElementAt(Rounds / 2);
        nodeTimes.Sort();
        partTimes.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-44} {nodeTimes[Rounds / 2],6:F3} ms {partTimes[Rounds / 2],6:F3} ms  {ratio:F2}"));
    }

    private static InferenceSession Session(Node[] results)
    {
        using var file = new MemoryStream();
        new Model(losses: default, predictions: results).ExportOnnx(file);
        using var options = new SessionOptions { IntraOpNumThreads = Environment.ProcessorCount, InterOpNumThreads = 1 };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return new InferenceSession(file.ToArray(), options);
    }

    private static double Time(InferenceSession session, OrtValue input)
    {
        using var run = new RunOptions();
        var start = Stopwatch.GetTimestamp();
        using var results = session.Run(run, session.InputNames, [input], [session.OutputNames[0]]);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>An op that is there to be written: as an LSTM or GRU node over [batch, time, features], with the state of each
    /// step.</summary>
    private sealed record RecurrentNode : CustomOp, IOnnxOp
    {
        private readonly int _gates, _units;

        public RecurrentNode(string kind, int gates, int units)
            : base(new Variable("w", [1, gates * units, units]), new Variable("r", [1, gates * units, units]),
                new Variable("b", [1, 2 * gates * units])) => (Kind, _gates, _units) = (kind, gates, units);

        public string Kind { get; }

        public void WriteOnnx(OnnxWriter writer)
        {
            var sequence = writer.Step("Transpose", [writer.Inputs[0]], new OnnxAttribute("perm", [1L, 0, 2]));
            var size = new OnnxAttribute("hidden_size", _units);
            string[] inputs = [sequence, writer.Inputs[1], writer.Inputs[2], writer.Inputs[3]];
            var states = Kind == "GRU" ? writer.Step(Kind, inputs, size, new OnnxAttribute("linear_before_reset", 1))
                : writer.Step(Kind, inputs, size);
            var flat = writer.Step("Squeeze", [states, writer.WholeNumbers(1)]);
            writer.Result("Transpose", [flat], new OnnxAttribute("perm", [1L, 0, 2]));
        }

        protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => inputs[0];

        protected override void Plain(IReadOnlyList<PlainTensor> inputs, PlainTensor result) => throw new NotSupportedException();

        protected internal override Node? Gradient(Operation node, Node upstream, int input) => throw new NotSupportedException();
    }

    /// <summary>An op that is there to be written: as an Attention node of op set 23.</summary>
    private sealed record AttentionNode : CustomOp, IOnnxOp
    {
        public int OnnxOpset => 23;

        public void WriteOnnx(OnnxWriter writer) =>
            writer.Result("Attention", [writer.Inputs[0], writer.Inputs[0], writer.Inputs[0]]);

        protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => inputs[0];

        protected override void Plain(IReadOnlyList<PlainTensor> inputs, PlainTensor result) => throw new NotSupportedException();

        protected internal override Node? Gradient(Operation node, Node upstream, int input) => throw new NotSupportedException();
    }
}
