namespace SimpleFlow;

/// <summary>
/// A formula as a tree: how an op is written on paper, independent of the output format. Labels are made from it as plain text; derivations
/// also make LaTeX and MathML. Brackets are not part of the tree: they follow from how strongly the signs bind.
/// </summary>
public abstract record Formula
{
    private protected Formula() { }

    /// <summary>How strongly the outermost sign holds its operands together.</summary>
    internal abstract Strength Strength { get; }

    /// <summary>A name or a number.</summary>
    public static implicit operator Formula(string text) => new Symbol(Required.Value(text));

    /// <summary>A function of its arguments: f(a, b).</summary>
    public static Formula Call(string function, params Formula[] arguments) =>
        new Call(Required.Value(function), [.. Required.List(arguments)]);

    /// <summary>a + b.</summary>
    public static Formula Sum(Formula left, Formula right) => Infix.Sum(Required.Value(left), "+", Required.Value(right));

    /// <summary>a − b.</summary>
    public static Formula Difference(Formula left, Formula right) => Infix.Sum(Required.Value(left), "-", Required.Value(right));

    /// <summary>a * b, element by element.</summary>
    public static Formula Product(Formula left, Formula right) => Infix.Product(Required.Value(left), "*", Required.Value(right));

    /// <summary>a / b, element by element.</summary>
    public static Formula Quotient(Formula left, Formula right) =>
        new Infix(Required.Value(left), "/", Required.Value(right), Strength.Quotient);

    /// <summary>aⁿ for a fixed n.</summary>
    public static Formula Power(Formula of, float exponent) => new Exponent(Required.Value(of), $"{exponent}");

    /// <summary>The square root √a.</summary>
    public static Formula Root(Formula of) => new Root(Required.Value(of));

    /// <summary>The absolute value |a|.</summary>
    public static Formula Magnitude(Formula of) => new Magnitude(Required.Value(of));
}

/// <summary>How strongly a sign binds, the loosest first.</summary>
internal enum Strength
{
    /// <summary>a &gt; b, a ← b, a where b.</summary>
    Relation,

    /// <summary>a + b.</summary>
    Sum,

    /// <summary>a / b: looser than a product, so that a quotient among factors has brackets.</summary>
    Quotient,

    /// <summary>a * b, element by element, and −a.</summary>
    Product,

    /// <summary>a·b of matrices.</summary>
    MatrixProduct,

    /// <summary>a^2, aᵀ, a[i].</summary>
    Postfix,

    /// <summary>A name, a number, a call.</summary>
    Atom,
}

/// <summary>A name or a number. A name that is an expression itself, such as <c>y_pre - y</c>, binds as loosely as one.</summary>
internal sealed record Symbol(string Text) : Formula
{
    internal override Strength Strength => HasOutside(' ') ? Strength.Relation : Text.StartsWith('-') ? Strength.Product : HasOutside('·')
        ? Strength.MatrixProduct : HasOutside('^') ? Strength.Postfix : Strength.Atom;

    /// <summary>Whether the sign appears outside all brackets.</summary>
    private bool HasOutside(char sign)
    {
        var depth = 0;
        foreach (var character in Text)
        {
            if (character is '(' or '[') depth++;
            else if (character is ')' or ']') depth--;
            else if (depth == 0 && character == sign) return true;
        }
        return false;
    }
}

/// <summary>Two operands with a sign between them.</summary>
/// <param name="Left">The left operand.</param>
/// <param name="Sign">One of <c>+ - * / ∘ · ←</c> or a comparison. <c>*</c> is any element-wise product, <c>∘</c> an element-wise product
/// of two tensors.</param>
/// <param name="Right">The right operand.</param>
/// <param name="Binding">How strongly the sign binds.</param>
internal sealed record Infix(Formula Left, string Sign, Formula Right, Strength Binding) : Formula
{
    internal override Strength Strength => Binding;

    /// <summary>The weakest binding that its right operand may have without brackets: a + b - c, but a - (b - c) and a / (b * c).</summary>
    public Strength RightNeeds => Sign switch { "-" => Strength.Quotient, "/" => Strength.MatrixProduct, _ => Binding };

    public static Infix Sum(Formula left, string sign, Formula right) => new(left, sign, right, Strength.Sum);

    public static Infix Product(Formula left, string sign, Formula right) => new(left, sign, right, Strength.Product);

    public static Infix Relation(Formula left, string sign, Formula right) => new(left, sign, right, Strength.Relation);
}

/// <summary>−a.</summary>
internal sealed record Negative(Formula Of) : Formula
{
    internal override Strength Strength => Strength.Product;
}

/// <summary>aⁿ for a fixed n.</summary>
internal sealed record Exponent(Formula Of, string Value) : Formula
{
    internal override Strength Strength => Strength.Postfix;
}

/// <summary>aᵀ.</summary>
internal sealed record Transposed(Formula Of) : Formula
{
    internal override Strength Strength => Strength.Postfix;
}

/// <summary>a[i], a[1..3].</summary>
internal sealed record Indexed(Formula Of, Formula Index) : Formula
{
    internal override Strength Strength => Strength.Postfix;
}

/// <summary>f(a, b).</summary>
internal sealed record Call(string Function, params Formula[] Arguments) : Formula
{
    internal override Strength Strength => Strength.Atom;
}

/// <summary>A sum, mean or maximum over the named axes, or over all of them if none is named.</summary>
internal sealed record Reduced(string Function, Formula Of, string? Axes) : Formula
{
    internal override Strength Strength => Strength.Atom;
}

/// <summary>√(a).</summary>
internal sealed record Root(Formula Of) : Formula
{
    internal override Strength Strength => Strength.Atom;
}

/// <summary>|a|.</summary>
internal sealed record Magnitude(Formula Of) : Formula
{
    internal override Strength Strength => Strength.Atom;
}

/// <summary>One value where a condition holds, another elsewhere.</summary>
internal sealed record Where(Formula Then, Formula Condition, Formula Else) : Formula
{
    internal override Strength Strength => Strength.Relation;
}

/// <summary>δ of a node: ∂loss/∂node.</summary>
internal sealed record Delta(Formula Of) : Formula
{
    internal override Strength Strength => Strength.Atom;
}

/// <summary>∂a/∂b.</summary>
internal sealed record Derivative(Formula Of, Formula By) : Formula
{
    internal override Strength Strength => Strength.Product;
}

/// <summary>Δa: the change of a in one step.</summary>
internal sealed record Change(Formula Of) : Formula
{
    internal override Strength Strength => Strength.Atom;
}
