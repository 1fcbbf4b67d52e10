using System.Globalization;
using System.Text;

namespace SimpleFlow;

/// <summary>A drawing as a Mermaid flow chart.</summary>
internal static class MermaidDrawing
{
    public static string Write(DrawingGraph graph)
    {
        var chart = new StringBuilder();
        if (graph.Title is { } title) chart.Append($"---\ntitle: {Quoted(title)}\n---\n");
        chart.Append("flowchart TB\n");
        foreach (var (i, box) in graph.Boxes.Index())
        {
            var label = Quoted(string.Join("<br>", box.Lines.Select(line => Escaped(line.Text))));
            var (open, close) = box.Kind is BoxKind.Placeholder ? ("([", "])")
                : box.Kind is BoxKind.Operation or BoxKind.Loss or BoxKind.Output or BoxKind.Gradient ? ("(", ")") : ("[", "]");
            chart.Append(CultureInfo.InvariantCulture, $"  n{i}{open}{label}{close}:::{box.Kind.ToString().ToLowerInvariant()}\n");
        }
        foreach (var arrow in graph.Arrows)
        {
            var label = graph.Boxes[arrow.From].ArrowLabel;
            chart.Append(arrow.StartsSweep || label.Length == 0 ? $"  n{arrow.From} -.-> n{arrow.To}\n"
                : $"  n{arrow.From} -->|{Quoted(Escaped(label))}| n{arrow.To}\n");
        }
        return chart.Append("""
              classDef placeholder fill:#e3f1fb,stroke:#0072b2
              classDef variable fill:#fdf0d8,stroke:#e69f00
              classDef constant fill:#f0f0f0,stroke:#888888
              classDef loss fill:#fbe3d6,stroke:#d55e00
              classDef output fill:#ddf3ea,stroke:#009e73
              classDef gradient fill:#fbf1f8,stroke:#aa4499,stroke-dasharray:5 3
              classDef gradientgroup fill:#f7e6f2,stroke:#aa4499,stroke-dasharray:5 3
              classDef group fill:#eef3f7,stroke:#33627f
              classDef reference fill:#ffffff,stroke:#999999,stroke-dasharray:2 2

            """).Replace("\r\n", "\n").ToString();
    }

    private static string Quoted(string text) => $"\"{text}\"";

    // Mermaid's own escape for a character; a backtick would begin Markdown.
    private static string Escaped(string text) =>
        string.Concat(text.Select(character => character is '"' or '#' or '<' or '>' or '&' or '`' or ';' ? $"#{(int)character};"
            : $"{character}"));
}
