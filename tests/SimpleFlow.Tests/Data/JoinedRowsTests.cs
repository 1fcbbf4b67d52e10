namespace SimpleFlow.Tests.Data;

/// <summary>Rows of several arrays as one, and rows that a function makes.</summary>
public class JoinedRowsTests
{
    [Fact]
    public void Joined_rows_are_those_of_the_parts_in_turn()
    {
        var whole = Enumerable.Range(0, 60).ToArray();
        var all = DataArray.From(whole).Reshape(20, 3);
        var joined = DataArray.Join(all.Slice(0, 7), all.Slice(7, 0), DataArray.From(whole[21..48]).Reshape(9, 3), all.Slice(16, 4));
        Assert.Equal([20, 3], joined.Dimensions.ToArray());
        Assert.Equal(whole, Whole(joined));
        for (var from = 0; from <= 20; from++)
        {
            for (var count = 0; count <= 20 - from;
            count++)
                Assert.Equal(whole[(3 * from)..(3 * (from + count))], Whole(joined.Slice(from, count)));
        }
        var floats = new float[12];
        joined.GatherRows([19, 6, 7, 16], floats);
        Assert.Equal([57, 58, 59, 18, 19, 20, 21, 22, 23, 48, 49, 50], floats.Select(number => (int)number));
        Assert.Equal(whole, Whole(joined.Reshape(20, 1, 3)));
    }

    [Fact]
    public void A_part_at_a_time_joins_to_the_same()
    {
        var joined = Enumerable.Range(1, 2_999).Aggregate(Row(0), (all, i) => DataArray.Join(all, Row(i)));
        var elements = Array.Empty<int>();
        // A frame for each part would not fit this stack.
        var thread = new Thread(() => elements = Whole(joined), 128 << 10);
        thread.Start();
        thread.Join();
        Assert.Equal(Enumerable.Range(0, 3_000), elements);

        static DataArray Row(int i) => DataArray.From(new[] { i }).Reshape(1, 1);
    }

