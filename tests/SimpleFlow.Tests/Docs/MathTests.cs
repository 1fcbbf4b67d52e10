using System.Text.RegularExpressions;

namespace SimpleFlow.Tests.Docs;

/// <summary>Formulas on the pages: a word among them must be marked as one, or LaTeX sets it as a
/// product of letters, <c>l·o·s·s</c>.</summary>
public sealed partial class MathTests
{
    public static TheoryData<string> All => [.. Pages.All];

    [Theory, MemberData(nameof(All))]
    public void Words_in_formulas_are_set_as_words(string page)
    {
        var loose = from formula in Formulas(Pages.Lines(page))
                    from Match word in Word().Matches(Marked().Replace(formula.Text, " "))
                    select $"{page}:{formula.Line}: {word.Value} in {formula.Text}";
        Assert.Empty(loose);
    }

    [Fact]
    public void A_word_that_is_not_marked_is_found()
    {
        Assert.Equal(["loss", "pre"], Formulas(["$loss + y_{pre}$ and `$code$`"])
            .SelectMany(formula => Word().Matches(Marked().Replace(formula.Text, " "))).Select(word => word.Value));
        Assert.Empty(Formulas(["```math", @"\mathrm{loss} = \sum_i dw", "```"])
            .SelectMany(formula => Word().Matches(Marked().Replace(formula.Text, " "))));
    }

    private static IEnumerable<(int Line, string Text)> Formulas(string[] lines)
    {
        var fence = "";
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                fence = fence.Length > 0 ? "" : lines[i];
            }
            else if (fence == "```math")
            {
                yield return (i + 1, lines[i]);
            }
            else if (fence.Length == 0)
            {
                foreach (Match formula in Inline().Matches(Code().Replace(lines[i], ""))) yield return (i + 1, formula.Value);
            }
        }
    }

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\$[^$]+\$")]
    private static partial Regex Inline();

    // Commands, and what stands in the ones that set a word.
    [GeneratedRegex(@"\\(?:mathrm|text|operatorname|begin|end)\{[^}]*\}|\\[a-zA-Z]+")]
    private static partial Regex Marked();

    // Two letters may be a product, or a differential.
    [GeneratedRegex("[a-zA-Z]{3,}")]
    private static partial Regex Word();
}
