using System.Globalization;
using System.Net;
using System.Text;

namespace SimpleFlow;

/// <summary>A trace as tables for people.</summary>
internal static class TraceTables
{
    private const int LongestLabel = 40;

    private static readonly string[] Columns =
        ["#>", "node", "op", "shape", "µs>", "mean>", "min>", "max>", "norm>", "zeros>", "not finite>", "δ min>", "δ max>", "δ norm>",
            "δ zeros>", "δ not finite>"];

    public static string Text(Trace trace)
    {
        var text = new StringBuilder(
            $"trace of `{trace.Loss.Label}` = {NumberText.Text(trace[trace.Loss].Value.Plain.Elements.Sum())}; δ is ∂loss/∂node\n\n");
        var (table, columns) = (new TextTable([.. Columns, .. Optional(trace)]), Optional(trace));
        foreach (var row in trace.Rows) table.Add(Cells(row, columns));
        text.Append(table);
        if (trace.Sampled is { } sampled) text.Append('\n').Append(sampled).Append('\n');
        text.Append("\nWhat each node hands back:\n");
        foreach (var row in trace.Rows.Where(row => row.LocalRules.Count > 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"{row.Number,4}  {Label(row)}\n");
            foreach (var rule in row.LocalRules) text.Append("      ").Append(rule).Append('\n');
        }
        return text.ToString();
    }

    public static string Html(Trace trace)
    {
        var columns = Optional(trace);
        var html = new StringBuilder("<table class=\"trace\">\n<thead><tr>");
        foreach (var column in (string[])[.. Columns, .. columns, "hands back"])
            html.Append("<th>").Append(WebUtility.HtmlEncode(column.TrimEnd('>'))).Append("</th>");
        html.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in trace.Rows)
        {
            html.Append("<tr>");
            foreach (var cell in Cells(row, columns)) html.Append("<td>").Append(WebUtility.HtmlEncode(cell)).Append("</td>");
            html.Append("<td>").AppendJoin("<br>", row.LocalRules.Select(WebUtility.HtmlEncode)).Append("</td></tr>\n");
        }
        return html.Append("</tbody>\n</table>\n").ToString();
    }

    // Columns that only some traces have.
    private const string Update = "update norm>", Absolute = "differences: absolute>", Relative = "relative>", Verdict = "";

    private static string[] Optional(Trace trace) =>
    [
        .. trace.Rows.Any(row => row.Update is not null) ? (string[])[Update] : [],
        .. trace.Rows.Any(row => row.Differences is not null) ? (string[])[Absolute, Relative, Verdict] : [],
    ];

    private static string[] Cells(TraceRow row, string[] optional)
    {
        var (value, gradient) = (row.Value, row.Gradient);
        return
        [
            row.Number.ToString(CultureInfo.InvariantCulture), Label(row), row.Kind, value.Shape.ToString(),
            row.Node is Operation ? row.Time.TotalMicroseconds.ToString("F1", CultureInfo.InvariantCulture) : "",
            NumberText.Text(value.Mean), NumberText.Text(value.Minimum), NumberText.Text(value.Maximum), NumberText.Text(value.Norm),
            Share(value), Bad(value),
            gradient is null ? "" : NumberText.Text(gradient.Minimum), gradient is null ? "" : NumberText.Text(gradient.Maximum),
            gradient is null ? "" : NumberText.Text(gradient.Norm), Share(gradient), Bad(gradient),
            .. optional.Select(column => column switch
            {
                Update => row.Update is { } update ? NumberText.Text(update.Norm) : "",
                Absolute => row.Differences is { } check ? NumberText.Rough(check.LargestAbsolute) : "",
                Relative => row.Differences is { } check ? NumberText.Rough(check.LargestRelative) : "",
                _ => row.Differences is { Agrees: false } ? "WRONG" : "",
            }),
        ];
    }

    private static string Label(TraceRow row) =>
        row.Node.Label is { Length: > LongestLabel } label ? string.Concat(label.AsSpan(0, LongestLabel - 1), "…") : row.Node.Label;

    private static string Share(TensorStatistics? of) =>
        of is null || of.ShareOfZeros == 0 ? "" : (of.ShareOfZeros * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    private static string Bad(TensorStatistics? of) => of is null || of.NonFinite == 0 ? "" : NumberText.Count(of.NonFinite);
}