    [Fact]
    public void A_window_that_drops_a_row_and_joins_another_stays_flat()
    {
        var window = DataArray.From(Enumerable.Range(0, 20).ToArray()).Reshape(20, 1);
        for (var i = 20; i < 3_000;
        i++)
            window = DataArray.Join(window.Slice(1, 19), DataArray.From(new[] { i }).Reshape(1, 1)).Reshape(20, 1);
        var elements = Array.Empty<int>();
        var thread = new Thread(() => elements = Whole(window), 128 << 10);
        thread.Start();
        thread.Join();
        Assert.Equal(Enumerable.Range(2_980, 20), elements);
        var selected = window;
        var refused = Assert.Throws<DataException>(() =>
        {
            for (var i = 0; i < 100; i++) selected = DataArray.Join(selected.SelectRows([1, 0]), window.Slice(0, 1));
        });
        Assert.Contains("selected 64 times", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_that_do_not_fit_are_named()
    {
        Assert.Contains("part 1 has [4, 2]", Assert.Throws<DataException>(() => DataArray.Join(new float[2, 3], new float[4, 2])).Message,
            StringComparison.Ordinal);
        Assert.Throws<DataException>(() => DataArray.Join(1f, 2f));
        Assert.Throws<ArgumentException>(() => DataArray.Join());
        DataArray many = DataArray.FromRows(int.MaxValue, [1], (_, _) => { });
        Assert.Contains("2,147,483,647 rows", Assert.Throws<DataException>(() => DataArray.Join(many, many)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_a_function_are_made_when_they_are_used()
    {
        var made = new List<int>();
        var rows = DataArray.FromRows(1_000_000_000, [2], (row, to) =>
        {
            made.Add(row);
            (to[0], to[1]) = (row % 1000, -1);
        });
        Assert.Empty(made);
        Assert.Equal([5, -1, 6, -1, 7, -1], Whole(rows.Slice(999_000_005, 3)));
        Assert.Equal([999_000_005, 999_000_006, 999_000_007], made);
        var broken = DataArray.FromRows(3, [2], (row, to) => to.Fill(row == 1 ? 0.5f : 1));
        Assert.StartsWith("Row 1: 0.5 is not a whole number", Assert.Throws<DataException>(() => Whole(broken)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Training_from_files_and_functions_gives_the_same_bits(bool isShuffled)
    {
        const int rows = 230;
        var (x, labels) = (new Placeholder("x", [null, 3]), new Placeholder("labels", [null], ElementType.Int32));
        var numbers = Enumerable.Range(0, 3 * rows).Select(i => MathF.Sin(i)).ToArray();
        var classes = Enumerable.Range(0, rows).Select(i => i * i % 5).ToArray();
        var path = Path.GetTempFileName();
        try
        {
            NpyFile.Write(path, DataArray.From(numbers).Reshape(rows, 3));
            var stored = NpyFile.Open(path);
            var made = DataArray.FromRows(rows, [], (row, to) => to[0] = classes[row]);
            DataArray joined = DataArray.Join(stored.Slice(0, 100), DataArray.From(numbers[300..]).Reshape(130, 3));
            var expected = Trained(new Dataset { [x] = DataArray.From(numbers).Reshape(rows, 3), [labels] = classes });
            Assert.Equal(expected, Trained(new Dataset { [x] = stored, [labels] = made }));
            Assert.Equal(expected, Trained(new Dataset { [x] = joined, [labels] = classes }));
        }
        finally
        {
            File.Delete(path);
        }

        double[] Trained(Dataset data)
        {
            var (train, test) = data.Split(0.8, stratify: labels);
            var scores = Layers.Dense(Layers.Dense(x, 7, Activation.Tanh), 5);
            var model = new Model(Losses.SoftmaxCrossEntropy(scores, labels), scores, new Adam(0.01f), seed: 3);
            var history = model.Fit(train, new FitOptions { Epochs = 3, BatchSize = 16, Shuffle = isShuffled, Validation = test });
            return [.. history.Epochs.Select(epoch => epoch.Loss), .. history.Epochs.Select(epoch => epoch.Validation!.Loss),
                .. model.Variables.SelectMany(variable => TensorMemory.ToArray(variable.Values)).Select(one => (double)one)];
        }
    }

    [Fact]
    public void An_error_of_a_function_reaches_the_caller()
    {
        var x = new Placeholder("x", [null, 2]);
        var model = new Model((x * new Variable("w", [2], Initializer.Constant(1))).Mean(), optimizer: new GradientDescent());
        var rows = DataArray.FromRows(100, [2], (row, _) =>
        {
            if (row == 70) throw new InvalidDataException("no such row");
        });
        Assert.Throws<InvalidDataException>(() =>
            model.Fit(new Dataset { [x] = rows }, new FitOptions { Epochs = 1, BatchSize = 10, Shuffle = false }));
    }

    [Fact]
    public void A_file_larger_than_an_array_is_trained_on_in_little_memory()
    {
        // Three gigabytes, of which the disk has some kilobytes: the rest is a hole.
        const int rows = 3_000_000, width = 1_000;
        var path = Path.GetTempFileName();
        try
        {
            using (var file = File.OpenWrite(path))
            {
                file.Write([0, 0, 8, 2, 0, 0x2D, 0xC6, 0xC0, 0, 0, 3, 0xE8]);
                file.SetLength(12 + (long)rows * width);
                file.Seek(12 + (rows - 1L) * width, SeekOrigin.Begin);
                file.WriteByte(200);
            }
            var x = new Placeholder("x", [null, width]);
            var w = new Variable("w", [width], Initializer.Constant(1));
            var model = new Model((x * w).Mean(), x.Sum(axis: 1), new GradientDescent(1));
            var data = new Dataset { [x] = IdxFile.Open(path, rank: 2) };
            var before = GC.GetTotalAllocatedBytes(precise: true);
            model.Fit(data, new FitOptions { Epochs = 1, BatchSize = 10, Sampler = _ => [.. Enumerable.Range(rows - 20, 20)] });
            Assert.Equal([0, 200], TensorMemory.ToArray(model.Predict(data.Skip(rows - 2))).Select(one => (int)one));
            Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 50_000_000);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static int[] Whole(DataArray array)
    {
        var whole = new int[array.Count];
        array.CopyTo(whole);
        return whole;
    }
}
