namespace SimpleFlow;

/// <summary>Formulas as plain text: <c>(y_pre - y)^2</c>, <c>relu(x·w_1 + b_1)</c>, <c>δ(l_1)</c>.</summary>
internal sealed class FormulaText : FormulaWriter
{
    private static readonly FormulaText Writer = new();

    private FormulaText() { }

    public static string Of(Formula formula) => Writer.Write(formula);

    protected override string Name(string text) => text;

    protected override string Infix(Infix infix, string left, string right) =>
        infix.Sign == "·" ? $"{left}·{right}" : $"{left} {infix.Sign} {right}";

    protected override string Negative(string of) => $"-{of}";

    protected override string Exponent(string of, string power) => $"{of}^{power}";

    protected override string Transposed(string of) => $"{of}ᵀ";

    protected override string Indexed(string of, string index) => $"{of}[{index}]";

    protected override string Call(string function, string[] arguments) => $"{function}({string.Join(", ", arguments)})";

    protected override string Reduced(Reduced reduced, string of) =>
        $"{reduced.Function}({of}{(reduced.Axes is null ? "" : $", axis {reduced.Axes}")})";

    protected override string Root(string of) => $"√({of})";

    protected override string Magnitude(string of) => $"|{of}|";

    protected override string Where(string then, string condition, string otherwise) => $"{then} where {condition}, else {otherwise}";

    protected override string Delta(string of) => $"δ({of})";

    protected override string Derivative(string of, string by) => $"∂{of}/∂{by}";

    protected override string Change(string of) => $"Δ{of}";

    protected override string Brackets(string text) => $"({text})";
}
