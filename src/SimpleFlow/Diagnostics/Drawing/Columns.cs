namespace SimpleFlow;

/// <summary>
/// Places everything horizontally. Row by row, downwards and upwards in turn, every item moves as near to its neighbours as the others of
/// its row allow: the least sum of squared distances that keeps order and space, found by pooling those that get in each other's way (the
/// pool-adjacent-violators algorithm, Ayer and others, 1955). Arrows that pass pull harder than boxes, so that they run straight.
/// </summary>
internal sealed class Columns
{
    private const int Sweeps = 40;
    private const double Space = 22, PassingSpace = 8;

    // The middle part of a box's edge, over which its arrows are spread.
    private const double PortShare = 0.6;

    private readonly Dictionary<RowItem, double> _x = [];
    private readonly Dictionary<Link, (double Exit, double Entry)> _ports = [];

    private Columns(Rows rows)
    {
        foreach (var item in rows.Items.SelectMany(row => row)) AddPorts(item);
        foreach (var row in rows.Items)
        {
            var x = 0.0;
            foreach (var (item, i) in row.Select((item, i) => (item, i)))
            {
                if (i > 0) x += Distance(row[i - 1], item);
                _x[item] = x;
            }
        }
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var down = sweep % 2 == 0;
            for (var i = 0; i < rows.Count; i++) Settle(rows.Items[down ? i : rows.Count - 1 - i], towardsBoth: sweep >= Sweeps - 4, down);
        }
    }

    public static Columns Of(Rows rows) => new(rows);

    /// <summary>The middle of an item.</summary>
    public double this[RowItem item] => _x[item];

    /// <summary>Where a piece of an arrow leaves.</summary>
    public double Exit(Link link) => _x[link.From] + _ports[link].Exit;

    /// <summary>Where it arrives.</summary>
    public double Entry(Link link) => _x[link.To] + _ports[link].Entry;

    /// <summary>Several arrows of a box leave and arrive side by side, in the order in which they come.</summary>
    private void AddPorts(RowItem item)
    {
        Spread(item.Below.OrderBy(link => link.To.Position).ToList(),
            (link, port) => _ports[link] = _ports.GetValueOrDefault(link) with { Exit = port });
        Spread(item.Above.OrderBy(link => link.From.Position).ToList(),
            (link, port) => _ports[link] = _ports.GetValueOrDefault(link) with { Entry = port });

        void Spread(List<Link> links, Action<Link, double> set)
        {
            for (var i = 0; i < links.Count;
            i++)
                set(links[i], item.Box is null ? 0 : item.Width * PortShare * ((i + 0.5) / links.Count - 0.5));
        }
    }

    private void Settle(List<RowItem> row, bool towardsBoth, bool down)
    {
        var blocks = new List<(double Sum, double Weight, int Count)>();
        var offset = 0.0;
        var offsets = new double[row.Count];
        for (var i = 0; i < row.Count; i++)
        {
            if (i > 0) offset += Distance(row[i - 1], row[i]);
            offsets[i] = offset;
            var (wanted, weight) = Wanted(row[i], towardsBoth, down);
            blocks.Add(((wanted - offset) * weight, weight, 1));
            // Two blocks whose best places would overlap move as one.
            while (blocks.Count > 1 && blocks[^2].Sum / blocks[^2].Weight > blocks[^1].Sum / blocks[^1].Weight)
            {
                var (last, before) = (blocks[^1], blocks[^2]);
                blocks.RemoveAt(blocks.Count - 1);
                blocks[^1] = (before.Sum + last.Sum, before.Weight + last.Weight, before.Count + last.Count);
            }
        }
        var at = 0;
        foreach (var (sum, weight, count) in blocks)
        {
            for (var end = at + count; at < end; at++) _x[row[at]] = sum / weight + offsets[at];
        }
    }

    private (double X, double Weight) Wanted(RowItem item, bool towardsBoth, bool down)
    {
        double sum = 0, weight = 0;
        if (down || towardsBoth)
        {
            foreach (var link in item.Above) Pull(Exit(link) - _ports[link].Entry, link);
        }
        if (!down || towardsBoth)
        {
            foreach (var link in item.Below) Pull(Entry(link) - _ports[link].Exit, link);
        }
        return weight == 0 ? (_x[item], 0.01) : (sum / weight, weight);

        void Pull(double x, Link link)
        {
            // Items that only bring in a variable follow the arrows that go all the way, not the other way round.
            var strength = (link.From.IsPassing && link.To.IsPassing ? 16 : link.From.IsPassing || link.To.IsPassing ? 2 : 1)
                * (link.Chain.Items[0].Above.Count == 0 ? 0.1 : 1);
            sum += x * strength;
            weight += strength;
        }
    }

    private static double Distance(RowItem left, RowItem right) =>
        (left.Width + right.Width) / 2 + (left.Box is null || right.Box is null ? PassingSpace : Space);
}
