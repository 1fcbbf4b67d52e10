namespace SimpleFlow;

/// <summary>Keeps the arrows of large pictures short: what a box reads from far away appears beside it once more, by its name.
/// Nobody follows an arrow over fifty rows, and each row would have to make room for it.</summary>
internal static class Distances
{
    // As many rows as fit on a page. A picture whose arrows pass fewer rows in all than the bound stays as it is.
    private const int LongestArrow = 8;
    private const long MostRowsPassed = 1_500;

    public static DrawingGraph Shorten(DrawingGraph graph)
    {
        var rank = Rows.Ranks(graph);
        if (graph.Arrows.Sum(arrow => (long)rank[arrow.To] - rank[arrow.From]) <= MostRowsPassed) return graph;
        var boxes = graph.Boxes.ToList();
        var arrows = new List<DrawingArrow>();
        foreach (var arrow in graph.Arrows)
        {
            if (rank[arrow.To] - rank[arrow.From] <= LongestArrow)
            {
                arrows.Add(arrow);
                continue;
            }
            var far = graph.Boxes[arrow.From];
            arrows.Add(new DrawingArrow(boxes.Count, arrow.To));
            boxes.Add(new DrawingBox(BoxKind.Reference, [far.Lines[0] with { Style = LineStyle.Small }], far.Tooltip,
                arrow.StartsSweep ? "" : far.ArrowLabel));
        }
        return graph with { Boxes = boxes, Arrows = arrows };
    }
}
