using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx.Operators;

/// <summary>Steps over the slices of tensors. The body is written once for each slice, as soon as it is known how many there are. In op set
/// 8 every row of a batch is a sequence of its own, with its own length.</summary>
internal static class Scans
{
    public static IEnumerable<Operator> All =>
        [
        new("Scan", node => new Steps(node).Outputs())
        {
            Since = 9,
            AtKnownSizes = node => new Steps(node).Length is null,
            OpenShapes = node => new Steps(node).OpenShapes(),
            OutputType = OutputType,
        },
        new("Scan", Batched)
        {
            Until = 8,
            AtKnownSizes = Operator.Always,
            Settings = [0],
            OutputType = OutputType,
        },
        ];

    private static DataType OutputType(OnnxNode node, int output) => DeclaredType.ElementOf(Loops.Body(node).Output[output].Type);

    private static OnnxValue[] Batched(OnnxNode node)
    {
        var rows = node.Input(1).Shape[0]!.Value;
        var lengths = node.Has(0) ? node.Longs(0) : null;
        var each = Enumerable.Range(0, (int)rows).Select(row =>
        {
            var inputs = node.Inputs.Skip(1).Select(value => value is null ? null
                : OnnxValue.Of(Steps.Slice(value.Node, 0, row), value.Type)).ToList();
            return new Steps(node.With(inputs)) { Most = lengths?[row] }.Outputs();
        }).ToList();
        return [.. Enumerable.Range(0, each[0].Length).Select(output => Loops.Stacked(node, [.. each.Select(one => one[output])], 0,
            OutputType(node, output)))];
    }

    /// <summary>The node's inputs and attributes, put in order.</summary>
    private sealed class Steps
    {
        private readonly OnnxNode _node;
        private readonly GraphProto _body;
        private readonly OnnxValue[] _carried, _inputs;
        private readonly long[] _axes, _backwards, _outputAxes, _outputBackwards;

        public Steps(OnnxNode node)
        {
            (_node, _body) = (node, Loops.Body(node));
            var scanned = (int)node.Int("num_scan_inputs", 0);
            var states = node.InputCount - scanned;
            if (scanned < 1 || states < 0) throw node.Fault($"{scanned} of {node.InputCount} inputs are to be scanned.");
            _carried = [.. Enumerable.Range(0, states).Select(node.Input)];
            _inputs = [.. Enumerable.Range(states, scanned).Select(node.Input)];
            _backwards = Each(node.Opset < 9 ? "directions" : "scan_input_directions", scanned);
            _axes = Each("scan_input_axes", scanned);
            for (var i = 0; i < scanned; i++) _axes[i] = node.Axis(_axes[i], _inputs[i].Rank);
            var outputs = _body.Output.Count - states;
            (_outputAxes, _outputBackwards) = (Each("scan_output_axes", outputs), Each("scan_output_directions", outputs));
        }

        /// <summary>How many slices there are; null while it is not known.</summary>
        public long? Length => _inputs.Select((input, i) => input.Shape[(int)_axes[i]]).FirstOrDefault(length => length is not null);

        /// <summary>How many of them count; what the others would have made is 0.</summary>
        public long? Most { get; init; }

        public OnnxValue[] Outputs()
        {
            var length = Length!.Value;
            if (length > Loops.MostSteps) throw _node.Fault($"it makes more than {Loops.MostSteps:N0} steps.");
            var count = Math.Min(length, Most ?? length);
            var carried = _carried;
            var collected = Enumerable.Range(0, _outputAxes.Length).Select(_ => new List<OnnxValue>()).ToArray();
            for (var step = 0L; step < count; step++)
            {
                var at = _inputs.Select((input, i) => OnnxValue.Of(
                    Slice(input.Node, (int)_axes[i], _backwards[i] == 0 ? step : count - 1 - step), input.Type));
                var results = _node.Graph.Within(_body, [.. carried, .. at]);
                carried = results[..carried.Length];
                for (var i = 0; i < collected.Length; i++) collected[i].Add(results[carried.Length + i]);
            }
            foreach (var parts in collected.Where(parts => parts.Count > 0))
                for (var step = count; step < length; step++) parts.Add(OnnxValue.Of(0f * parts[0].Float, parts[0].Type));
            for (var i = 0; i < collected.Length; i++)
                if (_outputBackwards[i] != 0) collected[i].Reverse();
            return [.. carried, .. collected.Select((parts, i) => Loops.Stacked(_node, parts, _outputAxes[i],
                DeclaredType.ElementOf(_body.Output[carried.Length + i].Type)))];
        }

        public Shape[] OpenShapes()
        {
            var graph = _node.Tried().Graph;
            var at = _inputs.Select((input, i) => OnnxValue.Of(new Placeholder("slice",
                Shape.Create([.. input.Shape.Where((_, axis) => axis != _axes[i])]), input.Node.ElementType), input.Type)).ToList();
            var (shapes, results) = AnySteps.Of(_node, _carried, carried => graph.Within(_body, [.. carried, .. at]));
            return [.. shapes, .. results.Skip(shapes.Length).Select((value, i) =>
            {
                var place = _node.Axis(_outputAxes[i], value.Rank + 1);
                return Shape.Create([.. value.Shape.Take(place), null, .. value.Shape.Skip(place)]);
            })];
        }

        private long[] Each(string name, int count) => _node.LongsOf(name)?.ToArray() ?? new long[count];

        public static Node Slice(Node x, int axis, long place) => Ranks.Squeezed(x.Slice(axis, place, place + 1), [axis]);
    }
}
