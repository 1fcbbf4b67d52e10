using System.Globalization;
using System.Text;
using SimpleFlow.Compilation;

namespace SimpleFlow;

/// <summary>
/// A compiled plan as a picture, a row for each step in the order in which they run:
/// on the left which nodes the step computes together, on the right the arena, with every result from the step that makes it down to the
/// last one that reads it. A result below another in the same place reuses its memory.
/// </summary>
internal static class PlanDrawing
{
    private const double Margin = 24, RowGap = 6, ChipHeight = 20, ChipGap = 5, ChipText = 11, StepsWidth = 470, NumberWidth = 34,
        ArenaWidth = 420, Header = 74, FeedWidth = 0.5;

    // Light tones of Okabe and Ito's colours, for the results that lie side by side.
    private static readonly string[] Tones = ["#cfe5f5", "#fbe5bd", "#c9ecdf", "#f6d5c0", "#ecd3e6", "#dceefb", "#f5f1b8"];

    public static string Write(Plan plan)
    {
        var rows = plan.Steps.Select(step => Chips(step)).ToList();
        var tops = new double[rows.Count + 1];
        tops[0] = Margin + Header;
        for (var i = 0; i < rows.Count; i++) tops[i + 1] = tops[i] + rows[i].Max(chip => chip.Line + 1) * (ChipHeight + ChipGap) + RowGap;

        var svg = SvgDrawing.Begin(2 * Margin + StepsWidth + ArenaWidth, tops[^1] + Margin);
        var arena = Margin + StepsWidth;
        Text(svg, Margin, Margin + 14, "Steps", DrawingText.TitleSize, bold: true);
        Text(svg, Margin, Margin + 34,
            $"{NumberText.Count(plan.Steps.Count, "step")} for {NumberText.Count(plan.Steps.Sum(step => step.Nodes.Length), "node")}; "
                + "those in one row run as one kernel.", ChipText);
        Text(svg, arena, Margin + 14, "Arena", DrawingText.TitleSize, bold: true);
        Text(svg, arena, Margin + 34, string.Create(CultureInfo.InvariantCulture,
            $"{plan.Memory.Length * 4:N0} bytes, at most {plan.Memory.LargestLive * 4:N0} alive at a time,"), ChipText);
        Text(svg, arena, Margin + 50, $"{plan.Memory.InPlace} results written over an operand. Grey: fed values and constants.", ChipText);

        for (var i = 0; i < rows.Count; i++)
            svg.Append(CultureInfo.InvariantCulture,
                $"<line x1=\"{Margin}\" y1=\"{tops[i] - RowGap / 2:0.#}\" x2=\"{arena + ArenaWidth:0.#}\" "
                    + $"y2=\"{tops[i] - RowGap / 2:0.#}\" stroke=\"#e8e8e8\"/>\n");
        var scale = ArenaWidth / Math.Max(1, plan.Memory.Length);
        foreach (var node in plan.Placeholders.Cast<Node>().Concat(plan.Constants).Where(plan.Memory.Contains))
            Rectangle(svg, arena + plan.Memory[node] * scale, tops[0], Math.Max(FeedWidth, node.Shape.ElementCount * scale),
                tops[^1] - tops[0] - RowGap, "#e4e4e4", "#aaaaaa", node);
        foreach (var (index, stay) in plan.Memory.Stays.Index())
            Rectangle(svg, arena + stay.Offset * scale, tops[stay.First], Math.Max(1.5, stay.Length * scale),
                tops[stay.Last + 1] - tops[stay.First] - RowGap, Tones[index % Tones.Length], "#667788", stay.Node);

        for (var i = 0; i < rows.Count; i++)
        {
            Text(svg, Margin, tops[i] + 14, $"{i}", ChipText);
            foreach (var chip in rows[i]) Chip(svg, chip, tops[i]);
        }
        return svg.Append("</svg>\n").ToString();
    }

    private sealed record PlacedChip(Operation Node, string Label, double X, int Line, double Width);

    /// <summary>The nodes of a step side by side, on as many lines as they need.</summary>
    private static List<PlacedChip> Chips(Step step)
    {
        var chips = new List<PlacedChip>();
        var (x, line) = (0.0, 0);
        const double room = StepsWidth - NumberWidth - 16;
        foreach (var node in step.Nodes)
        {
            var label = TextWidth.Shortened(node.Name is { } name ? $"{node.Op.Name} {name}" : node.Op.ToString(), ChipText, room - 14);
            var width = TextWidth.Of(label, ChipText) + 14;
            if (x > 0 && x + width > room) (x, line) = (0, line + 1);
            chips.Add(new PlacedChip(node, label, x, line, width));
            x += width + ChipGap;
        }
        return chips;
    }

    private static void Chip(StringBuilder svg, PlacedChip chip, double top)
    {
        var (x, y) = (Margin + NumberWidth + chip.X, top + chip.Line * (ChipHeight + ChipGap));
        var fill = chip.Node.Op switch { Assign => "#fdf0d8", Elementwise => "#ffffff", _ => "#e3f1fb" };
        svg.Append($"<g><title>{SvgDrawing.Encoded($"{chip.Node.Label} {chip.Node.Shape}")}</title>");
        svg.Append(CultureInfo.InvariantCulture,
            $"<rect x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{chip.Width:0.#}\" height=\"{ChipHeight}\" rx=\"6\" fill=\"{fill}\" "
                + $"stroke=\"#555555\"/>");
        Text(svg, x + 7, y + 14, chip.Label, ChipText);
        svg.Append("</g>\n");
    }

    private static void Rectangle(StringBuilder svg, double x, double y, double width, double height, string fill, string stroke, Node node)
    {
        svg.Append($"<g><title>{SvgDrawing.Encoded($"{node.Label} {node.Shape}")}</title>");
        svg.Append(CultureInfo.InvariantCulture,
            $"<rect x=\"{x:0.##}\" y=\"{y:0.#}\" width=\"{width:0.##}\" height=\"{height:0.#}\" fill=\"{fill}\" stroke=\"{stroke}\" "
                + $"stroke-width=\"0.7\"/>");
        var label = node.Name ?? (node as Operation)?.Op.Name ?? "";
        if (label.Length > 0 && TextWidth.Of(label, 9) + 6 <= width) Text(svg, x + 3, y + 12, label, 9);
        svg.Append("</g>\n");
    }

    private static void Text(StringBuilder svg, double x, double y, string text, double size, bool bold = false) =>
        svg.Append(CultureInfo.InvariantCulture,
            $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" "
                + $"font-size=\"{size}\"{(bold ? " font-weight=\"bold\"" : "")}>{SvgDrawing.Encoded(text)}</text>\n");
}
