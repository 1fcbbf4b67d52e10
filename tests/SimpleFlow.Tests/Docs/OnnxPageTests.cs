namespace SimpleFlow.Tests.Docs;

/// <summary>The tables of ONNX's ops are those of the code.</summary>
public sealed class OnnxPageTests
{
    [Fact]
    public void Its_tables_are_those_of_the_code()
    {
        foreach (var page in OnnxPage.Pages)
        {
            var text = Read(page);
            Assert.Equal(OnnxPage.Written(text), text);
        }
    }

    [Fact(Explicit = true)]
    public void Refresh()
    {
        foreach (var page in OnnxPage.Pages)
            File.WriteAllText(Path.Combine(Pages.Repository, page), OnnxPage.Written(Read(page)));
    }

    private static string Read(string page) => string.Join('\n', Pages.Lines(page)) + "\n";
}
