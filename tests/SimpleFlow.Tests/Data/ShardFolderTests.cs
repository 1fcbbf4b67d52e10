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
    public void Tables_in_a_folder_are_one_array_of_their_columns()
    {
        using var folder = new Plots.TemporaryFolder();
        // Texts in quotes, a mark of the byte order, empty lines and other ends of lines shift no row; 40 is more than are read at once.
        File.WriteAllText(folder.File("part-000.csv"), "\uFEFFname,size,rent\r\n" + string.Concat(Enumerable.Range(0, 40)
            .Select(i => $"\"a \"\"b\"\",\n{i}\",{i},{10 * i}.5\r\n{(i % 7 == 0 ? "\r\n" : "")}")));
        File.WriteAllText(folder.File("part-001.csv"), "rent;size\n1,5;100\n2,5;200");
        var rows = ShardFolder.OpenColumns(folder.File(), "part-*.csv", ["rent", "size"]);
        Assert.Equal([42, 2], rows.Dimensions.ToArray());
        var values = new float[84];
        rows.CopyTo(values.AsSpan());
        Assert.Equal([.. Enumerable.Range(0, 40).SelectMany(i => new[] { 10 * i + 0.5f, i }), 1.5f, 100, 2.5f, 200], values);

        var some = new float[6];
        rows.GatherRows([41, 17, 16], some.AsSpan());
        Assert.Equal([2.5f, 200, 170.5f, 17, 160.5f, 16], some);
        var sizes = new int[2];
        ShardFolder.OpenColumns(folder.File(), "part-*.csv", ["size"]).GatherRows([33, 40], sizes.AsSpan());
        Assert.Equal([33, 100], sizes);
    }

    [Fact]
    public void A_table_that_cannot_stay_in_its_file_says_why()
    {
        using var folder = new Plots.TemporaryFolder();
        File.WriteAllText(folder.File("a.csv"), "x,y\n1,2\n3,\nred,4\n");
        File.WriteAllText(folder.File("wide.csv"), "x,y\n1,2\n", System.Text.Encoding.Unicode);
        Assert.Contains("there is no column 'z'", Message(() => CsvFile.Open(folder.File("a.csv"), ["z"])), StringComparison.Ordinal);
        Assert.Contains("a.csv: row 2, column 'y': nothing is not a number.", Message(() => Read("y")), StringComparison.Ordinal);
        Assert.Contains("a.csv: row 3, column 'x': 'red' is not a number.", Message(() => Read("x")), StringComparison.Ordinal);
        Assert.Contains("save it as CSV in UTF-8", Message(() => CsvFile.Open(folder.File("wide.csv"), ["x"])), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => CsvFile.Open(folder.File("a.csv"), []));

        void Read(string column) => CsvFile.Open(folder.File("a.csv"), [column]).CopyTo(new float[3].AsSpan());
        static string Message(Action action) => Assert.Throws<DataException>(action).Message;
    }

    [Fact]
    public void Ranks_train_on_tables_in_a_folder_as_on_arrays()
    {
        using var folder = new Plots.TemporaryFolder();
        float[] xs = [.. Enumerable.Range(0, 60).Select(i => i / 30f - 1)];
        for (var part = 0; part < 3; part++)
            File.WriteAllText(folder.File($"part-{part}.csv"), FormattableString.Invariant($"x,y\n{string.Join('\n',
                xs.Skip(20 * part).Take(20).Select(x => FormattableString.Invariant($"{x:R},{3 * x:R}")))}\n"));
        float[] Weights(DataArray inputs, DataArray targets, int ranks) => LocalCluster.OnEachRank(ranks, cluster =>
        {
            var (x, y) = (new Placeholder("x", [null, 1]), new Placeholder("y", [null, 1]));
            var model = new Model((Layers.Dense(x, 1) - y).Power(2).Mean(), optimizer: new GradientDescent(0.1f), threads: 1);
            model.Fit(new Dataset { [x] = inputs, [y] = targets }, new FitOptions { Epochs = 2, BatchSize = 6, Cluster = cluster },
                TestContext.Current.CancellationToken);
            return model.Variables.ToVector();
        })[0];
        DataArray Column(string name) => ShardFolder.OpenColumns(folder.File(), "part-*.csv", [name]);
        Assert.Equal(Weights(xs, Array.ConvertAll(xs, x => 3 * x), 2), Weights(Column("x"), Column("y"), 2));
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
