using System.Diagnostics;

namespace SimpleFlow;

/// <summary>Writes formulas. This class decides which operands need brackets; the derived formats decide how each sign looks.</summary>
internal abstract class FormulaWriter
{
    public string Write(Formula formula) => formula switch
    {
        Symbol symbol => Name(symbol.Text),
        Infix infix => Between(Infix(infix, Operand(infix.Left, infix.Strength), Operand(infix.Right, infix.RightNeeds))),
        Negative negative => Between(Negative(Operand(negative.Of, Strength.Product))),
        Exponent exponent => Exponent(Operand(exponent.Of, Strength.Atom), exponent.Value),
        Transposed transposed => Transposed(Operand(transposed.Of, Strength.Atom)),
        Indexed indexed => Indexed(Operand(indexed.Of, Strength.Postfix), Write(indexed.Index)),
        Call call => Call(call.Function, Array.ConvertAll(call.Arguments, Write)),
        Reduced reduced => Reduced(reduced, Write(reduced.Of)),
        Root root => Root(Write(root.Of)),
        Magnitude magnitude => Magnitude(Write(magnitude.Of)),
        Where where => Where(Operand(where.Then, Strength.Sum), Write(where.Condition), Operand(where.Else, Strength.Sum)),
        Delta delta => Delta(Write(delta.Of)),
        Derivative derivative => Derivative(Operand(derivative.Of, Strength.Atom), Operand(derivative.By, Strength.Atom)),
        Change change => Change(Write(change.Of)),
        _ => throw new UnreachableException(formula.GetType().Name),
    };

    protected abstract string Name(string text);

    /// <summary>Two operands that already have their brackets. A format that needs none, for example for a fraction, overrides the
    /// formula's own method.</summary>
    protected abstract string Infix(Infix infix, string left, string right);

    protected abstract string Negative(string of);

    protected abstract string Exponent(string of, string power);

    protected abstract string Transposed(string of);

    protected abstract string Indexed(string of, string index);

    protected abstract string Call(string function, string[] arguments);

    protected abstract string Reduced(Reduced reduced, string of);

    protected abstract string Root(string of);

    protected abstract string Magnitude(string of);

    protected abstract string Where(string then, string condition, string otherwise);

    protected abstract string Delta(string of);

    protected abstract string Derivative(string of, string by);

    protected abstract string Change(string of);

    protected abstract string Brackets(string text);

    /// <summary>Brackets around an expression.</summary>
    protected virtual string Between(string text) => text;

    private string Operand(Formula formula, Strength needed) => formula.Strength < needed ? Brackets(Write(formula)) : Write(formula);
}
