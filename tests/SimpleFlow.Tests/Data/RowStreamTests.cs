namespace SimpleFlow.Tests.Data;

/// <summary>Examples that come one after the other, and of which only two windows are in memory.</summary>
public sealed class RowStreamTests : IDisposable
{
    private const int Count = 100;
    private readonly Plots.TemporaryFolder _folder = new();
    private readonly Placeholder _x = new("x", [null, 2]), _y = new("y", [null, 1]);
    private int _begun, _given;

    public void Dispose() => _folder.Dispose();

    private IEnumerable<int> Examples(int count = Count)
    {
        _begun++;
        for (var i = 0; i < count; i++)
        {
            _given++;
            yield return i;
        }
    }

    private static void Write(int example, Span<float> row) => (row[0], row[1]) = (MathF.Sin(example), MathF.Cos(example));

    private Dataset Streamed(int window, int count = Count)
    {
        var stream = new RowStream<int>(Examples(), count, window);
        return new Dataset { [_x] = stream.Rows([2], Write), [_y] = stream.Numbers(example => example % 7).Reshape(count, 1) };
    }

    private Dataset InMemory()
    {
        var rows = new float[Count * 2];
        for (var i = 0; i < Count; i++) Write(i, rows.AsSpan(2 * i, 2));
        return new Dataset
        {
            [_x] = DataArray.From(rows).Reshape(Count, 2),
            [_y] = DataArray.From(Enumerable.Range(0, Count).Select(i => i % 7f).ToArray()).Reshape(Count, 1),
        };
    }

    private Model Net()
    {
        var prediction = Layers.Dense(Layers.Dense(_x, 8, Activation.Tanh, name: "hidden"), 1, name: "output");
        return new Model(Losses.MeanSquaredError(prediction, _y), prediction, new Adam(0.01f), seed: 3);
    }

    private static float[] Weights(Model model) => [.. model.Variables.SelectMany(variable => variable.Values.ToArray())];

    [Theory, InlineData(Count), InlineData(1_000)]
    public void If_all_fit_into_a_window_it_is_as_if_they_were_in_memory(int window)
    {
        var (streamed, whole) = (Net(), Net());
        streamed.Fit(Streamed(window), epochs: 3, batchSize: 7);
        whole.Fit(InMemory(), epochs: 3, batchSize: 7);
        Assert.Equal(Weights(whole), Weights(streamed));
    }

    [Theory, InlineData(1), InlineData(10), InlineData(16), InlineData(64)]
    public void Every_epoch_visits_each_once_in_windows_of_random_order_and_reads_the_sequence_once(int window)
    {
        var data = Streamed(window);
        var orders = Enumerable.Range(0, 3).Select(epoch => data.Batches(9, epoch, seed: 5).SelectMany(batch => Rows(batch)).ToList())
            .ToList();
        foreach (var order in orders)
        {
            Assert.Equal(Enumerable.Range(0, Count), order.Order());
            foreach (var (place, row) in order.Index()) Assert.Equal(place / window, row / window);
        }
        // What fits into two windows is read once for all.
        Assert.Equal(2 * window >= Count ? (1, Count) : (3, 3 * Count), (_begun, _given));
        if (window > 1) Assert.NotEqual(orders[0], orders[1]);
        Assert.Equal(orders[1], Streamed(window).Batches(9, 1, seed: 5).SelectMany(batch => Rows(batch)));

        IEnumerable<int> Rows(Feed batch)
        {
            var numbers = new float[batch[_x].Count];
            batch[_x].CopyTo(numbers);
            return Enumerable.Range(0, batch[_x].Rows)
                .Select(i => Enumerable.Range(0, Count).Single(row => numbers[2 * i] == MathF.Sin(row))).ToList();
        }
    }

