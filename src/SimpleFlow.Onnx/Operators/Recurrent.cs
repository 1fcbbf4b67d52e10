namespace SimpleFlow.Onnx.Operators;

/// <summary>Recurrent layers: RNN, GRU (Cho et al., 2014) and LSTM (Hochreiter and Schmidhuber, 1997), in one direction or both. They are
/// written as one step after the other, once the length of the sequences is known.</summary>
internal static class Recurrent
{
    public static IEnumerable<Operator> All => [Of("RNN", 1), Of("GRU", 3), Of("LSTM", 4)];

    private static Operator Of(string name, int gates) => new(name, node => Run(node, gates))
    {
        AtKnownSizes = node => node.Input(0).Shape[node.Flag("layout") ? 1 : 0] is null || !node.Input(1).Shape.IsKnown
            || !node.Input(2).Shape.IsKnown,
        OpenShapes = node =>
        {
            var (x, hidden, directions) = (node.Input(0).Shape, node.Input(2).Shape[2], node.Input(1).Shape[0]);
            var isBatchFirst = node.Flag("layout");
            var (length, batch) = isBatchFirst ? (x[1], x[0]) : (x[0], x[1]);
            Shape last = isBatchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
            return [isBatchFirst ? [batch, length, directions, hidden] : [length, directions, batch, hidden], last, last];
        },
    };

    private static OnnxValue[] Run(OnnxNode node, int gates)
    {
        var isBatchFirst = node.Flag("layout");
        var x = isBatchFirst ? node.Float(0).Transpose([1, 0, 2]) : node.Float(0);      // [length, batch, features]
        var directions = (int)node.Input(1).Shape[0]!.Value;
        var direction = node.Text("direction", "forward");
        var cells = Enumerable.Range(0, directions).Select(i =>
            new Cell(node, x, gates, i, isReverse: direction is "reverse" || i == 1, isBatchFirst)).ToList();
        var y = Flow.Concat([.. cells.Select(cell => cell.Outputs)], 1);                // [length, directions, batch, hidden]
        var (h, c) = (Joined(cells.Select(cell => cell.Hidden)), Joined(cells.Select(cell => cell.Memory)));
        if (isBatchFirst) (y, h, c) = (y.Transpose([2, 0, 1, 3]), h.Transpose([1, 0, 2]), c.Transpose([1, 0, 2]));
        return [.. new[] { y, h, c }.Select(one => OnnxValue.Of(one, node.Type(0)))];
    }

    private static Node Joined(IEnumerable<Node> states) => Flow.Concat([.. states.Select(state => state.Unsqueeze([0]))], 0);

    /// <summary>One direction of a layer.</summary>
    private sealed class Cell
    {
        private readonly OnnxNode _node;
        private readonly Func<Node, Node>[] _functions;
        private readonly Node _r;
        private readonly Node? _ownBias;
        private readonly Node? _peep;
        private readonly long _size;

        public Cell(OnnxNode node, Node x, int gates, int direction, bool isReverse, bool isBatchFirst)
        {
            _node = node;
            _size = node.Input(2).Shape[2]!.Value;
            _functions = GateFunctions.Of(node, direction);
            var length = x.Shape[0]!.Value;
            _r = Part(node.Float(2), direction);                                        // [gates · hidden, hidden]
            _peep = node.Has(7) ? Part(node.Float(7), direction) : null;
            var (hidden, memory) = (Initial(5, direction, isBatchFirst), Initial(6, direction, isBatchFirst));
            var all = x.MatMul(Part(node.Float(1), direction), transposeRight: true);   // [length, batch, gates · hidden]
            if (node.Has(3))
            {
                var both = Part(node.Float(3), direction);
                all += both.Slice(0, 0, gates * _size);
                _ownBias = both.Slice(0, gates * _size);
            }
            var lengths = node.Has(4) ? node.Float(4).Unsqueeze([1]) : null;            // [batch, 1]
            var outputs = new Node[length];
            for (var i = 0L; i < length; i++)
            {
                var time = isReverse ? length - 1 - i : i;
                var (h, c) = Step(Ranks.Squeezed(all.Slice(0, time, time + 1), [0]), hidden, memory);
                outputs[time] = h;
                if (lengths is not null)
                {
                    // After its end a sequence says 0, and keeps its state.
                    var goesOn = lengths.Greater((float)time);
                    outputs[time] = Flow.Select(goesOn, h, 0f);
                    (h, c) = (Flow.Select(goesOn, h, hidden ?? 0f), c is null ? null : Flow.Select(goesOn, c, memory ?? 0f));
                }
                (hidden, memory) = (h, c);
            }
            Outputs = Joined(outputs).Unsqueeze([1]);
            Hidden = hidden ?? throw node.Fault("there are no steps.");
            // Only an LSTM has a memory; the others have as many results as they list.
            Memory = memory ?? Hidden;
        }

