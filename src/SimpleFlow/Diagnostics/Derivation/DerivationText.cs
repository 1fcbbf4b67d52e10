using System.Text;

namespace SimpleFlow;

/// <summary>A derivation as plain text: formulas on the left, shapes in the margin, then remarks;
/// numbers on lines of their own.</summary>
internal static class DerivationText
{
    // A formula that is longer pushes its own margin aside, and no other: this leaves room for a shape and most remarks.
    private const int WidestFormula = 48, Indent = 2, Hanging = 6;

    public static string Write(Derivation derivation)
    {
        var text = new StringBuilder();
        foreach (var section in derivation.Sections)
        {
            if (text.Length > 0) text.Append('\n');
            text.Append(section.Title).Append('\n').Append('-', section.Title.Length).Append('\n')
                .AppendLines(TextLines.Of(section.Introduction)).Append('\n');
            var formulas = section.Lines.Select(line => FormulaText.Of(line.Equation)).ToList();
            var shapes = section.Lines.Select(line => line.Shape?.ToString() ?? "").ToList();
            var width = formulas.Where(formula => formula.Length <= WidestFormula).Select(formula => formula.Length).DefaultIfEmpty().Max();
            var margin = shapes.Max(shape => shape.Length);
            foreach (var (index, line) in section.Lines.Index())
            {
                var said = string.Join("; ",
                    new[] { line.Where is null ? null : FormulaText.Of(line.Where), line.Remark }.Where(part => part is not null));
                text.AppendLines(Lines(formulas[index].PadRight(width), shapes[index].PadRight(margin), said));
                if (line.Numbers is not null) text.AppendLines(TextLines.Of(line.Numbers, Hanging, Hanging));
            }
        }
        return text.ToString();
    }

    /// <summary>Formula, shape and remark in one line; what does not fit goes below.</summary>
    private static List<string> Lines(string formula, string shape, string said)
    {
        var all = $"{new string(' ', Indent)}{formula}  {shape}  {said}".TrimEnd();
        if (all.Length <= TextLines.Width) return [all];
        var lines = TextLines.Of(formula.TrimEnd(), Indent, Hanging);
        var last = $"{(lines.Count == 1 ? lines[0].PadRight(Indent + formula.Length) : lines[^1])}  {shape}".TrimEnd();
        if (last.Length <= TextLines.Width) lines[^1] = last;
        else lines.Add($"{new string(' ', Hanging)}{shape}");
        return said.Length == 0 ? lines : [.. lines, .. TextLines.Of(said, Hanging, Hanging)];
    }
}