    [Fact]
    public void A_fit_is_resumed_within_an_epoch_to_the_same_bits()
    {
        var whole = Net();
        var options = new FitOptions
        {
            Epochs = 4,
            BatchSize = 7,
            Validation = InMemory(),
        };
        whole.Fit(Streamed(16), options);

        FitOptions Until(int steps, CancellationTokenSource stop) =>
            options with { Callbacks = [new Checkpoint(_folder.File("run"), everySteps: 5), new StopAfter(steps, stop)] };
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Net().Fit(Streamed(16), Until(23, stop), stop.Token));
        var resumed = Net();
        var resuming = Until(int.MaxValue, stop) with { Resume = _folder.File("run") };
        resumed.Fit(Streamed(16), resuming);
        Assert.Equal(Weights(whole), Weights(resumed));
        var other = Assert.Throws<DataException>(() => Net().Fit(Streamed(20), resuming with { Epochs = 5 }));
        Assert.Contains("windows of 16", other.Message, StringComparison.Ordinal);
    }

    private sealed class StopAfter(int steps, CancellationTokenSource source) : Callback
    {
        private int _steps;

        protected internal override void AfterStep(TrainingRun run)
        {
            if (++_steps == steps) source.Cancel();
        }
    }

    [Fact]
    public void Another_number_of_examples_than_announced_is_said()
    {
        Assert.Contains("ends after 100 examples; 120 were announced",
            Assert.Throws<DataException>(() => Net().Fit(Streamed(10, 120), epochs: 1)).Message, StringComparison.Ordinal);
        Assert.Contains("continues after the 90 examples",
            Assert.Throws<DataException>(() => Net().Fit(Streamed(10, 90), epochs: 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_are_divided_by_their_order_and_not_picked()
    {
        var data = Streamed(10);
        var numbers = new float[2 * 30];
        data.Skip(70)[_x].CopyTo(numbers);
        Assert.Equal(MathF.Sin(99), numbers[58]);
        Net().Fit(data.Take(70), new FitOptions { Epochs = 2, Validation = data.Skip(70) });
        Action[] picked =
        [
            () => data.Split(0.5), () => data.Sample(3), () => data[_x].SelectRows([5, 1]), () => data.Take(50).Split(0.5),
            () => DataArray.Join(data[_x], new float[3, 2]).SelectRows([1, 0]), () => data[_y].OneHot(7).SelectRows([1, 0]),
        ];
        Assert.All(picked, pick => Assert.Contains("Take and Skip", Assert.Throws<DataException>(pick).Message, StringComparison.Ordinal));
        Assert.Contains("sampler", Assert.Throws<DataException>(() =>
            Net().Fit(data, new FitOptions { Epochs = 1, Sampler = _ => [1, 2] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_writer_leaves_is_zero()
    {
        var stream = new RowStream<int>(Examples(), Count);
        foreach (var rows in new[] { stream.Rows([2], (example, row) => row[1] = example),
            DataArray.FromRows(Count, [2], (example, row) => row[1] = example) })
        {
            var numbers = Enumerable.Repeat(9f, 2 * Count).ToArray();
            rows.CopyTo(numbers);
            Assert.Equal(Enumerable.Range(0, 2 * Count).Select(i => i % 2 == 0 ? 0f : i / 2), numbers);
        }
    }

    [Fact]
    public void A_function_is_called_by_one_thread_at_a_time()
    {
        var (inside, most) = (0, 0);
        var rows = DataArray.FromRows(400, [1], (_, row) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            Thread.SpinWait(2_000);
            Interlocked.Decrement(ref inside);
        });
        Parallel.For(0, 8, _ => rows.CopyTo(new float[400]));
        Assert.Equal(1, most);
    }

    [Fact]
    public void Only_two_windows_are_kept()
    {
        var kept = new List<WeakReference>();
        var stream = new RowStream<byte[]>(Large(), 1_000, window: 20);
        var rows = stream.Rows([1], (example, row) => row[0] = example[0]);
        rows.CopyTo(new float[1_000]);
        GC.Collect();
        Assert.Equal(40, kept.Count(one => one.IsAlive));
        stream.Dispose();
        GC.Collect();
        Assert.InRange(kept.Count(one => one.IsAlive), 0, 1);          // the last may still be in a register
        GC.KeepAlive(stream);

        IEnumerable<byte[]> Large()
        {
            for (var i = 0; i < 1_000; i++) yield return Made((byte)i);
        }

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        byte[] Made(byte number)
        {
            byte[] made = [number];
            kept.Add(new WeakReference(made));
            return made;
        }
    }

    [Fact]
    public void An_error_in_the_sequence_is_the_error_of_the_fit()
    {
        var stream = new RowStream<int>(Enumerable.Range(0, Count).Select(i => i < 60 ? i : throw new IOException("the line is dead")),
            Count, 10);
        var data = new Dataset { [_x] = stream.Rows([2], Write), [_y] = stream.Numbers(example => example).Reshape(Count, 1) };
        Assert.Equal("the line is dead", Assert.Throws<IOException>(() => Net().Fit(data, epochs: 1, batchSize: 5)).Message);
    }

    [Theory, InlineData("class"), InlineData("number")]
    public void A_table_is_trained_on_piece_by_piece_as_it_is_whole(string target)
    {
        var path = _folder.File("table.csv");
        var random = new Random(1);
        File.WriteAllLines(path, Enumerable.Range(0, 2_500).Select(row =>
        {
            var (a, b) = (random.NextDouble(), random.Next(3));
            return $"{a:F4},{"xyz"[b]},{(a > 0.5 ? "high" : "low")},{a * 3 + b:F3}";
        }).Prepend("a,b,class,number"));
        var table = CsvTable.Read(path);
        var first = CsvTable.ReadPieces(path, 1_000).First();
        Assert.Equal([1_000, 1_000, 500], CsvTable.ReadPieces(path, 1_000).Select(piece => piece.Rows));
        Assert.Equal(table[999, 0], first[999, 0]);
        var choices = new ColumnChoices { Ignore = [target == "class" ? "number" : "class"] };
        var input = TableInput.Of(first, target, out _, choices);
        NetworkOutput output = target == "class" ? new ClassOutput("class", ["high", "low"]) : NumberOutput.Of(first, "number");
        var (whole, pieces) = (Made(), Made());
        whole.Model.Fit(whole.Dataset(table), epochs: 2);
        pieces.Model.Fit(pieces.StreamedDataset(path), epochs: 2);
        Assert.Equal(Weights(whole.Model), Weights(pieces.Model));
        Assert.Equal(whole.Model.Evaluate(whole.Dataset(table)).Loss, whole.Model.Evaluate(whole.StreamedDataset(path, window: 100)).Loss);

        Network Made() => new(new NetworkDescription(input, output, [new Layer.Dense(8, Activation.Relu)]), new Adam());
    }
}
