namespace SimpleFlow;

/// <summary>
/// Orders the rows so that few arrows cross: again and again, downwards and upwards, each item goes to the mean place of its neighbours in
/// the row before, then neighbours change places where that helps. The best order met is kept.
/// </summary>
internal static class Crossings
{
    private const int MostSweeps = 24;

    // A sweep looks at every piece of an arrow; in a picture of many thousands nobody looks at the crossings.
    private const long MostWork = 4_000_000;

    public static void Reduce(Rows rows)
    {
        var links = rows.Chains.Sum(chain => (long)chain.Items.Count);
        var best = Count(rows);
        var order = Order(rows);
        for (var sweep = 0; sweep < MostSweeps && best > 0 && sweep * links < MostWork; sweep++)
        {
            var down = sweep % 2 == 0;
            for (var i = 1; i < rows.Count; i++) Arrange(rows.Items[down ? i : rows.Count - 1 - i], down);
            for (var row = 0; row < rows.Count; row++) Exchange(rows.Items[row]);
            var count = Count(rows);
            if (count >= best) continue;
            best = count;
            order = Order(rows);
        }
        for (var row = 0; row < rows.Count; row++)
        {
            rows.Items[row].Clear();
            rows.Items[row].AddRange(order[row]);
        }
        rows.Renumber();
    }

    /// <summary>How often two arrows cross.</summary>
    public static long Count(Rows rows)
    {
        var crossings = 0L;
        for (var row = 0; row + 1 < rows.Count; row++)
        {
            // Two pieces cross if their ends are in another order than their beginnings: inversions, counted by a Fenwick tree.
            var ends = rows.Items[row].SelectMany(item => item.Below.Select(link => link.To.Position).Order()).ToList();
            var tree = new int[rows.Items[row + 1].Count + 1];
            for (var i = 0; i < ends.Count; i++)
            {
                var notAfter = 0;
                for (var at = ends[i] + 1; at > 0; at -= at & -at) notAfter += tree[at];
                crossings += i - notAfter;
                for (var at = ends[i] + 1; at < tree.Length; at += at & -at) tree[at]++;
            }
        }
        return crossings;
    }

    private static void Arrange(List<RowItem> row, bool down)
    {
        double Wanted(RowItem item)
        {
            var links = down ? item.Above : item.Below;
            return links.Count == 0 ? item.Position : links.Average(link => (down ? link.From : link.To).Position);
        }
        var sorted = row.Select(item => (item, Wanted(item))).OrderBy(pair => pair.Item2).ThenBy(pair => pair.item.Position)
            .Select(pair => pair.item).ToList();
        for (var i = 0; i < row.Count; i++) (row[i] = sorted[i]).Position = i;
    }

    private static void Exchange(List<RowItem> row)
    {
        for (var again = true; again;)
        {
            again = false;
            for (var i = 0; i + 1 < row.Count; i++)
            {
                var (left, right) = (row[i], row[i + 1]);
                if (Between(right, left) >= Between(left, right)) continue;
                (row[i], row[i + 1]) = (right, left);
                (right.Position, left.Position) = (i, i + 1);
                again = true;
            }
        }
    }

    /// <summary>The crossings of two items' arrows if the first is left of the second.</summary>
    private static int Between(RowItem left, RowItem right)
    {
        var count = 0;
        foreach (var one in left.Above)
        {
            foreach (var other in right.Above) count += one.From.Position > other.From.Position ? 1 : 0;
        }
        foreach (var one in left.Below)
        {
            foreach (var other in right.Below) count += one.To.Position > other.To.Position ? 1 : 0;
        }
        return count;
    }

    private static List<RowItem[]> Order(Rows rows) => [.. rows.Items.Select(row => row.ToArray())];
}
