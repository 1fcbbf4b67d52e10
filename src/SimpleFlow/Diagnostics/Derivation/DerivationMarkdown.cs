using System.Text;

namespace SimpleFlow;

/// <summary>A derivation as Markdown: a table for each part, its formulas in LaTeX between
/// <c>$`</c> and <c>`$</c>, which Markdown leaves alone.</summary>
internal static class DerivationMarkdown
{
    public static string Write(Derivation derivation)
    {
        var text = new StringBuilder("# Back-propagation\n");
        foreach (var section in derivation.Sections)
        {
            var hasNumbers = section.Lines.Any(line => line.Numbers is not null);
            text.Append(
                $"\n## {section.Title}\n\n{section.Introduction}\n\n| formula | shape | "
                    + $"|{(hasNumbers ? " numbers |" : "")}\n|---|---|---|{(hasNumbers ? "---|" : "")}\n");
            foreach (var line in section.Lines)
            {
                var said = string.Join("; ", new[] { line.Where is null ? null : Formula(line.Where),
                    line.Remark is null ? null : Cell(line.Remark) }.Where(part => part is not null));
                text.Append(
                    $"| {Formula(line.Equation)} | {Cell(line.Shape?.ToString() ?? "")} | "
                        + $"{said} |{(hasNumbers ? $" {Cell(line.Numbers ?? "")} |" : "")}\n");
            }
        }
        return text.ToString();
    }

    private static string Formula(Formula formula) => $"$`{FormulaLatex.Of(formula).Replace("|", @"\vert ", StringComparison.Ordinal)}`$";

    private static string Cell(string text) =>
        string.Concat(text.Select(character => character is '|' or '*' or '_' or '<' or '\\' or '`' or '[' or ']' ? $"\\{character}"
            : $"{character}"));
}
