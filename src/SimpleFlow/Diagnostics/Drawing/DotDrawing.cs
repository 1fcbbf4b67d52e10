using System.Globalization;
using System.Text;

namespace SimpleFlow;

/// <summary>A drawing in Graphviz's DOT language.</summary>
internal static class DotDrawing
{
    public static string Write(DrawingGraph graph)
    {
        var dot = new StringBuilder(
            "digraph SimpleFlow {\n  rankdir=TB;\n  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"DejaVu Sans\", "
                + "fontsize=11];\n  edge [fontname=\"DejaVu Sans\", fontsize=9, color=\"#555555\"];\n");
        if (graph.Title is { } title) dot.Append($"  label={Quoted(title)};\n  labelloc=t;\n");
        foreach (var (i, box) in graph.Boxes.Index())
            dot.Append(CultureInfo.InvariantCulture,
                $"  n{i} [label={Quoted(string.Join('\n', box.Lines.Select(line => line.Text)))}, "
                    + $"tooltip={Quoted(box.Tooltip)}{Look(box.Kind)}];\n");
        foreach (var arrow in graph.Arrows)
            dot.Append(CultureInfo.InvariantCulture,
                $"  n{arrow.From} -> "
                    + $"n{arrow.To} [{(arrow.StartsSweep ? "style=dotted" : $"label={Quoted(graph.Boxes[arrow.From].ArrowLabel)}")}];\n");
        return dot.Append("}\n").ToString();
    }

    private static string Look(BoxKind kind) => kind switch
    {
        BoxKind.Placeholder => ", shape=oval, fillcolor=\"#e3f1fb\"",
        BoxKind.Variable => ", fillcolor=\"#fdf0d8\"",
        BoxKind.Constant => ", fillcolor=\"#f0f0f0\"",
        BoxKind.Loss => ", fillcolor=\"#fbe3d6\"",
        BoxKind.Output => ", fillcolor=\"#ddf3ea\"",
        BoxKind.Gradient or BoxKind.GradientGroup => ", style=\"rounded,filled,dashed\", fillcolor=\"#fbf1f8\", color=\"#aa4499\"",
        BoxKind.Group => ", fillcolor=\"#eef3f7\"",
        BoxKind.Reference => ", shape=oval, style=dotted",
        _ => "",
    };

    private static string Quoted(string text)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\r", "", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return $"\"{escaped}\"";
    }
}
