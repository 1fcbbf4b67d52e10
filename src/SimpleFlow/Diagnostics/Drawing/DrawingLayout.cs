namespace SimpleFlow;

/// <summary>A rectangle of a picture, by its middle: in pixels, y downwards.</summary>
internal readonly record struct Place(double X, double Y, double Width, double Height)
{
    public double Left => X - Width / 2;

    public double Right => X + Width / 2;

    public double Top => Y - Height / 2;

    public double Bottom => Y + Height / 2;

    public bool Overlaps(Place other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;
}

/// <summary>A label beside an arrow.</summary>
internal readonly record struct PlacedLabel(string Text, Place Place);

/// <summary>An arrow as it is drawn: through these points, straight down where two lie above each other, else in a curve
/// that leaves and arrives vertically.</summary>
internal sealed record PlacedArrow(DrawingArrow Arrow, IReadOnlyList<(double X, double Y)> Points, PlacedLabel? Label);

/// <summary>
/// Where everything lies: in rows from top to bottom (Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system
/// structures", 1981). Boxes get a row below all they read (<see cref="Rows"/>), the order in each row is chosen for few crossings
/// (<see cref="Crossings"/>), and then the distances for straight arrows (<see cref="Columns"/>). Between two rows of boxes lies one of
/// labels. Arrows pass rows at places of their own, so nothing is ever drawn over a box or a label.
/// </summary>
internal sealed class DrawingLayout
{
    private const double Margin = 24, RowGap = 14, ShortestLabelRow = 4, TitleHeight = 34;

    private DrawingLayout(IReadOnlyList<Place> boxes, IReadOnlyList<PlacedArrow> arrows, double width, double height)
    {
        (Boxes, Arrows, Width, Height) = (boxes, arrows, width, height);
    }

    /// <summary>Where each box lies.</summary>
    public IReadOnlyList<Place> Boxes { get; }

    /// <summary>The arrows.</summary>
    public IReadOnlyList<PlacedArrow> Arrows { get; }

    public double Width { get; }

    public double Height { get; }

    public static DrawingLayout Of(DrawingGraph graph)
    {
        var rows = new Rows(graph);
        Crossings.Reduce(rows);
        var x = Columns.Of(rows);

        var top = Margin + (graph.Title is null ? 0 : TitleHeight);
        var (tops, bottoms) = (new double[rows.Count], new double[rows.Count]);
        for (var row = 0; row < rows.Count; row++)
        {
            tops[row] = top;
            bottoms[row] = top + rows.Items[row].Select(item => item.Height).DefaultIfEmpty(0).Max();
            if (row % 2 == 1) bottoms[row] = Math.Max(bottoms[row], top + ShortestLabelRow);
            // A curve that goes far to the side needs room.
            var furthest = rows.Links(row).Select(link => Math.Abs(x.Exit(link) - x.Entry(link))).DefaultIfEmpty(0).Max();
            top = bottoms[row] + Math.Clamp(furthest * 0.12, RowGap, 5 * RowGap);
        }
        var least = rows.Items.SelectMany(row => row).Min(item => x[item] - item.Width / 2);
        var most = rows.Items.SelectMany(row => row).Max(item => x[item] + item.Width / 2);
        var shift = Margin - least;

        Place PlaceOf(RowItem item) => new(x[item] + shift, tops[item.Row] + Height(item) / 2, item.Width, item.Height);
        double Height(RowItem item) => item.Box is null ? bottoms[item.Row] - tops[item.Row] : item.Height;

        var boxes = new Place[graph.Boxes.Count];
        foreach (var item in rows.Items.SelectMany(row => row))
        {
            if (item.Box is { } box) boxes[box] = PlaceOf(item);
        }
        var arrows = rows.Chains.Select(chain =>
        {
            var points = new List<(double X, double Y)>();
            PlacedLabel? label = null;
            for (var i = 0; i + 1 < chain.Items.Count; i++)
            {
                var link = new Link(chain.Items[i], chain.Items[i + 1], chain);
                if (chain.Items[i].Box is { } from) points.Add((x.Exit(link) + shift, boxes[from].Bottom));
                // straight down beside higher boxes of the row
                points.Add((x.Exit(link) + shift, bottoms[chain.Items[i].Row]));
                points.Add((x.Entry(link) + shift, tops[chain.Items[i + 1].Row]));
                if (chain.Items[i].Label is { } text)
                    label = new PlacedLabel(text,
                        PlaceOf(chain.Items[i]) with { Y = (tops[chain.Items[i].Row] + bottoms[chain.Items[i].Row]) / 2 });
            }
            return new PlacedArrow(chain.Arrow, points, label);
        }).ToList();
        var titleWidth = graph.Title is null ? 0 : TextWidth.Of(graph.Title, DrawingText.TitleSize, bold: true);
        return new DrawingLayout(boxes, arrows, Math.Max(most - least, titleWidth) + 2 * Margin, bottoms[^1] + Margin);
    }
}
