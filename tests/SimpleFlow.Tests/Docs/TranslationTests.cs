using SimpleFlow.Site;
using SimpleFlow.Site.Markdown;
using SimpleFlow.Tests.Site;

namespace SimpleFlow.Tests.Docs;

/// <summary>A Chinese page has what its English page has. Whoever changes one, changes the other: the tests compare all that is written
/// alike in both.</summary>
public sealed class TranslationTests
{
    public static TheoryData<string> Chinese => [.. Pages.All.Where(page => Twins.LanguageOf(page) == Language.Chinese)];

    [Fact]
    public void Every_page_is_translated_or_the_contents_say_why_not()
    {
        var contents = Contents.Read(BuiltSite.Repository);
        Assert.Empty(contents.Untranslated(BuiltSite.Repository));
        Assert.All(contents.EnglishOnly.Keys, page =>
        {
            Assert.Contains(page, contents.Pages);
            Assert.Null(Twins.Of(page, BuiltSite.Repository));
        });
    }

    [Theory, MemberData(nameof(Chinese))]
    public void It_has_the_headings_of_the_English_page(string page) => AssertAlike(page, one => one.Headings);

    [Theory, MemberData(nameof(Chinese))]
    public void It_has_the_code_the_commands_and_the_outputs_of_the_English_page(string page) => AssertAlike(page, one => one.Blocks);

    [Theory, MemberData(nameof(Chinese))]
    public void Its_tables_have_the_rows_and_columns_of_the_English_page(string page) => AssertAlike(page, one => one.Tables);

    [Theory, MemberData(nameof(Chinese))]
    public void Its_links_lead_where_those_of_the_English_page_lead(string page)
    {
        AssertAlike(page, one => one.Links);
        Assert.Empty(new TranslatedPage(page).LinksToEnglish);
    }

    [Theory, MemberData(nameof(Chinese))]
    public void Each_section_has_the_figures_and_the_names_of_the_English_page(string page) => AssertAlike(page, one => one.Figures);

    private static void AssertAlike<T>(string page, Func<TranslatedPage, IEnumerable<T>> part)
    {
        var english = Twins.Of(page, BuiltSite.Repository);
        Assert.True(english is not null, $"{page} has no English page.");
        var (expected, actual) = (part(new TranslatedPage(english)).ToList(), part(new TranslatedPage(page)).ToList());
        var missing = string.Join('\n', expected.Except(actual));
        var other = string.Join('\n', actual.Except(expected));
        Assert.True(expected.SequenceEqual(actual), $"{english} has\n{missing}\nand {page} has\n{other}");
    }
}
