using System.Globalization;
using System.Text;
using SimpleFlow.Tests.Execution;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Cli;

/// <summary>Predicting for a table takes it some rows at a time.</summary>
[Trait("Promise", "10")]
[Collection(AloneCollection.Name)]
public sealed class LongTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_table_of_ten_times_as_many_rows_takes_no_more_memory()
    {
        var network = Trained();
        var (few, many) = (MostMemory(network, 40_000), MostMemory(network, 400_000));
        TestContext.Current.TestOutputHelper!.WriteLine($"{few:N0} bytes at most for 40,000 rows, {many:N0} for 400,000");
        Assert.InRange(many, 0, few + (1 << 20));
    }

    // Pieces begin and end within quotes, at blank lines and between the two signs of a line break:
    // what is said is that of the whole table.
    [Theory]
    [InlineData("\n", "UTF-8")]
    [InlineData("\r\n", "UTF-8")]
    [InlineData("\r", "UTF-16")]
    public void Its_pieces_say_what_the_whole_table_says(string lineBreak, string encoding)
    {
        var network = Trained();
        var path = _folder.File("odd.csv");
        var text = new StringBuilder("sep=;\ncolour;\"size\";note\n".Replace("\n", lineBreak, StringComparison.Ordinal));
        var random = new Random(5);
        for (var row = 0; row < 120_000; row++)
        {
            var note = (row % 5) switch { 0 => $"\"two{lineBreak}lines\"", 1 => "\"a \"\"quote\"\"; and more\"", 2 => "", _ => "é" };
            var size = random.Next(40) == 0 ? "NA" : $"{random.Next(-9, 9)},{random.Next(100):D2}";
            var colour = random.Next(1000) == 0 ? "black" : random.Next(2) == 0 ? "red" : "\"blue\"";
            text.Append(CultureInfo.InvariantCulture, $"{colour};{size};{note}{lineBreak}{(row % 7 == 0 ? lineBreak : "")}");
        }
        File.WriteAllText(path, text.ToString(), encoding == "UTF-8" ? new UTF8Encoding(true) : Encoding.Unicode);

        var loaded = Network.Load(network);
        var table = CsvTable.Read(path, new CsvOptions { Like = ((TableInput)loaded.Description.Input).Dialect });
        var said = new List<string>();
        var whole = loaded.ClassifyEncoded(((TableInput)loaded.Description.Input).Encode(table, said.Add));
        var run = ToolRun.Of("predict", network, path, "--out", _folder.File("said.csv"));
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(said.Select(sentence => $"simpleflow: {sentence}."), run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("120,000 predictions are in", run.Output, StringComparison.Ordinal);

        var written = CsvTable.Read(_folder.File("said.csv"), new CsvOptions { Delimiter = ',', Decimal = '.' });
        Assert.Equal(table.Rows, written.Rows);
        Assert.Equal(["colour", "size", "note", "predicted kind", "probability", "probability of a", "probability of b"], written.Columns);
        for (var row = 0; row < table.Rows; row++)
        {
            for (var column = 0; column < 3; column++) Assert.Equal(table[row, column], written[row, column]);
            Assert.Equal(whole[row].Class, written[row, 3]);
            Assert.Equal(whole[row].Probability.ToString(CultureInfo.InvariantCulture), written[row, 4]);
        }
    }

    [Theory]
    [InlineData("colour,size\nred,1\nblue,2,3\n", "row 2 (line 3) has 3 fields, where the header has 2 columns")]
    [InlineData("colour,size\nred,1\n\"blue,2\n", "the quote that begins in row 2 (line 3) does not end")]
    [InlineData("colour,size\nred,1\n\"blue\"x,2\n", "row 2 (line 3) has 'x' after a closing quote")]
    [InlineData("colour,size\nred,1\nblue,abc\n", "row 2 (line 3), column 'size': 'abc' is not a number")]
    [InlineData("colour,width\nred,1\n", "there is no column 'size'; there are 'colour', 'width'")]
    [InlineData("", "the file is empty")]
    public void A_broken_table_is_refused_by_its_row(string text, string words)
    {
        File.WriteAllText(_folder.File("broken.csv"), text);
        ToolRun.Of("predict", Trained(), _folder.File("broken.csv")).Failed(1, words);
    }

    [Fact]
    public void A_table_without_rows_has_no_predictions()
    {
        File.WriteAllText(_folder.File("none.csv"), "colour,size\n");
        var run = ToolRun.Of("predict", Trained(), _folder.File("none.csv")).Succeeded();
        Assert.Equal(["colour,size,predicted kind,probability,probability of a,probability of b"], run.Lines);
    }

    private string Trained()
    {
        var path = _folder.File("network");
        var table = CsvTable.Parse("colour,size,kind\nred,1.5,a\nblue,2.5,b\nred,-3,a\nblue,4,b\n");
        var input = TableInput.Of(table, "kind", out _);
        new Network(new NetworkDescription(input, ClassOutput.Of(table, "kind"), [new Layer.Dense(4)])).Save(path);
        return path;
    }

    private long MostMemory(string network, int rows)
    {
        var path = _folder.File($"{rows}.csv");
        using (var writer = new StreamWriter(path))
        {
            writer.WriteLine("colour,size");
            for (var row = 0; row < rows; row++) writer.WriteLine(row % 3 == 0 ? "red,1.25" : "blue,-2.5");
        }
        var watching = new WatchingWriter();
        Assert.Equal(0, SimpleFlow.Cli.Tool.Run(["predict", network, path], watching, new StringWriter()));
        Assert.Equal(rows + 1, watching.LineCount);
        return watching.Most;
    }

    // Forgets what it is given, and looks at what is in memory now and then.
    private sealed class WatchingWriter : StringWriter
    {
        private readonly long _before = Settled();

        public int LineCount { get; private set; }

        public long Most { get; private set; }

        // What earlier tests left behind must be gone before, or the first table seems to need less than nothing.
        private static long Settled()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return GC.GetTotalMemory(forceFullCollection: true);
        }

        public override void Write(char value) { }

        public override void Write(string? value) { }

        public override void WriteLine(string? value)
        {
            if (LineCount++ % 5000 == 0) Most = Math.Max(Most, GC.GetTotalMemory(forceFullCollection: true) - _before);
        }
    }
}
