namespace SimpleFlow.Playground.Experiments;

/// <summary>A function of x as people write it: <c>sin 3x</c>, <c>x² / 4 - 2</c>, <c>2|x| - 3</c>.</summary>
public sealed class Expression
{
    // Deeper ones are no formulas, and would exhaust the stack.
    private const int Deepest = 50;

    private static readonly (string Name, Func<double, double> Function)[] Functions =
    [
        ("sqrt", Math.Sqrt), ("sinh", Math.Sinh), ("cosh", Math.Cosh), ("tanh", Math.Tanh), ("sin", Math.Sin), ("cos", Math.Cos),
        ("tan", Math.Tan), ("exp", Math.Exp), ("ln", Math.Log), ("log", Math.Log), ("abs", Math.Abs), ("sign", x => Math.Sign(x)),
    ];

    private readonly string _text;
    private int _at, _depth, _bars;

    private Expression(string text) => _text = text;

    private Func<double, double> Function { get; set; } = x => x;

    /// <summary>Reads a function.</summary>
    /// <exception cref="FormatException">It is not one; the message says where.</exception>
    public static Expression Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var expression = new Expression(text.Replace("y >", "", StringComparison.Ordinal).Replace("y>", "", StringComparison.Ordinal));
        expression.Function = expression.Sum();
        return expression._at == expression._text.Length ? expression : throw expression.Fault("an operator");
    }

    /// <summary>Its value.</summary>
    public double At(double x) => Function(x);

    private Func<double, double> Sum()
    {
        if (++_depth > Deepest) throw new FormatException($"A function may be {Deepest} brackets deep.");
        var left = Take('-') ? Negative(Product()) : Product();
        while (true)
        {
            var first = left;
            if (Take('+'))
            {
                var right = Product();
                left = x => first(x) + right(x);
            }
            else if (Take('-') || Take('−'))
            {
                var right = Product();
                left = x => first(x) - right(x);
            }
            else
            {
                _depth--;
                return left;
            }
        }
    }

    private Func<double, double> Product()
    {
        var left = Power();
        while (true)
        {
            var first = left;
            if (Take('/') || Take('÷'))
            {
                var right = Power();
                left = x => first(x) / right(x);
            }
            else if (Take('*') || Take('·') || Take('×') || StartsFactor())
            {
                var right = Power();
                left = x => first(x) * right(x);
            }
            else return left;
        }
    }

    private Func<double, double> Power()
    {
        var basis = Factor();
        if (Take('²')) return x => basis(x) * basis(x);
        if (Take('³')) return x => basis(x) * basis(x) * basis(x);
        if (!Take('^')) return basis;
        var exponent = Take('-') ? Negative(Factor()) : Factor();
        return x => Math.Pow(basis(x), exponent(x));
    }

    private Func<double, double> Factor()
    {
        if (Take('(')) return Closed(')');
        if (Take('|'))
        {
            _bars++;
            var inner = Closed('|');
            _bars--;
            return x => Math.Abs(inner(x));
        }
        foreach (var (name, function) in Functions)
        {
            if (!Take(name)) continue;
            // sin 3x is the sine of 3x, and sin x · 2 twice the sine of x.
            var argument = Take('(') ? Closed(')') : Argument();
            return x => function(argument(x));
        }
        if (Take('x')) return x => x;
        if (Take('π') || Take("pi")) return _ => Math.PI;
        if (Take('e')) return _ => Math.E;
        return Number();
    }

    private Func<double, double> Argument()
    {
        if (++_depth > Deepest) throw new FormatException($"A function may be {Deepest} brackets deep.");
        var left = Take('-') ? Negative(Power()) : Power();
        while (StartsFactor() && !Functions.Any(one => Ahead(one.Name)))
        {
            var (first, right) = (left, Power());
            left = x => first(x) * right(x);
        }
        _depth--;
        return left;
    }

    private Func<double, double> Number()
    {
        SkipSpace();
        var from = _at;
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || _text[_at] == '.')) _at++;
        return double.TryParse(_text.AsSpan(from, _at - from), out var number) ? _ => number : throw Fault("a number, x or a function");
    }

    private Func<double, double> Closed(char end)
    {
        var inner = Sum();
        return Take(end) ? inner : throw Fault($"'{end}'");
    }

    private bool StartsFactor()
    {
        SkipSpace();
        return _at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '(' or 'π' or '.'
            || _text[_at] == '|' && _bars == 0);                                     // within bars, the next one ends them
    }

    private bool Take(char symbol)
    {
        SkipSpace();
        if (_at >= _text.Length || _text[_at] != symbol) return false;
        _at++;
        return true;
    }

    private bool Take(string name)
    {
        if (!Ahead(name)) return false;
        _at += name.Length;
        return true;
    }

    private bool Ahead(string name)
    {
        SkipSpace();
        return _text.AsSpan(_at).StartsWith(name, StringComparison.OrdinalIgnoreCase);
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
    }

    private static Func<double, double> Negative(Func<double, double> function) => x => -function(x);

    private FormatException Fault(string expected) => new(_at < _text.Length
        ? $"Expected {expected} at '{_text[_at..]}'." : $"Expected {expected} at the end of '{_text}'.");
}
