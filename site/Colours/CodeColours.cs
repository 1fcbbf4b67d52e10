using System.Text.RegularExpressions;

namespace SimpleFlow.Site.Colours;

/// <summary>A block of code as HTML, coloured at build time: a page needs no script for it.</summary>
public static partial class CodeColours
{
    public static string Of(string code, string language) => language switch
    {
        "csharp" or "cs" => CSharpColours.Of(code),
        "sh" or "bash" => Marked(code, Shell()),
        "python" or "py" => Marked(code, Python()),
        "json" or "jsonc" => Marked(code, Json()),
        "xml" or "csproj" or "props" or "html" or "slnx" => Marked(code, Xml()),
        _ => Html.Text(code),
    };

    /// <summary>The language of a file, from its ending.</summary>
    public static string OfFile(string path) => Path.GetExtension(path).TrimStart('.');

    private static string Marked(string code, Regex pieces)
    {
        var html = "";
        var done = 0;
        foreach (Match match in pieces.Matches(code))
        {
            var group = match.Groups.Values.Skip(1).First(group => group.Success);
            var lines = group.Value.Split('\n')
                .Select(line => line.Length == 0 ? "" : $"<span class=\"{group.Name}\">{Html.Text(line)}</span>");
            html += Html.Text(code[done..group.Index]) + string.Join('\n', lines);
            done = group.Index + group.Length;
        }
        return html + Html.Text(code[done..]);
    }

    [GeneratedRegex("""(?<c>(?<![^\s])#[^\n]*)|(?<s>"[^"\n]*"|'[^'\n]*')|(?<f>(?<=^|\n|&& |\| )[a-zA-Z][\w.-]*)""")]
    private static partial Regex Shell();

    [GeneratedRegex("""
        (?<c>\#[^\n]*)|(?<s>"[^"\n]*"|'[^'\n]*')|\b(?<k>and|as|assert|break|class|def|elif|else|except|False|for|from|if|import|in|is
        |lambda|None|not|or|pass|raise|return|True|try|while|with|yield)\b|\b(?<n>\d[\w.]*)|(?<f>[A-Za-z_]\w*)(?=\()
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Python();

    [GeneratedRegex("""
        (?<c>//[^\n]*)|(?<t>"(?:[^"\\\n]|\\.)*"(?=\s*:))|(?<s>"(?:[^"\\\n]|\\.)*")|\b(?<k>true|false|null)\b|(?<n>-?\b\d[\d.eE+-]*)
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Json();

    [GeneratedRegex("""(?<c><!--[\s\S]*?-->)|(?<t></?[A-Za-z][\w.:-]*)|(?<s>"[^"]*")""")]
    private static partial Regex Xml();
}
