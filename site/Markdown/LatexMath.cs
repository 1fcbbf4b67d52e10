using System.Globalization;
using System.Text;

namespace SimpleFlow.Site.Markdown;

/// <summary>Writes a formula of the pages as MathML, which browsers set and screen readers read without a script. It knows the part of
/// LaTeX that the pages use; a command that it does not know is an error of the build.</summary>
public sealed class LatexMath
{
    // A command, and what it shows.
    private static readonly Dictionary<string, string> Letters = Pairs("""
        alpha α beta β gamma γ delta δ varepsilon ε epsilon ϵ eta η theta θ lambda λ mu μ pi π rho ρ sigma σ tau τ phi ϕ varphi φ omega ω
        partial ∂ nabla ∇ infty ∞ ell ℓ
        """);

    private static readonly Dictionary<string, string> Capitals = Pairs("Delta Δ Gamma Γ Theta Θ Lambda Λ Sigma Σ Phi Φ Omega Ω");

    private static readonly Dictionary<string, string> Signs = Pairs("""
        cdot ⋅ times × circ ∘ odot ⊙ pm ± le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ approx ≈ sim ∼ in ∈ mid ∣ colon : dots … ldots … cdots ⋯
        leftarrow ← rightarrow → to → Rightarrow ⇒ mapsto ↦ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉
        { { } } | ‖ % % $ $ _ _ & &amp; # #
        """);

    private static readonly Dictionary<string, string> Big = Pairs("sum ∑ prod ∏ int ∫");

    private static readonly string[] Functions =
        ["ln", "log", "exp", "sin", "cos", "tanh", "sinh", "cosh", "max", "min", "arg", "lim", "det"];

    private static readonly Dictionary<string, string> Spaces = Pairs(", 0.167em : 0.222em ; 0.278em ! -0.167em quad 1em qquad 2em");

    private readonly string _tex;
    private int _at;

    private LatexMath(string tex) => _tex = tex;

