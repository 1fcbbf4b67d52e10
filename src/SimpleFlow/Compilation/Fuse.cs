namespace SimpleFlow.Compilation;

/// <summary>
/// Groups elementwise operations and assignments of one shape into steps that run as one tile program, so that values that only the group
/// needs never touch memory. A group joins the step of the product whose result it continues from, and takes in the reduction that consumes
/// its result.
/// </summary>
/// <remarks>
/// Operations come in order. An elementwise operation is not placed at once: it stays pending until something outside needs it, and joins
/// the pending groups of its operands. A group is placed, as one step, when an operation of another kind or shape needs a member. So by
/// construction every step comes after the steps it reads from, and a mask computed early waits for the product it is applied to.
/// </remarks>
internal sealed class Fuse
{
    // Enough for any optimizer; a chain of thousands is cut so that its tiles stay in the first-level cache.
    public const int LargestGroup = 48;

    private sealed class Group(Shape shape)
    {
        public Shape Shape { get; } = shape;

        public List<int> Members { get; } = [];
    }

    private readonly List<Operation> _order;
    private readonly bool _alone;
    private readonly Dictionary<Node, Group> _pending = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, List<Node>> _readers = new(ReferenceEqualityComparer.Instance);
    private readonly List<Operation[]> _steps = [];
    private readonly Dictionary<Node, int> _stepOf = new(ReferenceEqualityComparer.Instance);

    private Fuse(List<Operation> order, bool alone) => (_order, _alone) = (order, alone);

    /// <param name="order">The operations that need a step, in an order in which they could run.</param>
    /// <param name="alone">Whether every operation gets its own step instead.</param>
    /// <param name="cancellation">Cancels between two operations.</param>
    /// <returns>The groups, each a step, in order; the members of a group in the order of its program.</returns>
    public static List<Operation[]> Groups(List<Operation> order, bool alone, CancellationToken cancellation = default) =>
        new Fuse(order, alone).Run(cancellation);

    /// <summary>The results that must be in memory, because another group reads them or they are outputs.</summary>
    public static HashSet<Node> NeededOutside(List<Operation[]> groups, Node[] outputs, CancellationToken cancellation = default)
    {
        var groupOf = new Dictionary<Node, Operation[]>(ReferenceEqualityComparer.Instance);
        foreach (var group in groups)
        {
            foreach (var node in group) groupOf[node] = group;
        }
        var needed = new HashSet<Node>(outputs.Where(output => output is not Operation { Op: Assign }).Select(Storage.Of),
            ReferenceEqualityComparer.Instance);
        foreach (var (node, group) in groups.SelectMany(group => group, (group, node) => (node, group)))
        {
            cancellation.ThrowIfCancellationRequested();
            for (var i = 0; i < node.InputArray.Length; i++)
            {
                if (node.Op.UsesOnlyShape(i)) continue;
                var owner = Storage.Of(node.InputArray[i]);
                if (groupOf.TryGetValue(owner, out var other) && other != group) needed.Add(owner);
            }
        }
        return needed;
    }

