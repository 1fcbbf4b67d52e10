namespace SimpleFlow.Tests.Data;

/// <summary>Reading tables, good and broken.</summary>
[Trait("Promise", "18")]
public class CsvTableTests
{
    private static readonly System.Buffers.SearchValues<char> Special = System.Buffers.SearchValues.Create("\",;\t\n\r");

    [Fact]
    public void Cells_are_read_as_the_standard_says()
    {
        var table = CsvTable.Parse("\uFEFFname, text ,n\r\nAda,\"says \"\"hi\"\", twice\",1\r\n\r\n Bob ,\"two\nlines\" , 2.5e1\nEva,,\n");
        Assert.Equal(["name", "text", "n"], table.Columns);
        Assert.Equal(3, table.Rows);
        Assert.Equal("says \"hi\", twice", table[0, 1]);
        Assert.Equal(("Bob", "two\nlines"), (table[1, 0], table[1, 1]));
        Assert.Equal(25, table.Number(1, 2));
        Assert.True(table.IsMissing(2, 1));
        Assert.Null(table.Number(0, 0));
        Assert.Equal("table: row 3 (line 6), column 'n'", table.Place(2, 2));
    }

    [Theory]
    [InlineData("a;b;c\n1,5;2;3\n", "1,5", "2")]
    [InlineData("a\tb\tc\n1,5\t2\t3", "1,5", "2")]
    [InlineData("\"a,a\",b,c\n1,2,3\n", "1", "2")]
    public void The_separator_is_found(string text, string first, string second)
    {
        var table = CsvTable.Parse(text);
        Assert.Equal(3, table.Columns.Count);
        Assert.Equal((first, second), (table[0, 0], table[0, 1]));
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData(",,\n1,2,3\n", "the first row names no column")]
    [InlineData(",column 1\n1,2\n", "two columns are called 'column 1'")]
    [InlineData("a,b,a\n", "two columns are called 'a'")]
    [InlineData("a,b\n1,2\n3\n", "row 2 (line 3) has 1 field, where the header has 2 columns")]
    [InlineData("a,b\n1,2\n\n3,4,5\n", "row 2 (line 4) has 3 fields")]
    [InlineData("a,b\n1,\"2\n3,4\n", "the quote that begins in row 1 (line 2) does not end")]
    [InlineData("a,b\n1,\"2\"3\n", "row 1 (line 2) has '3' after a closing quote")]
    public void What_is_broken_is_named_with_its_row(string text, string words) =>
        Assert.Contains(words, Assert.Throws<DataException>(() => CsvTable.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", true)]
    [InlineData("?", true)]
    [InlineData("NA", true)]
    [InlineData("n/a", true)]
    [InlineData("NaN", true)]
    [InlineData("null", true)]
    [InlineData("0", false)]
    [InlineData("none at all", false)]
    [InlineData("None", true)]
    [InlineData("#N/A", true)]
    [InlineData("<NA>", true)]
    [InlineData("-", true)]
    [InlineData("–", true)]
    [InlineData("#DIV/0!", true)]
    public void What_counts_as_missing(string cell, bool isMissing) =>
        Assert.Equal(isMissing, CsvTable.Parse($"a,b\n1,{cell}\n").IsMissing(0, 1));

    [Theory]
    [InlineData("1.5", 1.5)]
    [InlineData("-2e-3", -0.002)]
    [InlineData("1e400", null)]
    [InlineData("Infinity", null)]
    [InlineData("twelve", null)]
    public void Numbers_are_written_with_a_point(string cell, double? number) =>
        Assert.Equal(number, CsvTable.Parse($"a\n{cell}\n").Number(0, 0));

    [Fact]
    public void A_file_that_is_not_in_UTF_8_is_refused()
    {
        var path = Path.GetTempFileName();
        File.WriteAllBytes(path, [.. "name,n\nJ"u8, 0xFC, .. "rgen,1\n"u8]);          // as Windows-1252 has ü
        Assert.Matches("not in UTF-8.*FC", Assert.Throws<DataException>(() => CsvTable.Read(path)).Message);
        File.WriteAllText(path, "name,n\nJürgen,1\n", System.Text.Encoding.Unicode);          // its first two bytes tell
        Assert.Equal("Jürgen", CsvTable.Read(path)[0, 0]);
        File.Delete(path);
    }

    [Fact]
    public void A_hundred_thousand_columns_are_found_by_name()
    {
        var names = Enumerable.Range(0, 100_000).Select(i => $"c{i}").ToArray();
        var table = CsvTable.Parse(string.Join(',', names));
        Assert.All(names.Index(), one => Assert.Equal(one.Index, table.Column(one.Item)));
    }

    [Fact]
    public void Rows_can_be_chosen_and_keep_their_lines()
    {
        var chosen = CsvTable.Parse("a\nx\ny\nz\n").Select([2, 0]);
        Assert.Equal(("z", "x"), (chosen[0, 0], chosen[1, 0]));
        Assert.Contains("row 3 (line 4)", chosen.Place(0, 0), StringComparison.Ordinal);
        Assert.Contains("no column 'b'; there are 'a'", Assert.Throws<DataException>(() => chosen.Column("b")).Message,
            StringComparison.Ordinal);
        Assert.Contains("no such file", Assert.Throws<DataException>(() => CsvTable.Read("no/such.csv")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_written_as_the_standard_says_is_read()
    {
        string[] pieces = ["a", "7", " ", "\"", ",", ";", "\t", "\n", "\r\n", "é", "語", "😀", "NA"];
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var (separator, end, columns, rows) = (",;\t"[random.Next(3)], random.Next(2) == 0 ? "\n" : "\r\n", random.Next(2, 30),
                random.Next(0, 12));
            var cells = Enumerable.Range(0, rows)
                .Select(_ =>
                    Enumerable.Range(0, columns)
                        .Select(_ => string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => pieces[random.Next(pieces.Length)])))
                        .ToArray()).ToArray();
            var (text, line) = (new System.Text.StringBuilder(random.Next(2) == 0 ? "\uFEFF" : ""), 2);
            text.AppendJoin(separator, Enumerable.Range(0, columns).Select(i => $"c{i}")).Append(end);
            var lines = new int[rows];
            for (var row = 0; row < rows; row++)
            {
                lines[row] = line;
                text.AppendJoin(separator, cells[row].Select(Written)).Append(row == rows - 1 && random.Next(2) == 0 ? "" : end);
                line += 1 + cells[row].Sum(cell => cell.Count(one => one == '\n'));
            }
            var table = CsvTable.Parse(text.ToString());
            Assert.Equal((rows, columns), (table.Rows, table.Columns.Count));
            int[] chosen = [.. Enumerable.Range(0, rows).Where(_ => random.Next(2) == 0).Reverse()];
            var selected = table.Select(chosen);
            for (var row = 0; row < rows; row++)
            {
                for (var column = 0; column < columns; column++)
                {
                    Assert.Equal(cells[row][column], table[row, column]);
                    Assert.Equal(cells[row][column] is "" or "NA", table.IsMissing(row, column));
                }
                Assert.Equal($"table: row {row + 1} (line {lines[row]}), column 'c1'", table.Place(row, 1));
            }
            foreach (var (at, row) in chosen.Index()) Assert.Equal(cells[row][columns - 1], selected[at, columns - 1]);

            string Written(string cell) =>
                cell.AsSpan().ContainsAny(Special) || cell.StartsWith(' ') || cell.EndsWith(' ') || random.Next(4) == 0
                    ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
        }
    }

    [Fact]
    public void Names_in_quotes_are_found_and_compared_without_them()
    {
        var table = CsvTable.Parse("\"a\"\"b\",\"c\",d\n1,2,3\n");
        Assert.Equal(["a\"b", "c", "d"], table.Columns);
        Assert.Equal([0, 1, 2, -1, -1], ((string[])["a\"b", "c", "d", "a\"\"b", "e"]).Select(table.Find));
        Assert.Contains("two columns are called 'a\"b'", Assert.Throws<DataException>(() => CsvTable.Parse("\"a\"\"b\",a\"b\n")).Message,
            StringComparison.Ordinal);
    }
}
