using System.Text;

namespace SimpleFlow;

/// <summary>A derivation as plain text: formulas on the left, shapes in the margin, then what there is to say; numbers on a line of their own.</summary>
internal static class DerivationText
{
    // A formula that is longer pushes its own margin aside, and nobody else's.
    private const int WidestFormula = 56;

    public static string Write(Derivation derivation)
    {
        var text = new StringBuilder();
        foreach (var section in derivation.Sections)
        {
            if (text.Length > 0) text.Append('\n');
            text.Append(section.Title).Append('\n').Append('-', section.Title.Length).Append('\n').Append(section.Introduction).Append("\n\n");
            var formulas = section.Lines.Select(line => FormulaText.Of(line.Equation)).ToList();
            var shapes = section.Lines.Select(line => line.Shape?.ToString() ?? "").ToList();
            var width = formulas.Where(formula => formula.Length <= WidestFormula).Select(formula => formula.Length).DefaultIfEmpty().Max();
            var margin = shapes.Max(shape => shape.Length);
            foreach (var (index, line) in section.Lines.Index())
            {
                var said = string.Join("; ", new[] { line.Where is null ? null : FormulaText.Of(line.Where), line.Remark }.Where(part => part is not null));
                text.Append($"  {formulas[index].PadRight(width)}  {shapes[index].PadRight(margin)}  {said}".TrimEnd()).Append('\n');
                if (line.Numbers is not null) text.Append($"      {line.Numbers}\n");
            }
        }
        return text.ToString();
    }
}
