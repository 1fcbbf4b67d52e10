using System.Globalization;

namespace SimpleFlow;

/// <summary>Chooses which nodes of a graph are drawn, and writes the boxes.</summary>
internal sealed class DrawingContent
{
    private const int MostTitles = 3, MostMembers = 6;

    private readonly DrawingOptions _options;
    private readonly HashSet<Node> _outputs, _losses, _forward;
    private readonly DrawnGradients? _gradients;
    private readonly NodeSymbols _symbols;
    private readonly List<Node> _nodes;
    private readonly Dictionary<Node, string> _groups;
    private readonly NodeNumbers? _numbers;

    private DrawingContent(IReadOnlyList<Node> outputs, DrawingOptions options, CancellationToken cancellation)
    {
        _options = options;
        var losses = options.Losses is { } named ? Required.List(named, nameof(options)) : LossesAmong(outputs);
        if (options.Gradients && losses.Count == 0)
            throw new GraphException(
                $"`{outputs[0].Label}` is {outputs[0].ElementType}, and only floats have gradients: name a loss among the outputs, or "
                    + "draw without gradients.");
        var sweep = losses.Count > 0 && (options.Gradients || options.Feed is not null) ? new DrawnGradients(losses) : null;
        _gradients = options.Gradients ? sweep : null;

        Node[] roots = [.. outputs, .. losses, .. _gradients is null ? (Node[])[] : [_gradients.Loss]];
        _outputs = Set(roots);
        _losses = Set(_gradients is null || losses.Count == 1 ? losses : [.. losses, _gradients.Loss]);
        _forward = Set(GraphOrder.Of(roots, valuesOnly: true, cancellation));
        var drawn = GraphOrder.Of([.. roots, .. _gradients?.Results ?? []], valuesOnly: true, cancellation);
        _symbols = new NodeSymbols(drawn, _outputs, _gradients);
        _nodes = drawn.FindAll(node => !_symbols.IsFolded(node));
        _groups = options.Collapse ? Collapsing.Groups(_nodes, _forward, _gradients) : [];
        _numbers = options.Feed is null ? null : new NodeNumbers(_nodes, sweep, options.Feed, cancellation);
    }

    public static DrawingGraph Of(IReadOnlyList<Node> outputs, DrawingOptions options, CancellationToken cancellation) =>
        new DrawingContent(outputs, options, cancellation).Graph();

    private static List<Node> LossesAmong(IReadOnlyList<Node> outputs)
    {
        var floats = outputs.Where(output => output.ElementType == ElementType.Float32).ToList();
        var numbers = floats.FindAll(output => output.Shape.Rank == 0);
        return numbers.Count > 0 ? numbers : floats;
    }

