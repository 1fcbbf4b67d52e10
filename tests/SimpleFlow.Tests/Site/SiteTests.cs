using System.Text.RegularExpressions;
using SimpleFlow.Site;
using SimpleFlow.Site.Markdown;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Site;

/// <summary>The whole site, as a server or a disk would show it.</summary>
[Collection(SiteCollection.Name)]
public sealed partial class SiteTests(BuiltSite site)
{
    [Fact]
    public void Every_page_of_docs_and_learn_is_in_a_section() =>
        Assert.Empty(Contents.Read(BuiltSite.Repository).Forgotten(BuiltSite.Repository));

    [Fact]
    public void No_link_is_dead()
    {
        var pages = site.Pages.ToDictionary(page => page.Path, StringComparer.Ordinal);
        var dead = new List<string>();
        foreach (var page in site.Pages)
        {
            foreach (var address in page.Addresses.Where(address => !address.Contains(':', StringComparison.Ordinal)))
            {
                var parts = address.Split('#', 2);
                var there = parts[0].Length == 0 ? page.Path : Paths.Resolve(page.Path, Uri.UnescapeDataString(parts[0]));
                if (there is null || !File.Exists(Path.Combine(site.Folder, there))) dead.Add($"{page.Path}: {address}");
                else if (parts.Length > 1 && !pages[there].Anchors.Contains(Uri.UnescapeDataString(parts[1])))
                    dead.Add($"{page.Path}: {address}: no such anchor");
            }
        }
        Assert.True(dead.Count == 0, string.Join("\n", dead.Take(40)));
    }

