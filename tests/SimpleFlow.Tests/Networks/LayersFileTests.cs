using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Networks;

/// <summary>Layers in files of JSON, good and bad.</summary>
[Trait("Promise", "10")]
public sealed class LayersFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Layers_are_read()
    {
        var path = Written("""[{"layer":"dense","units":8,"activation":"relu"}, {"layer":"dropout","rate":0.2}]""");
        Assert.Equal([new Layer.Dense(8, Activation.Relu), new Layer.Dropout(0.2f)], LayersFile.Read(path).Layers);
    }

    [Theory]
    [InlineData("[]", "There are no layers")]
    [InlineData("[{\"layer\":\"dance\"}]", "There is no layer 'dance'. If it is one of your own, register it before it is read")]
    [InlineData("{", "This is not a list of layers: line 1")]
    public void An_error_names_the_file_and_what_is_wrong(string json, string words)
    {
        var path = Written(json);
        var message = Assert.Throws<DataException>(() => LayersFile.Read(path)).Message;
        Assert.StartsWith($"{path}: ", message, StringComparison.Ordinal);
        Assert.Contains(words, message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_longer_than_layers_ever_are_is_not_read()
    {
        var json = "[" + string.Join(',', Enumerable.Repeat("{\"layer\":\"flatten\"}", 6000)) + "]";
        Assert.Contains("at most 100,000", Assert.Throws<DataException>(() => LayersFile.Read(Written(json))).Message,
            StringComparison.Ordinal);
        Assert.Contains("at most 100,000", Assert.Throws<GraphException>(() => Sequential.FromJson(json)).Message,
            StringComparison.Ordinal);
        Assert.Contains("no such file", Assert.Throws<DataException>(() => LayersFile.Read(_folder.File("none"))).Message,
            StringComparison.Ordinal);
    }

    private string Written(string json)
    {
        var path = _folder.File("layers.json");
        File.WriteAllText(path, json);
        return path;
    }
}
