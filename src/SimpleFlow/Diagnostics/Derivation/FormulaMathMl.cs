using System.Net;

namespace SimpleFlow;

/// <summary>Formulas in MathML, which browsers show without any help.</summary>
internal sealed class FormulaMathMl : FormulaWriter
{
    private static readonly FormulaMathMl Writer = new();

    private FormulaMathMl() { }

    public static string Of(Formula formula) => $"<math displaystyle=\"true\">{Writer.Write(formula)}</math>";

    protected override string Name(string text)
    {
        var (stem, index) = text.IndexOf('_') is var at and > 0 && !text.Contains('/') ? (text[..at], text[(at + 1)..]) : (text, "");
        return index.Length == 0 ? Word(stem) : $"<msub>{Word(stem)}{Word(index)}</msub>";
    }

    protected override string Infix(Infix infix, string left, string right) =>
        infix.Sign == "/" ? $"<mfrac>{Row(Write(infix.Left))}{Row(Write(infix.Right))}</mfrac>"
            : $"{left}{Sign(infix.Sign == "*" ? "·" : infix.Sign)}{right}";

    protected override string Negative(string of) => $"{Sign("−", "prefix")}{of}";

    protected override string Exponent(string of, string power) => $"<msup>{Row(of)}{Word(power)}</msup>";

    protected override string Transposed(string of) => $"<msup>{Row(of)}<mi>T</mi></msup>";

    protected override string Indexed(string of, string index) => $"{of}<mo>[</mo>{index}<mo>]</mo>";

    protected override string Call(string function, string[] arguments) =>
        $"{Word(function)}{Brackets(string.Join("<mo>,</mo>", arguments))}";

    protected override string Reduced(Reduced reduced, string of)
    {
        var symbol = reduced.Function == "sum" ? "<mo>∑</mo>" : Word(reduced.Function);
        var over = reduced.Axes is null ? symbol : $"<munder>{symbol}<mtext>axis {WebUtility.HtmlEncode(reduced.Axes)}</mtext></munder>";
        return $"{over}{(reduced.Function == "sum" && reduced.Of.Strength > Strength.Sum ? of : Brackets(of))}";
    }

    protected override string Root(string of) => $"<msqrt>{of}</msqrt>";

    protected override string Magnitude(string of) => $"<mrow><mo>|</mo>{of}<mo>|</mo></mrow>";

    protected override string Where(string then, string condition, string otherwise) =>
        $"{then}<mtext>&#160;where&#160;</mtext>{condition}<mtext>, else&#160;</mtext>{otherwise}";

    protected override string Delta(string of) => $"<msub><mi>δ</mi>{Row(of)}</msub>";

    protected override string Derivative(string of, string by) => $"<mfrac><mrow><mo>∂</mo>{of}</mrow><mrow><mo>∂</mo>{by}</mrow></mfrac>";

    protected override string Change(string of) => $"<mi>Δ</mi>{of}";

    protected override string Brackets(string text) => $"<mrow><mo>(</mo>{text}<mo>)</mo></mrow>";

    protected override string Between(string text) => Row(text);

    private static string Row(string text) => $"<mrow>{text}</mrow>";

    private static string Sign(string sign, string form = "infix") =>
        $"<mo form=\"{form}\">{WebUtility.HtmlEncode(sign == "-" ? "−" : sign)}</mo>";

    private static string Word(string text)
    {
        var encoded = WebUtility.HtmlEncode(text);
        return text.Length > 0 && (char.IsDigit(text[0]) || (text[0] == '-' && text.Length > 1)) ? $"<mn>{encoded}</mn>" : text.Length == 1
            ? $"<mi>{encoded}</mi>" : $"<mi mathvariant=\"normal\">{encoded}</mi>";
    }
}
