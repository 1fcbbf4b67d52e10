namespace SimpleFlow;

/// <summary>An item of a row: a box, a label, or an arrow on its way.</summary>
internal sealed class RowItem(int row, double width, double height)
{
    public int Row { get; } = row;

    public double Width { get; } = width;

    public double Height { get; } = height;

    /// <summary>Which box it is.</summary>
    public int? Box { get; init; }

    /// <summary>What is written on it, if it is a label.</summary>
    public string? Label { get; init; }

    /// <summary>Its place in its row, counted from the left.</summary>
    public int Position { get; set; }

    /// <summary>The links from the row above.</summary>
    public List<Link> Above { get; } = [];

    /// <summary>The links to the row below.</summary>
    public List<Link> Below { get; } = [];

    /// <summary>Whether an arrow only passes here: such arrows should run straight.</summary>
    public bool IsPassing => Box is null;
}

/// <summary>A piece of an arrow, from one row to the next.</summary>
internal readonly record struct Link(RowItem From, RowItem To, Chain Chain);

/// <summary>An arrow with everything it passes on its way: its label, and its places in the rows between.</summary>
internal sealed record Chain(DrawingArrow Arrow, IReadOnlyList<RowItem> Items);

/// <summary>
/// The rows of a picture. Even rows hold boxes, odd ones the labels of the arrows that leave the row above.
/// A box lies below everything it reads; one that reads nothing lies just above its first reader.
/// </summary>
internal sealed class Rows
{
    private const double PassingWidth = 10;
    private readonly List<RowItem>[] _items;

    public Rows(DrawingGraph graph)
    {
        var rank = Ranks(graph);
        _items = [.. Enumerable.Range(0, 2 * rank.Max() + 1).Select(_ => new List<RowItem>())];
        var boxes = new RowItem[graph.Boxes.Count];
        for (var i = 0; i < boxes.Length; i++)
        {
            var (width, height) = DrawingText.SizeOf(graph.Boxes[i]);
            boxes[i] = Add(new RowItem(2 * rank[i], width, height) { Box = i });
        }
        Chains = [.. graph.Arrows.Select(arrow =>
            ChainOf(arrow, boxes[arrow.From], boxes[arrow.To], arrow.StartsSweep ? "" : graph.Boxes[arrow.From].ArrowLabel))];
        foreach (var chain in Chains)
        {
            for (var i = 0; i + 1 < chain.Items.Count; i++)
            {
                var link = new Link(chain.Items[i], chain.Items[i + 1], chain);
                link.From.Below.Add(link);
                link.To.Above.Add(link);
            }
        }
        Renumber();
    }

    public int Count => _items.Length;

    public IReadOnlyList<List<RowItem>> Items => _items;

    public IReadOnlyList<Chain> Chains { get; }

    /// <summary>The pieces of arrows from a row to the next.</summary>
    public IEnumerable<Link> Links(int row) => _items[row].SelectMany(item => item.Below);

    /// <summary>Tells the items their places.</summary>
    public void Renumber()
    {
        foreach (var row in _items)
        {
            for (var i = 0; i < row.Count; i++) row[i].Position = i;
        }
    }

    private Chain ChainOf(DrawingArrow arrow, RowItem from, RowItem to, string label)
    {
        var items = new List<RowItem> { from };
        for (var row = from.Row + 1; row < to.Row; row++)
        {
            var isLabel = row == from.Row + 1 && label.Length > 0;
            var (width, height) = isLabel ? DrawingText.SizeOfLabel(label) : (PassingWidth, 0);
            items.Add(Add(new RowItem(row, width, height) { Label = isLabel ? label : null }));
        }
        items.Add(to);
        return new Chain(arrow, items);
    }

    private RowItem Add(RowItem item)
    {
        _items[item.Row].Add(item);
        return item;
    }

    /// <summary>The row of boxes that each box lies in. The boxes come in an order in which each follows all that it reads.</summary>
    public static int[] Ranks(DrawingGraph graph)
    {
        var count = graph.Boxes.Count;
        var rank = new int[count];
        var from = graph.Arrows.ToLookup(arrow => arrow.From, arrow => arrow.To);
        var reads = new bool[count];
        foreach (var arrow in graph.Arrows) reads[arrow.To] = true;
        foreach (var box in TopologicalOrder(graph))
        {
            foreach (var to in from[box]) rank[to] = Math.Max(rank[to], rank[box] + 1);
        }
        // Nodes of back-propagation are placed near their readers, not near what they are computed from.
        foreach (var box in TopologicalOrder(graph).Reverse())
        {
            if ((!reads[box] || graph.Boxes[box].IsGradient) && from[box].Any()) rank[box] = from[box].Min(to => rank[to]) - 1;
        }
        return rank;
    }

    private static IEnumerable<int> TopologicalOrder(DrawingGraph graph)
    {
        var entering = new int[graph.Boxes.Count];
        foreach (var arrow in graph.Arrows) entering[arrow.To]++;
        var from = graph.Arrows.ToLookup(arrow => arrow.From, arrow => arrow.To);
        var open = new Queue<int>(Enumerable.Range(0, entering.Length).Where(box => entering[box] == 0));
        while (open.TryDequeue(out var box))
        {
            yield return box;
            foreach (var to in from[box])
            {
                if (--entering[to] == 0) open.Enqueue(to);
            }
        }
    }
}