        /// <summary>What it says at each step, [length, 1, batch, hidden].</summary>
        public Node Outputs { get; }

        public Node Hidden { get; }

        public Node Memory { get; }

        private static Node Part(Node all, int direction) => all.Slice(0, direction, direction + 1)
            .Reshape(Shape.Create([.. all.Shape.Skip(1)]));

        // Without a first state it is 0, and what is computed from it is left out.
        private Node? Initial(int input, int direction, bool isBatchFirst) => !_node.Has(input) ? null
            : Ranks.Squeezed(_node.Float(input).Slice(isBatchFirst ? 1 : 0, direction, direction + 1), [isBatchFirst ? 1 : 0]);

        private Node Recurring(Node? hidden, Node inputs, long start, long? end = null)
        {
            var sums = hidden is null ? inputs : inputs + hidden.MatMul(end is null ? _r : _r.Slice(0, start, end), transposeRight: true);
            return _ownBias is null ? sums : sums + (end is null ? _ownBias : _ownBias.Slice(0, start, end));
        }

        private Node Gate(Node x, int gate) => x.Slice(x.Shape.Rank - 1, gate * _size, (gate + 1) * _size);

        private Node Clipped(Node x) => _node.HasAttribute("clip") ? x.Clip(-_node.Float("clip", 0), _node.Float("clip", 0)) : x;

        private (Node Hidden, Node? Memory) Step(Node x, Node? hidden, Node? memory) => _node.Op switch
        {
            "LSTM" => Lstm(Recurring(hidden, x, 0), memory),
            "GRU" => (Gru(x, hidden), null),
            _ => (_functions[0](Clipped(Recurring(hidden, x, 0))), null),
        };

        // In ONNX's order: input, output, forget, cell.
        private (Node, Node) Lstm(Node sums, Node? before)
        {
            Node Looked(int gate, int peep, Node? memory) =>
                _peep is null || memory is null ? Gate(sums, gate) : Gate(sums, gate) + Gate(_peep, peep) * memory;
            var input = _functions[0](Clipped(Looked(0, 0, before)));
            var written = input * _functions[1](Clipped(Gate(sums, 3)));
            var memory = before is null ? written
                : (_node.Flag("input_forget") ? 1f - input : _functions[0](Clipped(Looked(2, 2, before)))) * before + written;
            var output = _functions[0](Clipped(Looked(1, 1, memory)));
            return (output * _functions[2](memory), memory);
        }

        // In ONNX's order: update, reset, hidden.
        private Node Gru(Node x, Node? hidden)
        {
            var sums = Recurring(hidden, x.Slice(1, 0, 2 * _size), 0, 2 * _size);
            var (update, reset) = (_functions[0](Clipped(Gate(sums, 0))), _functions[0](Clipped(Gate(sums, 1))));
            var r = _r.Slice(0, 2 * _size);
            var own = _ownBias is null ? (Node)0f : Gate(_ownBias, 2);
            var candidate = _node.Flag("linear_before_reset")
                ? reset * (hidden is null ? own : hidden.MatMul(r, transposeRight: true) + own)
                : hidden is null ? own : (reset * hidden).MatMul(r, transposeRight: true) + own;
            var next = _functions[1](Clipped(Gate(x, 2) + candidate));
            return hidden is null ? (1f - update) * next : (1f - update) * next + update * hidden;
        }
    }
}
