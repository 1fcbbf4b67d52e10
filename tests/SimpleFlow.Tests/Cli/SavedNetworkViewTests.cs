using SimpleFlow.Cli.Examples;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Cli;

/// <summary>Saved networks, explained, drawn and checked.</summary>
public sealed class SavedNetworkViewTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Kinds => ["table", "amount", "images", "text"];

    [Theory, MemberData(nameof(Kinds))]
    public void A_saved_network_is_explained_drawn_and_checked(string kind)
    {
        var path = Directory.CreateDirectory(_folder.File(kind)).FullName;
        Create(kind).Save(path);
        var explained = ToolRun.Of("explain", path, "--with-numbers").Succeeded().Output;
        Assert.Contains("scores/w", explained, StringComparison.Ordinal);
        Assert.Contains("right", ToolRun.Of("check", path).Succeeded().Lines[0], StringComparison.Ordinal);
        var picture = _folder.File("picture.svg");
        ToolRun.Of("draw", path, "--gradients", "--with-numbers", "--out", picture).Succeeded();
        Assert.Contains("scores", File.ReadAllText(picture), StringComparison.Ordinal);
        ToolRun.Of("draw", path, "--plan", "--out", picture).Succeeded();
    }

    [Fact]
    public void A_folder_without_a_network_is_named() =>
        ToolRun.Of("explain", Directory.CreateDirectory(_folder.File("empty")).FullName).Failed(1, "there is no network in this folder");

    [Fact]
    public void The_example_for_digits_is_what_the_tool_trains()
    {
        var example = ExampleNetwork.Create("mnist", seed: 1);
        Assert.Equal(["hidden 1/b [256]", "hidden 1/w [784, 256]", "scores/b [10]", "scores/w [256, 10]"],
            example.Model.Variables.Select(variable => $"{variable.Name} {variable.Shape}").Order(StringComparer.Ordinal));
        Assert.IsType<AdamW>(example.Model.Optimizer);
    }

    private static Network Create(string kind)
    {
        var table = CsvTable.Parse("x,colour,kind,amount\n1,red,a,2.5\n2,blue,b,3\n,red,a,7\n");
        return new Network(kind switch
        {
            "table" => new(TableInput.Of(table, "kind", out _), ClassOutput.Of(table, "kind"),
                [new Layer.Dense(3, Activation.Tanh), new Layer.Dropout(0.2f)]),
            "amount" =>
                new(TableInput.Of(table, "amount", out _), NumberOutput.Of(table, "amount"), [new Layer.Dense(3, Activation.Tanh)]),
            "images" => new(new ImageInput(3, 5, 4), new ClassOutput("class", ["a", "b"]), [new Layer.Conv2D(2, 3), new Layer.BatchNorm()]),
            _ => new(new TextInput("abc", 4), new NextCharacterOutput(3),
                [new Layer.Embedding(3, 4), new Layer.TransformerBlock(2, Causal: true)]),
        });
    }
}
