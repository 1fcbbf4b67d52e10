using System.Globalization;
using System.Net;
using System.Text;

namespace SimpleFlow;

/// <summary>A drawing as SVG.</summary>
internal static class SvgDrawing
{
    private const string Font = "DejaVu Sans, Verdana, Arial, sans-serif";

    /// <summary>Writes it.</summary>
    /// <param name="graph">What is drawn.</param>
    /// <param name="layout">Where it lies.</param>
    /// <param name="marked">The nodes whose boxes are framed.</param>
    public static string Write(DrawingGraph graph, DrawingLayout layout, IReadOnlyCollection<Node> marked)
    {
        var svg = Begin(layout.Width, layout.Height);
        if (graph.Title is { } title)
            svg.Append(CultureInfo.InvariantCulture,
                $"<text x=\"24\" y=\"{24 + DrawingText.TitleSize:0.#}\" font-size=\"{DrawingText.TitleSize}\" "
                    + $"font-weight=\"bold\">{Encoded(title)}</text>\n");
        foreach (var arrow in layout.Arrows)
            Arrow(svg, arrow, graph.Boxes[arrow.Arrow.From].IsGradient || graph.Boxes[arrow.Arrow.To].IsGradient);
        foreach (var arrow in layout.Arrows)
        {
            if (arrow.Label is not { } label) continue;
            // The arrow passes under its label, which has a white background of its own.
            var (width, height) = (label.Place.Width - 4, label.Place.Height - 2);
            svg.Append(CultureInfo.InvariantCulture,
                $"<rect x=\"{label.Place.X - width / 2:0.#}\" y=\"{label.Place.Y - height / 2:0.#}\" width=\"{width:0.#}\" "
                    + $"height=\"{height:0.#}\" fill=\"#ffffff\"/>");
            svg.Append(CultureInfo.InvariantCulture,
                $"<text x=\"{label.Place.X:0.#}\" y=\"{label.Place.Y + DrawingText.LabelSize * 0.36:0.#}\" "
                    + $"font-size=\"{DrawingText.LabelSize}\" text-anchor=\"middle\" fill=\"#555555\">{Encoded(label.Text)}</text>\n");
        }
        for (var i = 0; i < graph.Boxes.Count; i++) Box(svg, graph.Boxes[i], layout.Boxes[i], graph.Boxes[i].Nodes.Any(marked.Contains));
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>The beginning of any picture: its size, a white background, an arrow's head.</summary>
    public static StringBuilder Begin(double width, double height)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:0}\" height=\"{height:0}\" viewBox=\"0 0 {width:0} {height:0}\" "
                + $"font-family=\"{Font}\" fill=\"#1b1b1b\">\n");
        svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
        svg.Append(
            "<defs><marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" "
                + "orient=\"auto\"><path d=\"M0 1 L10 5 L0 9 z\" fill=\"#555555\"/></marker>"
            + "<marker id=\"back\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path "
                + "d=\"M0 1 L10 5 L0 9 z\" fill=\"#aa4499\"/></marker></defs>\n");
        return svg;
    }

    public static string Encoded(string text) => WebUtility.HtmlEncode(text);

    private static void Arrow(StringBuilder svg, PlacedArrow arrow, bool isGradient)
    {
        var path = new StringBuilder();
        var points = arrow.Points;
        path.Append(CultureInfo.InvariantCulture, $"M{points[0].X:0.#} {points[0].Y:0.#}");
        for (var i = 1; i < points.Count; i++)
        {
            var ((x, y), (toX, toY)) = (points[i - 1], points[i]);
            var half = (y + toY) / 2;
            if (Math.Abs(x - toX) < 0.05) path.Append(CultureInfo.InvariantCulture, $" V{toY:0.#}");
            else path.Append(CultureInfo.InvariantCulture, $" C{x:0.#} {half:0.#} {toX:0.#} {half:0.#} {toX:0.#} {toY:0.#}");
        }
        var dashes = arrow.Arrow.StartsSweep ? " stroke-dasharray=\"2 4\"" : "";
        svg.Append(
            $"<path d=\"{path}\" fill=\"none\" stroke=\"{(isGradient ? "#aa4499" : "#555555")}\" "
                + $"stroke-width=\"1.2\"{dashes} marker-end=\"url(#{(isGradient ? "back" : "head")})\"/>\n");
    }

    private static void Box(StringBuilder svg, DrawingBox box, Place place, bool isMarked)
    {
        var (fill, stroke, rounding, dashes) = Look(box.Kind);
        svg.Append($"<g><title>{Encoded(box.Tooltip)}</title>");
        svg.Append(CultureInfo.InvariantCulture,
            $"<rect x=\"{place.Left:0.#}\" y=\"{place.Top:0.#}\" width=\"{place.Width:0.#}\" height=\"{place.Height:0.#}\" "
                + $"rx=\"{Math.Min(rounding, place.Height / 2):0.#}\" fill=\"{fill}\" stroke=\"{stroke}\" "
                + $"stroke-width=\"{(isMarked ? 4.5 : 1.4)}\"{dashes}/>");
        var y = place.Y - box.Lines.Sum(line => DrawingText.HeightOf(line.Style)) / 2;
        foreach (var line in box.Lines)
        {
            var height = DrawingText.HeightOf(line.Style);
            svg.Append(CultureInfo.InvariantCulture,
                $"<text x=\"{place.X:0.#}\" y=\"{y + height * 0.77:0.#}\" font-size=\"{DrawingText.SizeOf(line.Style)}\" "
                    + $"text-anchor=\"middle\"");
            svg.Append(DrawingText.IsBold(line.Style) ? " font-weight=\"bold\"" : "")
                .Append(line.Style is LineStyle.Small or LineStyle.Value ? " fill=\"#444444\"" : "");
            svg.Append($">{Encoded(DrawingText.Shown(line))}</text>");
            y += height;
        }
        svg.Append("</g>\n");
    }

    // Okabe and Ito's colours, which colour-blind people can tell apart; the shape says it too.
    private static (string Fill, string Stroke, double Rounding, string Dashes) Look(BoxKind kind) => kind switch
    {
        BoxKind.Placeholder => ("#e3f1fb", "#0072b2", 40, ""),
        BoxKind.Variable => ("#fdf0d8", "#e69f00", 4, ""),
        BoxKind.Constant => ("#f0f0f0", "#888888", 4, ""),
        BoxKind.Loss => ("#fbe3d6", "#d55e00", 10, ""),
        BoxKind.Output => ("#ddf3ea", "#009e73", 10, ""),
        BoxKind.Gradient => ("#fbf1f8", "#aa4499", 10, " stroke-dasharray=\"5 3\""),
        BoxKind.Group => ("#eef3f7", "#33627f", 10, ""),
        BoxKind.GradientGroup => ("#f7e6f2", "#aa4499", 10, " stroke-dasharray=\"5 3\""),
        BoxKind.Reference => ("#ffffff", "#999999", 40, " stroke-dasharray=\"2 2\""),
        _ => ("#ffffff", "#555555", 10, ""),
    };
}