    /// <summary>A reader who opens the site tells nobody, and it works without a net.</summary>
    [Fact]
    public void Nothing_is_loaded_from_another_host()
    {
        var loaded = from page in site.Pages
                     from Match match in Loaded().Matches(page.Html)
                     where match.Value.Contains("//", StringComparison.Ordinal)
                     select $"{page.Path}: {match.Value}";
        Assert.Empty(loaded);
        Assert.DoesNotContain("url(http", File.ReadAllText(Path.Combine(site.Folder, "assets/site.css")), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_page_says_its_language_title_and_purpose()
    {
        Assert.True(site.PageCount > 400, $"only {site.PageCount} pages");
        Assert.All(site.Pages.Where(page => page.Path != "404.html"), page =>
        {
            var isChinese = ChinesePage().IsMatch(page.Path);
            Assert.Contains($"<html lang=\"{(isChinese ? "zh-CN" : "en")}\"", page.Html, StringComparison.Ordinal);
            Assert.Matches("<title>[^<]+</title>", page.Html);
            Assert.Matches("<meta name=\"description\" content=\"[^\"]+\">", page.Html);
            Assert.Single(FirstHeading().Matches(page.Html));
            var repeated = page.Ids.GroupBy(id => id).Where(group => group.Count() > 1).Select(group => $"{page.Path}#{group.Key}");
            Assert.Empty(repeated);
        });
    }

    [Fact]
    public void A_page_and_its_translation_lead_to_each_other()
    {
        var translated = site.Pages.Where(page => ChinesePage().IsMatch(page.Path)).ToList();
        Assert.NotEmpty(translated);
        foreach (var chinese in translated.Select(page => page.Path))
        {
            var english = chinese.Replace("zh-CN/", "", StringComparison.Ordinal);
            AssertLeads(english, chinese, "zh-CN");
            AssertLeads(chinese, english, "en");
        }
    }

    /// <summary>The list of pages has the Chinese ones, under their Chinese titles, and says which are English.</summary>
    [Fact]
    public void The_list_of_a_Chinese_page_leads_to_Chinese_pages()
    {
        var contents = Contents.Read(BuiltSite.Repository);
        var html = site["zh-CN/index.html"].Html;
        foreach (var page in contents.Pages.Where(page => page.StartsWith("docs/", StringComparison.Ordinal)))
        {
            var isEnglish = Twins.Of(page, BuiltSite.Repository) is null;
            var there = (isEnglish ? page : page.Replace("docs/", "docs/zh-CN/", StringComparison.Ordinal))[..^".md".Length];
            Assert.Matches($"href=\"../{there}.html\">{(isEnglish ? "[^<]+（英文）<" : "[^<]*[\u3400-\u9fff]")}", html);
        }
    }

    private void AssertLeads(string from, string to, string language) =>
        Assert.Contains($"class=\"language\" href=\"{Paths.Relative(from, to)}\" lang=\"{language}\"", site[from].Html,
            StringComparison.Ordinal);

    [Fact]
    public void Comments_for_the_tests_are_not_shown() =>
        Assert.DoesNotContain("program: ", site["start.html"].Html, StringComparison.Ordinal);

    /// <summary>The source breaks its lines where a browser would show a space.</summary>
    [Fact]
    public void No_space_is_within_a_Chinese_sentence()
    {
        var broken = from page in site.Pages
                     where ChinesePage().IsMatch(page.Path)
                     from Match match in BrokenSentence().Matches(page.Html)
                     select $"{page.Path}: {match.Value}";
        Assert.Empty(broken);
    }

    [Fact]
    public void A_bar_in_a_table_is_a_bar() =>
        Assert.Contains("<code>--recipe &lt;mlp|cnn|seed&gt;</code>", site["docs/cli.html"].Html, StringComparison.Ordinal);

    [Fact]
    public void Every_example_is_in_the_gallery()
    {
        var examples = BuiltSite.Repository.Files("examples", ".cs").Where(file => file.Count(letter => letter == '/') == 1);
        Assert.All(examples, example =>
        {
            Assert.Contains(Path.GetFileName(example), site["gallery.html"].Html, StringComparison.Ordinal);
            Assert.Contains(Path.GetFileName(example), site["zh-CN/gallery.html"].Html, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Every_public_type_and_member_is_in_the_reference()
    {
        var missing = new List<string>();
        foreach (var type in typeof(Model).Assembly.GetExportedTypes()
            .Where(type => !type.IsNested && !type.IsAssignableTo(typeof(Delegate))))
        {
            var name = type.FullName!.Split('`');
            var page = site.Pages.FirstOrDefault(page => page.Path == $"api/{name[0]}{(name.Length > 1 ? "-" + name[1] : "")}.html");
            if (page is null) missing.Add(type.FullName);
            else missing.AddRange(Methods(type).Where(method => !page.Anchors.Contains(method)).Select(method => $"{type.Name}.{method}"));
        }
        Assert.Empty(missing.Distinct());
    }

    /// <summary>The methods that a type declares, by name, without those behind properties and operators or of every record.</summary>
    private static IEnumerable<string> Methods(Type type) => type.GetMethods()
        .Where(method => method.DeclaringType == type && method.GetBaseDefinition() == method)
        .Select(method => method.Name).Where(name => !NotAMethod().IsMatch(name)).Distinct();

    [Theory]
    [InlineData(@"\frac{1}{n} \sum_i x_i^2", "<mfrac><mrow><mn>1</mn></mrow><mrow><mi>n</mi></mrow></mfrac>")]
    [InlineData(@"\sum_i x", "<munder><mo movablelimits=\"true\">∑</mo><mi>i</mi></munder>")]
    [InlineData("w_1'", "<msubsup><mi>w</mi><mn>1</mn><mrow><mo>′</mo></mrow></msubsup>")]
    [InlineData(@"\mathrm{loss} - 2.5", "<mi>loss</mi><mo>−</mo><mn>2.5</mn>")]
    [InlineData(@"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "<mtr><mtd><mn>3</mn></mtd><mtd><mn>4</mn></mtd></mtr>")]
    [InlineData(@"\left( x \right)", "<mo stretchy=\"true\" fence=\"true\">(</mo><mi>x</mi>")]
    public void A_formula_is_written_as_MathML(string formula, string part) =>
        Assert.Contains(part, LatexMath.ToMathMl(formula, isBlock: true), StringComparison.Ordinal);

    [Theory]
    [InlineData(@"\foo", "'\\foo' is not known")]
    [InlineData(@"\frac{1}", "something is missing at the end")]
    [InlineData("{x", "a '{' is not closed")]
    [InlineData("x}", "'}' closes nothing")]
    [InlineData(@"\begin{bag} x \end{bag}", "the environment 'bag' is not known")]
    [InlineData(@"\left( x", @"'\left' has no '\right'")]
    public void A_formula_that_cannot_be_read_is_an_error(string formula, string said)
    {
        var error = Assert.Throws<SiteException>(() => LatexMath.ToMathMl(formula, isBlock: false));
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_something_else_in_it_is_left_alone()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("letter.txt"), "Dear …");
        var error = Assert.Throws<SiteException>(() => new Build(BuiltSite.Repository).Into(folder.File()));
        Assert.Contains("name an empty folder", error.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.File("letter.txt")));
    }

    [GeneratedRegex("<(?:script|link|img|iframe|source|video|audio|object|embed)\\b[^>]*>")]
    private static partial Regex Loaded();

    [GeneratedRegex("^(?!source/).*zh-CN[/.]")]
    private static partial Regex ChinesePage();

    [GeneratedRegex("[\u3400-\u9fff，。：；]\n[\u3400-\u9fff]+")]
    private static partial Regex BrokenSentence();

    [GeneratedRegex("^(?:get|set|op|add|remove)_|<|^(?:Deconstruct|Equals)$")]
    private static partial Regex NotAMethod();

    [GeneratedRegex("<h1[ >]")]
    private static partial Regex FirstHeading();
}
