namespace SimpleFlow.Tests.Growth;

/// <summary>How many bytes data take, by what is allocated.</summary>
public class DataGrowthTests
{
    [Fact]
    public void A_stratified_split_takes_a_byte_a_row_beside_the_rows_and_the_labels()
    {
        const int rows = 400_000;
        var labels = new Placeholder("labels", [null], ElementType.Int32);
        var numbers = new int[rows];
        for (var i = 0; i < rows; i++) numbers[i] = i * 7919 % 10;
        var data = new Dataset { [labels] = numbers };
        var plain = Bytes(() => data.Split(0.8));
        var stratified = Bytes(() => data.Split(0.8, stratify: labels));
        // The labels as whole numbers, and whether a row is taken.
        Assert.InRange(stratified - plain, 0, rows * 5 + 20_000);
    }

    [Theory]
    [InlineData(0.8)]
    [InlineData(0.5)]
    [InlineData(0.33)]
    public void A_stratified_split_gives_every_class_its_share_and_each_row_once(double fraction)
    {
        const int rows = 1_003;
        var labels = new Placeholder("labels", [null], ElementType.Int32);
        var x = new Placeholder("x", [null], ElementType.Int32);
        var random = new Random(1);
        int[] classes = [.. Enumerable.Range(0, rows).Select(_ => random.Next(10) == 0 ? -7 : random.Next(4) * 1_000_000)];
        var (train, others) = new Dataset { [labels] = classes, [x] = Enumerable.Range(0, rows).ToArray() }.Split(fraction,
            stratify: labels);
        var (first, second) = (Whole(train[x]), Whole(others[x]));
        Assert.Equal((int)Math.Round(fraction * rows), first.Length);
        Assert.Equal(Enumerable.Range(0, rows), first.Concat(second).Order());
        foreach (var of in classes.GroupBy(label => label))
            Assert.InRange(first.Count(row => classes[row] == of.Key), of.Count() * fraction - 1, of.Count() * fraction + 1);
        // Which row is whose does not depend on where the labels are read.
        Assert.Equal(first.Select(row => classes[row]), Whole(train[labels]));
    }

    [Fact]
    public void Windows_of_a_text_take_four_bytes_a_character_however_much_they_overlap()
    {
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(i => "abcdef ghij"[i * 7 % 11]));
        var vocabulary = Vocabulary.Of(text);
        vocabulary.Windows(text, 64, 16);
        Assert.InRange(Bytes(() => vocabulary.Windows(text, 64, 1)), 0, 4 * text.Length + 2_000);
    }

    [Fact]
    public void Windows_are_what_copies_would_be()
    {
        const string text = "to be, or not to be 🙂 that is 🙂 the question";
        var vocabulary = Vocabulary.Of(text);
        var numbers = vocabulary.Encode(text);
        for (var stride = 1; stride < 9; stride++)
        {
            var (pieces, next) = vocabulary.Windows(text, 7, stride);
            var (now, after) = (Whole(pieces), Whole(next));
            Assert.Equal((numbers.Length - 8) / stride + 1, pieces.Rows);
            for (var i = 0; i < now.Length; i++)
            {
                Assert.Equal(numbers[i / 7 * stride + i % 7], now[i]);
                Assert.Equal(numbers[i / 7 * stride + i % 7 + 1], after[i]);
            }
            // Under other dimensions, in part, and as floats too.
            Assert.Equal(now, Whole(pieces.Reshape(pieces.Count)));
            Assert.Equal(now[7..], Whole(pieces.Slice(1, pieces.Rows - 1)));
            var floats = new float[14];
            pieces.GatherRows([1, 0], floats);
            Assert.Equal([.. now[7..14], .. now[..7]], floats.Select(one => (int)one));
        }
    }

    [Fact]
    public void A_column_of_many_texts_takes_one_number_a_row()
    {
        const int rows = 20_000, texts = 2_000;
        var table = CsvTable.Parse("word,y\n" + string.Concat(Enumerable.Range(0, rows)
            .Select(row => FormattableString.Invariant($"w{row * 7919 % texts},{row % 3}\n"))));
        var input = TableInput.Of(table, "y", out _);
        var column = Assert.IsType<CategoryColumn>(Assert.Single(input.Columns));
        Assert.Equal((texts, true, 1), (column.Values.Count, column.AsIndex, input.Width));
        // The number, and for each text its place and a copy of it while it is looked up.
        Assert.InRange(Bytes(() => input.Encode(table)), 4 * rows, 4 * rows + 200 * texts + 10_000);
        var numbers = Whole(input.Encode(table));
        for (var row = 0; row < rows;
        row++)
            Assert.Equal(FormattableString.Invariant($"w{row * 7919 % texts}"), column.Values[numbers[row]]);
        Assert.Equal([texts], Whole(input.Encode(CsvTable.Parse("word\nunheard of\n"))));
    }

    [Fact]
    public void Fifty_thousand_texts_are_an_input_like_any_other()
    {
        const int texts = 50_000;
        var table = CsvTable.Parse("word,y\n" + string.Concat(Enumerable.Range(0, 2 * texts)
            .Select(row => FormattableString.Invariant($"w{row % texts},{row % 2}\n"))));
        var input = TableInput.Of(table, "y", out _, new ColumnChoices { Categorical = ["word"] });
        var network = new Network(new(input, ClassOutput.Of(table, "y"), []), new Adam(0.01f));
        network.Model.Fit(network.Dataset(table).Take(1_000), epochs: 1, batchSize: 100);
        Assert.Equal(50 * (texts + 1), network.Model.Variables.First(variable => variable.Name == "word/table").Shape.ElementCount);
    }

    [Fact]
    public void Vectors_that_do_not_fit_are_refused_by_the_name_of_their_column()
    {
        var column = new CategoryColumn("word", [.. Enumerable.Range(0, 5_000).Select(i => $"w{i}")]);
        var table = CsvTable.Parse("word,n\n" + string.Concat(Enumerable.Range(0, 2_000).Select(i => $"w{i},1\n")));
        using var pretence = MemoryBudget.Pretend(10_000_000);
        var refused = Assert.Throws<MemoryException>(() => new TableInput([new NumberColumn("n", 0, 1, false), column]).Encode(table));
        Assert.Contains("column 'word' makes 5,001", refused.Message, StringComparison.Ordinal);
        Assert.Contains("EncodePieces", refused.Message, StringComparison.Ordinal);
    }

    private static int[] Whole(DataArray array)
    {
        var elements = new int[array.Count];
        array.CopyTo(elements);
        return elements;
    }

    private static long Bytes(Action action)
    {
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
