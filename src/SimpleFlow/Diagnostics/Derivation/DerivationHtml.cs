using System.Net;
using System.Text;

namespace SimpleFlow;

/// <summary>A derivation as parts of an HTML page, its formulas in MathML.</summary>
internal static class DerivationHtml
{
    public static IEnumerable<PageSection> Sections(Derivation derivation) =>
        derivation.Sections.Select(section => new PageSection(section.Title, section.Introduction, Table(section)));

    private static string Table(DerivationSection section)
    {
        var html = new StringBuilder("<table class=\"derivation\">\n");
        foreach (var line in section.Lines)
        {
            html.Append(
                $"<tr><td class=\"formula\">{FormulaMathMl.Of(line.Equation)}</td><td class=\"shape\">{line.Shape}</td><td "
                    + $"class=\"remark\">");
            if (line.Where is not null) html.Append(FormulaMathMl.Of(line.Where));
            if (line.Remark is not null) html.Append($"{(line.Where is null ? "" : "; ")}{WebUtility.HtmlEncode(line.Remark)}");
            html.Append("</td></tr>\n");
            if (line.Numbers is not null)
                html.Append($"<tr class=\"numbers\"><td colspan=\"3\">{WebUtility.HtmlEncode(line.Numbers)}</td></tr>\n");
        }
        return html.Append("</table>\n").ToString();
    }
}
