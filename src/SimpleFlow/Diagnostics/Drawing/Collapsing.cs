namespace SimpleFlow;

/// <summary>
/// Decides which nodes become one box. Those whose names share a prefix up to the last slash belong together;
/// so do the nodes without a name between them, and one without a name that alone reads the end of a group and keeps its shape:
/// the activation of a layer. What the gradient rules of a group's nodes add is a group of its own.
/// </summary>
internal static class Collapsing
{
    private static readonly System.Buffers.SearchValues<char> NotInNames = System.Buffers.SearchValues.Create(" ()[],");

    /// <param name="nodes">The nodes that would have a box, inputs first.</param>
    /// <param name="forward">Those among them, and others, that are not of the backward sweep.</param>
    /// <param name="gradients">The backward sweep, if it is drawn.</param>
    /// <returns>For every node that belongs to a group, the group's name. Groups do not form loops and have two nodes at least.</returns>
    public static Dictionary<Node, string> Groups(IReadOnlyList<Node> nodes, IReadOnlySet<Node> forward, DrawnGradients? gradients)
    {
        var groups = new Dictionary<Node, string>(ReferenceEqualityComparer.Instance);
        foreach (var node in nodes)
        {
            if (forward.Contains(node) && PrefixOf(node.Name) is { } prefix) groups[node] = prefix;
        }
        AddNodesWithoutNames(nodes, forward, groups);
        if (gradients is not null)
        {
            var owners = gradients.Owners(forward);
            foreach (var node in nodes)
            {
                if (owners.TryGetValue(node, out var owner) && groups.TryGetValue(owner, out var group)) groups[node] = $"∂ {group}";
            }
        }
        Dissolve(groups,
            groups.Values.GroupBy(group => group, StringComparer.Ordinal).Where(group => group.Count() < 2).Select(group => group.Key));
        while (InLoops(nodes, groups) is { Count: > 0 } loops) Dissolve(groups, loops);
        return groups;
    }

    // A formula may contain a slash, too: y / n is not a group.
    private static string? PrefixOf(string? name)
    {
        var slash = name?.LastIndexOf('/') ?? -1;
        return slash > 0 && slash < name!.Length - 1 && name[slash + 1] != ' ' && !name.AsSpan(0, slash).ContainsAny(NotInNames)
            ? name[..slash] : null;
    }

    private static void AddNodesWithoutNames(IReadOnlyList<Node> nodes, IReadOnlySet<Node> forward, Dictionary<Node, string> groups)
    {
        var boxes = new HashSet<Node>(nodes, ReferenceEqualityComparer.Instance);
        var readers = new Dictionary<Node, List<Node>>(ReferenceEqualityComparer.Instance);
        foreach (var node in nodes.OfType<Operation>().Where(forward.Contains))
        {
            foreach (var input in NodeSymbols.ValueInputs(node).Where(boxes.Contains).Distinct())
            {
                if (!readers.TryGetValue(input, out var list)) readers[input] = list = [];
                list.Add(node);
            }
        }
        List<(Node Node, string Group)> added = [];
        foreach (var node in nodes.OfType<Operation>().Where(node => node.Name is null && forward.Contains(node)))
        {
            var inputs = NodeSymbols.ValueInputs(node).Where(boxes.Contains).Distinct().ToList();
            if (inputs.Count == 0 || !groups.TryGetValue(inputs[0], out var group)
                || !inputs.All(input => groups.GetValueOrDefault(input) == group))
                continue;
            var isBetween = readers.TryGetValue(node, out var after)
                && after.TrueForAll(reader => groups.GetValueOrDefault(reader) == group);
            var isActivation = inputs.Count == 1 && inputs[0] is Operation && node.Shape.Equals(inputs[0].Shape)
                && readers[inputs[0]].Count == 1;
            if (isBetween || isActivation) added.Add((node, group));
        }
        foreach (var (node, group) in added) groups[node] = group;
    }

    private static void Dissolve(Dictionary<Node, string> groups, IEnumerable<string> names)
    {
        var gone = names.ToHashSet(StringComparer.Ordinal);
        foreach (var node in groups.Where(entry => gone.Contains(entry.Value)).Select(entry => entry.Key).ToList()) groups.Remove(node);
    }

    /// <summary>The groups that would depend on themselves: what is left when all units without open inputs, and then all without open
    /// readers, are removed repeatedly.</summary>
    private static HashSet<string> InLoops(IReadOnlyList<Node> nodes, Dictionary<Node, string> groups)
    {
        var units = new Dictionary<object, int>();
        int Unit(Node node)
        {
            object key = groups.TryGetValue(node, out var group) ? group : node;
            if (!units.TryGetValue(key, out var unit)) units[key] = unit = units.Count;
            return unit;
        }
        var boxes = new HashSet<Node>(nodes, ReferenceEqualityComparer.Instance);
        var arrows = new HashSet<(int From, int To)>();
        foreach (var node in nodes)
        {
            var to = Unit(node);
            if (node is not Operation operation) continue;
            foreach (var input in NodeSymbols.ValueInputs(operation))
            {
                if (boxes.Contains(input) && Unit(input) is var from && from != to) arrows.Add((from, to));
            }
        }
        var left = Trimmed(units.Count, [.. arrows]);
        left.IntersectWith(Trimmed(units.Count, [.. arrows.Select(arrow => (arrow.To, arrow.From))]));
        return [.. groups.Values.Distinct(StringComparer.Ordinal).Where(group => left.Contains(units[group]))];
    }

    /// <summary>What is left when units that no arrow enters are removed repeatedly.</summary>
    private static HashSet<int> Trimmed(int count, IReadOnlyList<(int From, int To)> arrows)
    {
        var entering = new int[count];
        foreach (var (_, to) in arrows) entering[to]++;
        var leaving = arrows.ToLookup(arrow => arrow.From, arrow => arrow.To);
        var open = new Stack<int>(Enumerable.Range(0, count).Where(unit => entering[unit] == 0));
        var left = Enumerable.Range(0, count).ToHashSet();
        while (open.TryPop(out var unit))
        {
            left.Remove(unit);
            foreach (var to in leaving[unit])
            {
                if (--entering[to] == 0) open.Push(to);
            }
        }
        return left;
    }
}