    private List<Operation[]> Run(CancellationToken cancellation)
    {
        for (var i = 0; i < _order.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_order[i].Op is Elementwise) Join(i);
            else if (_order[i].Op is Assign) JoinAssignment(i);
            else
            {
                // Nothing crosses a guard: operations before it must not wait for operations that may never run.
                if (_order[i].Op is Guard) PlaceAll();
                else if (MakerOf(_order[i]) is { } maker)
                {
                    Place(maker, _order[i]);
                    continue;
                }
                else PlaceOperandsOf(_order[i]);
                PlaceStep([_order[i]]);
            }
        }
        PlaceAll();
        return _steps;
    }

    private void Join(int index)
    {
        var node = _order[index];
        var group = new Group(node.Shape);
        foreach (var input in node.InputArray)
        {
            if (PendingOf(input) is { } other && !CanHost(other, input, node)) Place(other);
        }
        foreach (var input in node.InputArray)
        {
            if (PendingOf(input) is not { } other || other == group) continue;
            if (group.Members.Count + other.Members.Count < LargestGroup) Absorb(group, other);
            else Place(other);
        }
        Add(group, index);
        foreach (var input in node.InputArray)
        {
            if (Storage.Of(input) is not Variable variable) continue;
            if (!_readers.TryGetValue(variable, out var readers)) _readers[variable] = readers = [];
            readers.Add(node);
        }
    }

    private void JoinAssignment(int index)
    {
        var assignment = _order[index];
        var value = assignment.InputArray[1];
        var group = PendingOf(value);
        if (group is not null && !CanHost(group, value, assignment))
        {
            Place(group);
            group = null;
        }
        // Readers of the old value must not come after the assignment.
        foreach (var reader in _readers.GetValueOrDefault(assignment.InputArray[0], []))
        {
            if (_pending.TryGetValue(reader, out var other) && other != group) Place(other);
        }
        Add(group ?? new Group(assignment.Shape), index);
    }

    // A reshaped member has the same elements under another shape: it is read from memory.
    private static bool CanHost(Group group, Node input, Operation node) =>
        ReferenceEquals(Storage.Of(input), input) && group.Shape.Equals(node.Shape);

    private Group? PendingOf(Node node) => _pending.GetValueOrDefault(Storage.Of(node));

    private void Add(Group group, int index)
    {
        group.Members.Add(index);
        _pending[_order[index]] = group;
        if (_alone) Place(group);
    }

    private void Absorb(Group group, Group other)
    {
        group.Members.AddRange(other.Members);
        foreach (var member in other.Members) _pending[_order[member]] = group;
    }

    private void PlaceOperandsOf(Operation node)
    {
        for (var i = 0; i < node.InputArray.Length; i++)
        {
            if (!node.Op.UsesOnlyShape(i) && PendingOf(node.InputArray[i]) is { } group) Place(group);
        }
    }

    private void PlaceAll()
    {
        foreach (var group in _pending.Values.Distinct().OrderBy(group => group.Members[0]).ToList()) Place(group);
    }

    /// <summary>The group that makes the elements that an operation takes from a program, or null.</summary>
    private Group? MakerOf(Operation node)
    {
        if (node.InputArray.Length == 0 || !Storage.IsWhole(node.InputArray[0])
            || PendingOf(node.InputArray[0]) is not { } group || !node.Op.TakesOver(node, group.Shape))
            return null;
        var isLast = ReferenceEquals(_order[group.Members.Max()], Storage.Of(node.InputArray[0]));
        return isLast && group.Members.TrueForAll(member => _order[member].Op is not Assign) ? group : null;
    }

    private void Place(Group group, Operation? reduction = null)
    {
        foreach (var member in group.Members) _pending.Remove(_order[member]);
        group.Members.Sort();
        Operation[] nodes = [.. group.Members.ConvertAll(member => _order[member])];
        if (reduction is not null) PlaceStep([.. nodes, reduction]);
        else if (HostOf(nodes) is { } host) PlaceStep([.. _steps[host], .. nodes], host);
        else PlaceStep(nodes);
    }

    private void PlaceStep(Operation[] nodes, int? host = null)
    {
        foreach (var node in nodes) _stepOf[node] = host ?? _steps.Count;
        if (host is { } index) _steps[index] = nodes;
        else _steps.Add(nodes);
    }

    /// <summary>
    /// The step of a product that the nodes continue from, element by element, if everything else that they read is ready before it. An
    /// assignment stays where it is: it waits for the readers of the old value.
    /// </summary>
    private int? HostOf(Operation[] nodes)
    {
        if (_alone || nodes.Any(node => node.Op is Assign)) return null;
        var inputs = nodes.SelectMany(node => node.InputArray.Where((_, i) => !node.Op.UsesOnlyShape(i)))
            .Where(input => !nodes.Contains(input)).ToList();
        var latest = inputs.Max(input => _stepOf.GetValueOrDefault(Storage.Of(input), -1));
        if (latest < 0 || _steps[latest] is not [var product] || !product.Op.HandsOn(product)) return null;
        return inputs.TrueForAll(input => _stepOf.GetValueOrDefault(Storage.Of(input), -1) < latest || GoesOn(input)) ? latest : null;

        bool GoesOn(Node input) => ReferenceEquals(Storage.Of(input), product) && Storage.IsWhole(input)
            && input.Shape.Equals(nodes[0].Shape)
            && input.Shape[input.Shape.Rank - 1] == product.Shape[product.Shape.Rank - 1];
    }
}
