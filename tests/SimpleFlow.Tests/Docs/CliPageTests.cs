namespace SimpleFlow.Tests.Docs;

/// <summary>The page of the command line says what the tool says.</summary>
public sealed class CliPageTests
{
    [Fact]
    public void It_says_what_the_tool_says()
    {
        var page = Read();
        Assert.Equal(CliPage.Written(page), page);
    }

    [Fact(Explicit = true)]
    public void Refresh() => File.WriteAllText(Path.Combine(Pages.Repository, CliPage.Path), CliPage.Written(Read()));

    private static string Read() => string.Join('\n', Pages.Lines(CliPage.Path)) + "\n";
}
