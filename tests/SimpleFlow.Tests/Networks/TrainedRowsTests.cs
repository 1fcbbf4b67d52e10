using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Networks;

/// <summary>Which rows a network was trained on, known by their content.</summary>
[Trait("Promise", "18")]
public sealed class TrainedRowsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Placeholder _x = new("x", [null, 2]), _y = new("y", [null], ElementType.Int32);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_are_told_apart_by_their_content()
    {
        // Row 1 is in training and, as a twin, among those kept; row 3 is kept; the last has another target than in training.
        var trained = TrainedRows.Of(Rows((1, 0), (2, 0), (2, 0)), Rows((2, 0), (3, 1)));
        Assert.Equal(3, trained.Count);
        foreach (var rows in (TrainedRows[])[trained, TrainedRows.FromJson(trained.ToJson())])
        {
            var (known, others, unknown) = rows.Sort(Rows((1, 0), (2, 0), (2, 0), (2, 0), (3, 1), (4, 1), (1, 1)));
            Assert.Equal([0, 2, 3], known);
            Assert.Equal([1, 4, 5, 6], others);
            Assert.Empty(unknown);
        }
    }

    [Fact]
    public void Many_rows_keep_the_fingerprints_of_a_share()
    {
        const int Count = 300_000;
        var numbers = new float[Count, 2];
        for (var i = 0; i < Count; i++) (numbers[i, 0], numbers[i, 1]) = (i, 7);
        var all = new Dataset { [_x] = numbers };
        var rows = TrainedRows.Of(all.Take(Count - 10_000));
        Assert.Equal(290_000, rows.Count);
        Assert.InRange(rows.ToJson().Length, 1_300_000, 1_400_000);
        var (known, others, unknown) = TrainedRows.FromJson(rows.ToJson()).Sort(all);
        Assert.Equal(200_000, known.Length);
        Assert.InRange(others.Length, 6_500, 7_300);
        Assert.Equal(Count, known.Length + others.Length + unknown.Length);
        Assert.All(others, row => Assert.InRange(row, 290_000, Count));
    }

    [Fact]
    public void They_are_saved_with_the_network()
    {
        var network = new Network(new(new ImageInput(1, 1, 2), new ClassOutput("class", ["a", "b"]), []));
        var examples = network.EncodedDataset(DataArray.From(new float[] { 1, 2, 3, 4 }).Reshape(2, 1, 1, 2), new[] { 0, 1 });
        network.TrainedOn = TrainedRows.Of(examples.Take(1));
        network.Save(_folder.File("network"));
        Assert.Equal([0], Network.Load(_folder.File("network")).TrainedOn!.Sort(examples).Trained);
        network.TrainedOn = null;
        network.Save(_folder.File("network"));
        Assert.Null(Network.Load(_folder.File("network")).TrainedOn);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"rows":1,"limit":1099511627776,"trained":"AAAA","twins":""}""")]
    [InlineData("""{"rows":1,"limit":1099511627777,"trained":"","twins":""}""")]
    [InlineData("""{"rows":-1,"limit":1,"trained":"","twins":""}""")]
    [InlineData("""{"rows":2,"limit":1099511627776,"trained":"AQAAAAAAAAAAAA","twins":""}""")]
    [InlineData("""{"rows":1,"limit":1,"trained":"*","twins":""}""")]
    public void What_lies_is_refused(string json)
    {
        Assert.Throws<FormatException>(() => TrainedRows.FromJson(json));
        new Network(new(new ImageInput(1, 1, 2), new ClassOutput("class", ["a", "b"]), [])).Save(_folder.File("network"));
        var (tensors, metadata) = SafetensorsFile.Read(_folder.File("network"));
        SafetensorsFile.Write(_folder.File("network"), tensors, new Dictionary<string, string>(metadata) { ["simpleflow.trained"] = json });
        Assert.Contains("describes a network that cannot be built",
            Assert.Throws<DataException>(() => Network.Load(_folder.File("network"))).Message, StringComparison.Ordinal);
    }

    private Dataset Rows(params (float Number, int Class)[] rows)
    {
        var numbers = new float[rows.Length, 2];
        foreach (var (i, row) in rows.Index()) numbers[i, 0] = row.Number;
        return new Dataset { [_x] = numbers, [_y] = Array.ConvertAll(rows, row => row.Class) };
    }
}