    public static string ToMathMl(string tex, bool isBlock)
    {
        var reader = new LatexMath(tex.Trim());
        var body = reader.Row();
        if (reader._at < reader._tex.Length) throw reader.Error($"'{reader._tex[reader._at..]}' closes nothing");
        var source = $"<annotation encoding=\"application/x-tex\">{Html.Text(tex.Trim())}</annotation>";
        return $"<math{(isBlock ? " display=\"block\"" : "")}><semantics><mrow>{body}</mrow>{source}</semantics></math>";
    }

    private static Dictionary<string, string> Pairs(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Chunk(2)
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    /// <summary>Everything up to what ends the group that it stands in.</summary>
    private string Row()
    {
        var row = new StringBuilder();
        while (!AtEnd()) row.Append(WithScripts());
        return row.ToString();
    }

    private bool AtEnd()
    {
        while (_at < _tex.Length && char.IsWhiteSpace(_tex[_at])) _at++;
        return _at == _tex.Length || _tex[_at] is '}' or '&' || StartsWith(@"\\") || StartsWith(@"\end")
            || StartsWith(@"\right") && !StartsWith(@"\rightarrow");
    }

    private string WithScripts()
    {
        var begin = _at;
        var core = Atom();
        var isLimit = Limits(_tex[begin.._at]);
        string? below = null, above = null;
        var primes = "";
        while (_at < _tex.Length)
        {
            if (_tex[_at] == '\'')
            {
                primes += "′";
                _at++;
            }
            else if (_tex[_at] == '_' && below is null)
            {
                _at++;
                below = Argument();
            }
            else if (_tex[_at] == '^' && above is null)
            {
                _at++;
                above = Argument();
            }
            else
            {
                break;
            }
        }
        if (primes.Length > 0) above = $"<mrow><mo>{primes}</mo>{above}</mrow>";
        return (below, above) switch
        {
            (null, null) => core,
            (_, null) => isLimit ? $"<munder>{core}{below}</munder>" : $"<msub>{core}{below}</msub>",
            (null, _) => isLimit ? $"<mover>{core}{above}</mover>" : $"<msup>{core}{above}</msup>",
            _ => isLimit ? $"<munderover>{core}{below}{above}</munderover>" : $"<msubsup>{core}{below}{above}</msubsup>",
        };
    }

    private static bool Limits(string command) => command is @"\sum" or @"\prod" or @"\max" or @"\min" or @"\lim";

    private string Atom()
    {
        var letter = _tex[_at];
        if (letter == '\\') return Command();
        if (letter == '{') return Argument();
        if (letter is '^' or '_') return "<mrow></mrow>";
        if (char.IsAsciiDigit(letter)) return Number();
        _at++;
        return letter switch
        {
            '-' => "<mo>−</mo>",
            '*' => "<mo>∗</mo>",
            '(' or ')' or '[' or ']' or '|' => $"<mo stretchy=\"false\">{letter}</mo>",
            ',' or ';' => $"<mo separator=\"true\">{letter}</mo>",
            _ when char.IsLetter(letter) => $"<mi>{letter}</mi>",
            _ => $"<mo>{Html.Text(letter.ToString())}</mo>",
        };
    }

    private string Number()
    {
        var begin = _at;
        bool IsDigit(int at) => at < _tex.Length && char.IsAsciiDigit(_tex[at]);
        while (IsDigit(_at) || _at < _tex.Length && _tex[_at] == '.' && IsDigit(_at + 1)) _at++;
        return $"<mn>{_tex[begin.._at]}</mn>";
    }

    private string Command()
    {
        var name = Name();
        if (Letters.TryGetValue(name, out var letter)) return $"<mi>{letter}</mi>";
        if (Capitals.TryGetValue(name, out var capital)) return $"<mi mathvariant=\"normal\">{capital}</mi>";
        if (Signs.TryGetValue(name, out var sign)) return $"<mo>{sign}</mo>";
        if (Big.TryGetValue(name, out var big)) return $"<mo movablelimits=\"true\">{big}</mo>";
        if (Spaces.TryGetValue(name, out var width)) return $"<mspace width=\"{width}\"></mspace>";
        if (Functions.Contains(name)) return $"<mrow><mspace width=\"0.167em\"></mspace><mi>{name}</mi></mrow>";
        return name switch
        {
            "frac" => $"<mfrac>{Argument()}{Argument()}</mfrac>",
            "tfrac" => $"<mstyle displaystyle=\"false\"><mfrac>{Argument()}{Argument()}</mfrac></mstyle>",
            "sqrt" => $"<msqrt>{Argument()}</msqrt>",
            "mathrm" or "operatorname" => Upright(Raw()),
            "text" => $"<mtext>{Html.Text(Raw()).Replace(' ', '\u00A0')}</mtext>",
            "hat" => $"<mover accent=\"true\">{Argument()}<mo>^</mo></mover>",
            "bar" => $"<mover accent=\"true\">{Argument()}<mo>¯</mo></mover>",
            "left" => Fenced(),
            "begin" => Environment(Raw()),
            _ => throw Error($"'\\{name}' is not known; add it to LatexMath.cs, or write the formula without it"),
        };
    }

    private static string Upright(string word) =>
        word.Length == 1 ? $"<mi mathvariant=\"normal\">{word}</mi>" : $"<mi>{Html.Text(word)}</mi>";

    private string Fenced()
    {
        var open = Fence();
        var body = Row();
        if (!StartsWith(@"\right")) throw Error(@"'\left' has no '\right'");
        _at += @"\right".Length;
        return $"<mrow>{open}{body}{Fence()}</mrow>";
    }

    private string Fence()
    {
        var sign = _tex[_at] == '\\' ? Signs.GetValueOrDefault(Name(), "") : _tex[_at++] is '.' ? "" : _tex[_at - 1].ToString();
        return sign.Length == 0 ? "" : $"<mo stretchy=\"true\" fence=\"true\">{sign}</mo>";
    }

    private string Environment(string name)
    {
        var (open, close, align) = name switch
        {
            "pmatrix" => ("(", ")", ""),
            "bmatrix" => ("[", "]", ""),
            "matrix" => ("", "", ""),
            "cases" => ("{", "", " class=\"left\""),
            "aligned" => ("", "", " class=\"aligned\" displaystyle=\"true\""),
            _ => throw Error($"the environment '{name}' is not known; add it to LatexMath.cs"),
        };
        var table = new StringBuilder($"<mtable{align}><mtr><mtd>");
        while (true)
        {
            table.Append(Row());
            if (StartsWith(@"\\")) _at += 2;
            else if (_at < _tex.Length && _tex[_at] == '&') { _at++; table.Append("</mtd><mtd>"); continue; }
            else break;
            table.Append("</mtd></mtr><mtr><mtd>");
        }
        if (!StartsWith(@"\end")) throw Error($"'\\begin{{{name}}}' has no end");
        _at += @"\end".Length;
        Raw();
        return $"<mrow>{Side(open)}{table}</mtd></mtr></mtable>{Side(close)}</mrow>";
    }

    private static string Side(string sign) => sign.Length == 0 ? "" : $"<mo stretchy=\"true\" fence=\"true\">{sign}</mo>";

    /// <summary>What a command or a script applies to: a group, or one sign.</summary>
    private string Argument()
    {
        if (AtEnd()) throw Error("something is missing at the end");
        if (_tex[_at] != '{') return Atom();
        _at++;
        var group = Row();
        if (_at == _tex.Length || _tex[_at] != '}') throw Error("a '{' is not closed");
        _at++;
        return $"<mrow>{group}</mrow>";
    }

    private string Raw()
    {
        var end = _tex.IndexOf('}', _at);
        if (end < 0 || _tex[_at] != '{') throw Error("a word in braces is missing");
        var word = _tex[(_at + 1)..end];
        _at = end + 1;
        return word;
    }

    private string Name()
    {
        var begin = ++_at;
        if (begin == _tex.Length) throw Error("it ends with a backslash");
        while (_at < _tex.Length && char.IsAsciiLetter(_tex[_at])) _at++;
        if (_at == begin) _at++;
        return _tex[begin.._at];
    }

    private bool StartsWith(string text) => string.CompareOrdinal(_tex, _at, text, 0, text.Length) == 0;

    private SiteException Error(string what) => new(string.Create(CultureInfo.InvariantCulture, $"Formula '{_tex}', at {_at}: {what}."));
}
