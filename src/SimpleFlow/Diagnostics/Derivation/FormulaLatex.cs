using System.Globalization;

namespace SimpleFlow;

/// <summary>Formulas in LaTeX's mathematics: <c>\delta_{l_{1}} \cdot w_{2}^{\top}</c>.</summary>
internal sealed class FormulaLatex : FormulaWriter
{
    private static readonly FormulaLatex Writer = new();

    private static readonly Dictionary<string, string> Signs = new(StringComparer.Ordinal)
    {
        ["*"] = @"\cdot",
        ["·"] = @"\cdot",
        ["∘"] = @"\circ",
        ["←"] = @"\leftarrow",
        ["≥"] = @"\ge",
        ["≤"] = @"\le",
        ["≠"] = @"\ne",
    };

    private FormulaLatex() { }

    public static string Of(Formula formula) => Writer.Write(formula);

    protected override string Name(string text)
    {
        if (text.IndexOf('e') is var e and > 0 && char.IsDigit(text[e - 1]) && double.TryParse(text, CultureInfo.InvariantCulture, out _))
            return $@"{text[..e]} \cdot 10^{{{text[(e + 1)..]}}}";
        if (text.Length == 1 || double.TryParse(text, CultureInfo.InvariantCulture, out _)) return Escaped(text);
        // w_1 has an index, y_pre has one of several letters, and dense/w has none.
        var (stem, index) = text.IndexOf('_') is var at and > 0 && !text.Contains('/') ? (text[..at], text[(at + 1)..]) : (text, "");
        return index.Length == 0 ? Word(stem) : $"{Word(stem)}_{{{Word(index)}}}";
    }

    protected override string Infix(Infix infix, string left, string right) =>
        infix.Sign == "/" ? $@"\frac{{{Write(infix.Left)}}}{{{Write(infix.Right)}}}"
            : $"{left} {Signs.GetValueOrDefault(infix.Sign, infix.Sign)} {right}";

    protected override string Negative(string of) => $"-{of}";

    protected override string Exponent(string of, string power) => $"{{{of}}}^{{{power}}}";

    protected override string Transposed(string of) => $@"{{{of}}}^{{\top}}";

    protected override string Indexed(string of, string index) => $"{of}[{index}]";

    protected override string Call(string function, string[] arguments) => $"{Function(function)}({string.Join(", ", arguments)})";

    protected override string Reduced(Reduced reduced, string of) => reduced.Function == "sum" && reduced.Axes is null
        ? $@"\sum {Bracketed(reduced.Of)}"
        : reduced.Function == "sum" ? $@"\sum_{{\text{{axis }}{reduced.Axes}}} {Bracketed(reduced.Of)}"
        : $@"\mathop{{\mathrm{{{reduced.Function}}}}}{(reduced.Axes is null ? "" : $@"_{{\text{{axis }}{reduced.Axes}}}")}({of})";

    protected override string Root(string of) => $@"\sqrt{{{of}}}";

    protected override string Magnitude(string of) => $@"\lvert {of} \rvert";

    protected override string Where(string then, string condition, string otherwise) =>
        $@"{then} \text{{ where }} {condition}\text{{, else }} {otherwise}";

    protected override string Delta(string of) => $@"\delta_{{{of}}}";

    protected override string Derivative(string of, string by) => $@"\frac{{\partial {of}}}{{\partial {by}}}";

    protected override string Change(string of) => $@"\Delta {of}";

    protected override string Brackets(string text) => $@"\left({text}\right)";

    private string Bracketed(Formula formula) => formula.Strength <= Strength.Sum ? Brackets(Write(formula)) : Write(formula);

    private static string Word(string text) => text.Length == 1 || text.All(char.IsDigit) ? Escaped(text)
        : text.All(char.IsLetter) && text.All(char.IsAscii) ? $@"\mathrm{{{text}}}" : $@"\text{{{Escaped(text)}}}";

    private static string Function(string name) => name.EndsWith('′') ? $"{Word(name[..^1])}'" : Word(name);

    private static string Escaped(string text) =>
        string.Concat(text.Select(character => character is '_' or '&' or '%' or '#' or '$' or '{' or '}' ? $"\\{character}"
            : character == '\\' ? @"\backslash " : $"{character}"));
}
