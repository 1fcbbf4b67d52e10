using System.Xml.Linq;
using SimpleFlow.Tests.Docs;

namespace SimpleFlow.Tests.Surface;

/// <summary>
/// The public surface, compared with that of the last version, which a release leaves in <c>Released</c> with its number in
/// <c>VERSION</c>. Until the first release there is nothing to compare with, and any version will do.
/// </summary>
public sealed class ReleasedSurfaceTests
{
    private const string Before =
        "2 types\n\nabstract class Op\n  abstract Node Run(Node x)\n\nsealed class Model\n  void Fit(int epochs)\n";

    private static readonly string Surface = Path.Combine(Pages.Repository, "tests", "SimpleFlow.Tests", "Surface");

    [Fact]
    public void The_version_fits_what_has_changed_since_the_last_one()
    {
        var number = Path.Combine(Surface, "Released", "VERSION");
        Assert.SkipUnless(File.Exists(number), "No version has been released yet.");
        var (last, version) = (Version.Parse(File.ReadAllText(number).Trim()), Current());
        if (version == last) return;                                       // nothing new is to be released yet
        foreach (var released in Directory.EnumerateFiles(Path.Combine(Surface, "Released"), "*.txt"))
        {
            var changes = SurfaceChanges.Between(File.ReadAllText(released), Now(Path.GetFileName(released)));
            var objection = changes.Objection(last, version);
            Assert.True(objection is null, $"{Path.GetFileName(released)}: {objection}");
        }
    }

    [Fact]
    public void What_is_public_now_differs_in_nothing_from_itself()
    {
        var files = Directory.GetFiles(Path.Combine(Surface, "Snapshots"), "*.txt");
        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            var changes = SurfaceChanges.Between(File.ReadAllText(file), File.ReadAllText(file));
            Assert.Empty(changes.Breaking.Concat(changes.Additions));
            // Taken away, a member is missed; not every one is tried.
            var lines = File.ReadAllLines(file);
            for (var i = 1; i < lines.Length; i += 9)
            {
                if (lines[i].StartsWith("  ", StringComparison.Ordinal))
                    Assert.Contains(lines[i].Trim(), Assert.Single(SurfaceChanges.Between(string.Join('\n', lines),
                        string.Join('\n', lines.Where((_, at) => at != i))).Breaking), StringComparison.Ordinal);
            }
        });
    }

    [Theory]
    [InlineData("void Fit(int epochs)", "void Fit(int epochs)\n  void Stop()", 0, 1)]                    // a member more
    [InlineData("void Fit(int epochs)", "void Fit(int rounds)", 1, 1)]                                    // a parameter's name
    [InlineData("void Fit(int epochs)", "void Fit(int epochs = 3)", 1, 1)]                                // a default value
    [InlineData("  void Fit(int epochs)\n", "", 1, 0)]                                                     // a member less
    [InlineData("sealed class Model", "class Model", 2, 2)]                                               // a heading
    [InlineData("abstract Node Run(Node x)", "abstract Node Run(Node x)\n  abstract int Size()", 1, 0)]   // one more to implement
    [InlineData("\nsealed class Model", "\nabstract class New\n  abstract int Size()\n\nsealed class Model", 0, 2)]
    public void A_change_is_breaking_or_an_addition(string text, string changed, int breaking, int additions)
    {
        var changes = SurfaceChanges.Between(Before, Before.Replace(text, changed, StringComparison.Ordinal));
        Assert.Equal((breaking, additions), (changes.Breaking.Count, changes.Additions.Count));
    }

    [Theory]
    [InlineData("1.2.3", "1.2.4", false, false, true)]
    [InlineData("1.2.3", "1.2.4", false, true, false)]
    [InlineData("1.2.3", "1.3.0", false, true, true)]
    [InlineData("1.2.3", "1.3.0", true, false, false)]
    [InlineData("1.2.3", "2.0.0", true, true, true)]
    [InlineData("0.1.0", "0.1.1", false, true, true)]
    [InlineData("0.1.0", "0.1.1", true, false, false)]
    [InlineData("0.1.0", "0.2.0", true, true, true)]
    [InlineData("0.1.0", "1.0.0", true, true, true)]
    [InlineData("1.2.3", "1.2.2", false, false, false)]
    public void A_version_fits_some_changes(string last, string version, bool breaks, bool adds, bool fits)
    {
        var changes = new SurfaceChanges(breaks ? ["removed: x"] : [], adds ? ["added: y"] : []);
        var objection = changes.Objection(Version.Parse(last), Version.Parse(version));
        Assert.Equal(fits, objection is null);
        if (!fits && breaks) Assert.Contains("removed: x", objection, StringComparison.Ordinal);
    }

    private static string Now(string file) => File.ReadAllText(Path.Combine(Surface, "Snapshots", file));

    // Without what comes after a minus: a preview of a version has to fit as that version has.
    private static Version Current() => Version.Parse(XDocument.Load(Path.Combine(Pages.Repository, "Rules.props")).Descendants("Version")
        .Single().Value.Split('-')[0]);
}
