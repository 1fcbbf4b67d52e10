using System.Text.RegularExpressions;

namespace SimpleFlow.Tests.Docs;

/// <summary>The names and shapes of docs/weights.md are those of the layers.</summary>
public sealed partial class WeightsTests
{
    [Fact]
    public void Its_names_and_shapes_are_those_of_the_layers()
    {
        var (row, image, signal, sequence, word) = (new Placeholder("x", [null, 784]), new Placeholder("x", [null, 4, 9, 9]),
            new Placeholder("x", [null, 4, 9]), new Placeholder("x", [null, 5, 7]), new Placeholder("x", [null], ElementType.Int32));
        Node[] layers = [Layers.Dense(row, 128), Layers.Conv2D(image, 6, 3, name: "conv"), Layers.Conv1D(signal, 6, 3, name: "conv 1d"),
            Layers.ConvTranspose2D(image, 6, 3), Layers.BatchNorm(image), Layers.LayerNorm(sequence), Layers.GroupNorm(image, 2),
            Layers.RmsNorm(sequence), Layers.Embedding(word, 10, 3), Layers.Lstm(sequence, 8), Layers.Rnn(sequence, 8),
            Layers.Gru(sequence, 8), Layers.MultiHeadAttention(sequence, 1)];
        string[] recurrent = ["lstm", "rnn", "gru"];
        var sizes = new Dictionary<string, long>
        {
            ["inputs"] = 784,
            ["units"] = 128,
            ["channels out"] = 6,
            ["channels in / groups"] = 4,
            ["channels in"] = 4,
            ["channels out / groups"] = 6,
            ["height"] = 3,
            ["width"] = 3,
            ["channels"] = 4,
            ["count"] = 10,
            ["size"] = 3,
            ["features"] = 7,
        };
        var variables = GraphOrder.Of(layers).OfType<Variable>().ToDictionary(variable => variable.Name!, variable => variable.Shape);
        var named = new List<string>();
        foreach (var line in File.ReadLines(Path.Combine(Pages.Repository, "docs", "weights.md"))
            .Where(read => read.StartsWith("| `", StringComparison.Ordinal)))
        {
            var cell = line.Split('|')[1];
            foreach (Match name in Name().Matches(cell))
            {
                named.Add(name.Groups[1].Value);
                var (shape, units) = (Axes().Match(cell).Groups[1].Value.Split(", "),
                    recurrent.Contains(name.Groups[1].Value.Split('/')[0]) ? 8 : 128);
                Assert.Equal(variables[named[^1]].Select(size => size!.Value), shape.Select(axis => Size(axis, units)));
            }
        }
        Assert.Equal(variables.Keys.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));

        long Size(string axis, long units) => axis switch
        {
            "1" => 1,
            "units" => units,
            _ => axis.Split(" · ") is [var times, var of] ? long.Parse(times) * Size(of, units) : sizes[axis],
        };
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"\[([^\]]+)\]")]
    private static partial Regex Axes();
}
