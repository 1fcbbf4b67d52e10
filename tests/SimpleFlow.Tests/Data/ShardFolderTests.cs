namespace SimpleFlow.Tests.Data;

public class ShardFolderTests
{
    [Fact]
    public void A_folder_of_shards_is_one_array_in_the_order_of_their_names()
    {
        using var folder = new Plots.TemporaryFolder();
        NpyFile.Write(Path.Combine(folder.File(), "part-001.npy"), new float[,] { { 3, 4 }, { 5, 6 } });
        NpyFile.Write(Path.Combine(folder.File(), "part-000.npy"), new float[,] { { 1, 2 } });
        NpyFile.Write(Path.Combine(folder.File(), "other.npy"), new float[,] { { 9 } });
        var rows = ShardFolder.Open(folder.File(), "part-*.npy");
        Assert.Equal([3, 2], rows.Dimensions.ToArray());
        var values = new float[6];
        rows.CopyTo(values.AsSpan());
        Assert.Equal([1, 2, 3, 4, 5, 6], values);
    }

    [Fact]
    public void Shards_of_bytes_are_scaled()
    {
        using var folder = new Plots.TemporaryFolder();
        for (byte part = 0; part < 2; part++)
            File.WriteAllBytes(Path.Combine(folder.File(), $"pixels-{part}.idx"), [0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, part, 10]);
        var values = new float[4];
        ShardFolder.Open(folder.File(), "*.idx", scale: 0.5f).CopyTo(values.AsSpan());
        Assert.Equal([0, 5, 0.5f, 5], values);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        using var folder = new Plots.TemporaryFolder();
        Assert.EndsWith("no file there is called *.npy.", Message(folder.File()), StringComparison.Ordinal);
        Assert.EndsWith("there is no such folder.", Message(Path.Combine(folder.File(), "none")), StringComparison.Ordinal);
        NpyFile.Write(Path.Combine(folder.File(), "a.npy"), new float[,] { { 1, 2 } });
        NpyFile.Write(Path.Combine(folder.File(), "b.npy"), new float[,] { { 1, 2, 3 } });
        Assert.Contains("b.npy: its dimensions [1, 3] are, apart from the first, not those of", Message(folder.File()),
            StringComparison.Ordinal);

        static string Message(string path) => Assert.Throws<DataException>(() => ShardFolder.Open(path, "*.npy")).Message;
    }

    [Fact]
    public void Each_rank_reads_the_rows_of_its_share_alone()
    {
        const int rows = 6000;
        var read = LocalCluster.OnEachRank(3, cluster =>
        {
            var seen = new HashSet<int>();
            var x = new Placeholder("x", [null, 1]);
            var model = new Model((Layers.Dense(x, 1) - 1f).Power(2).Mean(), optimizer: new GradientDescent(0.01f), threads: 1);
            model.Fit(new Dataset
            {
                [x] = DataArray.FromRows(rows, [1], (row, numbers) =>
                {
                    seen.Add(row);
                    numbers[0] = row % 7;
                }),
            }, new FitOptions { Epochs = 1, BatchSize = 500, Cluster = cluster }, TestContext.Current.CancellationToken);
            return seen;
        });
        Assert.Equal(rows, read.SelectMany(one => one).Distinct().Count());
        // Beside its third, each looks at 256 rows to compare the data with the others.
        Assert.All(read, one => Assert.InRange(one.Count, rows / 3, rows / 3 + 256));
    }
}