    private DrawingGraph Graph()
    {
        var places = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
        var members = new List<List<Node>>();
        var groupPlaces = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var node in _nodes)
        {
            if (_groups.TryGetValue(node, out var group) && groupPlaces.TryGetValue(group, out var place))
            {
                members[place].Add(node);
            }
            else
            {
                place = members.Count;
                members.Add([node]);
                if (group is not null) groupPlaces[group] = place;
            }
            places[node] = place;
        }
        var arrows = new List<DrawingArrow>();
        var known = new HashSet<DrawingArrow>();
        var readOutside = Set([]);
        foreach (var node in _nodes.OfType<Operation>())
        {
            foreach (var input in NodeSymbols.ValueInputs(node))
            {
                if (!places.TryGetValue(input, out var from) || from == places[node]) continue;
                readOutside.Add(input);
                if (known.Add(new DrawingArrow(from, places[node]))) arrows.Add(new DrawingArrow(from, places[node]));
            }
        }
        if (_gradients?.GradientOf(_gradients.Loss) is { } start && places.TryGetValue(start, out var begin)
            && begin != places[_gradients.Loss])
        {
            var arrow = new DrawingArrow(places[_gradients.Loss], begin, StartsSweep: true);
            if (!known.Contains(arrow with { StartsSweep = false })) arrows.Add(arrow);
        }
        DrawingBox[] boxes = [.. members.Select(nodes => nodes is [var one] ? BoxOf(one) : GroupOf(nodes, readOutside))];
        return new DrawingGraph([.. boxes.Zip(members, (box, nodes) => box with { Nodes = nodes })], arrows, _options.Title);
    }

    private DrawingBox BoxOf(Node node)
    {
        var lines = new List<BoxLine>();
        var kind = KindOf(node);
        var tooltip = $"{node.Label} {node.Shape}";
        switch (node)
        {
            case Operation operation when kind == BoxKind.Gradient:
                lines.AddRange(GradientTitles(node));
                tooltip = string.Join(" = ", _symbols.GradientNodes(node).Select(_symbols.GradientTitle).Append(tooltip));
                lines.Add(new BoxLine(_symbols.Formula(operation), lines.Count == 0 ? LineStyle.Plain : LineStyle.Small));
                break;
            case Operation operation:
                var formula = _symbols.Formula(operation);
                if (operation.Name is { } name) lines.Add(new BoxLine(name, LineStyle.Title));
                lines.Add(formula != operation.Name && formula != operation.Op.ToString()
                    ? new BoxLine(formula, operation.Name is null ? LineStyle.Plain : LineStyle.Small)
                    : new BoxLine(operation.Op.ToString(), operation.Name is null ? LineStyle.Plain : LineStyle.Small));
                if (operation.Name is null && formula != operation.Op.ToString())
                    lines.Add(new BoxLine(operation.Op.ToString(), LineStyle.Small));
                break;
            case Constant constant when kind == BoxKind.Gradient:
                lines.AddRange(GradientTitles(node));
                lines.Add(new BoxLine(constant.Uniform is { } one ? constant.Text(one) : "constant", LineStyle.Small));
                break;
            case Constant { Uniform: { } value } constant:
                lines.Add(new BoxLine(constant.Name ?? ((float)value).ToString(CultureInfo.InvariantCulture), LineStyle.Title));
                if (constant.Name is not null)
                    lines.Add(new BoxLine(((float)value).ToString(CultureInfo.InvariantCulture), LineStyle.Small));
                break;
            default:
                lines.Add(new BoxLine(node.Name ?? "constant", LineStyle.Title));
                break;
        }
        if (node is Operation { Op: var op }) tooltip += $"\n{op}";
        if (node.MadeAt.IsKnown) tooltip += $"\n{node.MadeAt}";
        if (_numbers is not null) lines.AddRange(_numbers.LinesOf(node));
        return new DrawingBox(kind, lines, tooltip, (_numbers?.ShapeOf(node) ?? node.Shape).ToString());
    }

    private DrawingBox GroupOf(List<Node> nodes, HashSet<Node> readOutside)
    {
        var isGradient = !_forward.Contains(nodes[0]);
        var name = _groups[nodes[0]];
        List<BoxLine> lines = [new BoxLine(name, LineStyle.Title)];
        var operations = nodes.OfType<Operation>().ToList();
        lines.Add(new BoxLine(
            isGradient || operations.Count > MostMembers ? NumberText.Count(operations.Count, "operation")
                : string.Join(" → ", operations.Select(operation => operation.Op.Name)), LineStyle.Small));
        foreach (var node in nodes)
        {
            if (node is Variable)
                lines.Add(new BoxLine($"{node.Name![(node.Name!.LastIndexOf('/') + 1)..]} {node.Shape}", LineStyle.Small));
            else if (isGradient)
                lines.AddRange(_symbols.GradientNodes(node).OfType<Variable>()
                    .Select(of => new BoxLine($"{_symbols.GradientTitle(of)} {of.Shape}", LineStyle.Small)));
        }
        var ends = nodes.Where(node => readOutside.Contains(node) || _outputs.Contains(node)).ToList();
        if (ends.Count == 0) ends = [nodes[^1]];
        if (_numbers is not null && ends is [.., Operation last]) lines.AddRange(_numbers.LinesOf(last));
        var shapes = ends.Where(readOutside.Contains).Select(node => (_numbers?.ShapeOf(node) ?? node.Shape).ToString())
            .Distinct(StringComparer.Ordinal);
        return new DrawingBox(isGradient ? BoxKind.GradientGroup : BoxKind.Group, lines,
            string.Join('\n', nodes.Select(node => $"{node.Label} {node.Shape}").Prepend(name)), string.Join(" and ", shapes));
    }

    private IEnumerable<BoxLine> GradientTitles(Node node)
    {
        var nodes = _symbols.GradientNodes(node);
        for (var i = 0; i < Math.Min(nodes.Count, MostTitles);
        i++)
            yield return new BoxLine($"{(i == 0 ? "" : "= ")}{_symbols.GradientTitle(nodes[i])}", LineStyle.Title);
    }

    private BoxKind KindOf(Node node) => node switch
    {
        _ when !_forward.Contains(node) => BoxKind.Gradient,
        _ when _losses.Contains(node) => BoxKind.Loss,
        Placeholder => BoxKind.Placeholder,
        Variable => BoxKind.Variable,
        Constant => BoxKind.Constant,
        _ => _outputs.Contains(node) ? BoxKind.Output : BoxKind.Operation,
    };

    private static HashSet<Node> Set(IEnumerable<Node> nodes) => new(nodes, ReferenceEqualityComparer.Instance);
}
