namespace SimpleFlow;

/// <summary>
/// A formula as a tree: how an op is written on paper, independent of the output format. <see cref="FormulaText"/> makes labels and plain
/// text from it; derivations also make LaTeX and MathML. Brackets are not part of the tree: they follow from how strongly the signs bind.
/// </summary>
internal abstract record Formula
{
    /// <summary>How strongly the outermost sign holds its operands together.</summary>
    public abstract Strength Strength { get; }

    /// <summary>A name or a number.</summary>
    public static implicit operator Formula(string text) => new Symbol(text);
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
    public override Strength Strength => HasOutside(' ') ? Strength.Relation : Text.StartsWith('-') ? Strength.Product : HasOutside('·')
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
    public override Strength Strength => Binding;

    /// <summary>The weakest binding that its right operand may have without brackets: a + b - c, but a - (b - c) and a / (b * c).</summary>
    public Strength RightNeeds => Sign switch { "-" => Strength.Quotient, "/" => Strength.MatrixProduct, _ => Binding };

    public static Infix Sum(Formula left, string sign, Formula right) => new(left, sign, right, Strength.Sum);

    public static Infix Product(Formula left, string sign, Formula right) => new(left, sign, right, Strength.Product);

    public static Infix Quotient(Formula left, Formula right) => new(left, "/", right, Strength.Quotient);

    public static Infix Relation(Formula left, string sign, Formula right) => new(left, sign, right, Strength.Relation);
}

/// <summary>−a.</summary>
internal sealed record Negative(Formula Of) : Formula
{
    public override Strength Strength => Strength.Product;
}

/// <summary>aⁿ for a fixed n.</summary>
internal sealed record Exponent(Formula Of, string Power) : Formula
{
    public override Strength Strength => Strength.Postfix;
}

/// <summary>aᵀ.</summary>
internal sealed record Transposed(Formula Of) : Formula
{
    public override Strength Strength => Strength.Postfix;
}

/// <summary>a[i], a[1..3].</summary>
internal sealed record Indexed(Formula Of, Formula Index) : Formula
{
    public override Strength Strength => Strength.Postfix;
}

/// <summary>f(a, b).</summary>
internal sealed record Call(string Function, params Formula[] Arguments) : Formula
{
    public override Strength Strength => Strength.Atom;
}

/// <summary>A sum, mean or maximum over the named axes, or over all of them if none is named.</summary>
internal sealed record Reduced(string Function, Formula Of, string? Axes) : Formula
{
    public override Strength Strength => Strength.Atom;
}

/// <summary>√(a).</summary>
internal sealed record Root(Formula Of) : Formula
{
    public override Strength Strength => Strength.Atom;
}

/// <summary>|a|.</summary>
internal sealed record Magnitude(Formula Of) : Formula
{
    public override Strength Strength => Strength.Atom;
}

/// <summary>One value where a condition holds, another elsewhere.</summary>
internal sealed record Where(Formula Then, Formula Condition, Formula Else) : Formula
{
    public override Strength Strength => Strength.Relation;
}

/// <summary>δ of a node: ∂loss/∂node.</summary>
internal sealed record Delta(Formula Of) : Formula
{
    public override Strength Strength => Strength.Atom;
}

/// <summary>∂a/∂b.</summary>
internal sealed record Derivative(Formula Of, Formula By) : Formula
{
    public override Strength Strength => Strength.Product;
}

/// <summary>Δa: the change of a in one step.</summary>
internal sealed record Change(Formula Of) : Formula
{
    public override Strength Strength => Strength.Atom;
}
