using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using SimpleFlow.Tests.Docs;

namespace SimpleFlow.Tests.Networks;

/// <summary>
/// Tables as people have them, in <c>tests/field/tables</c>: beside each .csv stands a .txt with what was said of it (its first line) and
/// the right answers, which are how the file is laid out, what each column is, the first of its values as a network gets them, what is left
/// out and why, what is said, and the error if there is one.
/// </summary>
[Trait("Promise", "22")]
public class FieldTableTests
{
    private const int Shown = 6;
    private static readonly string Folder = Path.Combine(Pages.Repository, "tests", "field", "tables");

    public static TheoryData<string> Tables =>
        [.. Directory.GetFiles(Folder, "*.csv").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Tables))]
    public void A_table_is_read_as_it_is_meant(string name)
    {
        var answers = Path.Combine(Folder, name + ".txt");
        Assert.Equal(File.ReadAllText(answers).ReplaceLineEndings("\n"), Answers(name, File.ReadLines(answers).First()));
    }

    /// <summary>Writes what comes out now: read each line of the difference, for it is what the next reader takes for right.</summary>
    [Fact(Explicit = true)]
    public void Refresh()
    {
        foreach (var name in Tables.Select(row => row.Data))
            File.WriteAllText(Path.Combine(Folder, name + ".txt"),
                Answers(name, File.ReadLines(Path.Combine(Folder, name + ".txt")).First()));
    }

    [Fact]
    public void The_folder_has_many_tables() => Assert.InRange(Tables.Count, 50, 500);

    private static string Answers(string name, string options)
    {
        var text = new StringBuilder(options + "\n");
        var said = options["options: ".Length..].Split(' ').Select(option => option.Split('=', 2)).ToDictionary(option => option[0],
            option => option[1], StringComparer.Ordinal);
        string[] Of(string option) => said.TryGetValue(option, out var values) ? values.Split(',') : [];
        try
        {
            var reading = new CsvOptions
            {
                Delimiter = said.TryGetValue("delimiter", out var delimiter) ? delimiter[0] : null,
                Decimal = said.TryGetValue("decimal", out var point) ? point[0] : null,
                Missing = Of("missing")
            };
            var table = CsvTable.Read(Path.Combine(Folder, name + ".csv"), reading);
            var notes = new List<string>();
            var target = said["target"];
            text.Append(CultureInfo.InvariantCulture, $"{table.Rows} rows: {table.Layout}\n");
            var input = TableInput.Of(table, target, out var skipped,
                new ColumnChoices { Ignore = Of("ignore"), Categorical = Of("categorical"), Numeric = Of("numeric") }, notes.Add);
            foreach (var column in input.Columns)
                text.Append(CultureInfo.InvariantCulture, $"'{column.Name}' {Described(column, table, input)}\n");
            foreach (var (column, why) in skipped) text.Append(CultureInfo.InvariantCulture, $"'{column}' is left out: {why}\n");
            foreach (var note in notes) text.Append(CultureInfo.InvariantCulture, $"said: {note}\n");
            var isClasses = ClassOutput.Suits(table, target);
            if (isClasses && ClassOutput.Objection(table, target) is { } objection)
                text.Append(CultureInfo.InvariantCulture, $"target: {objection}\n");
            else if (isClasses)
                text.Append(CultureInfo.InvariantCulture,
                    $"target: classes {string.Join(", ", ClassOutput.Of(table, target).Classes.Select(one => $"'{one}'"))}\n");
            else text.Append("target: amounts, ").Append(Amounts(table, target)).Append('\n');
        }
        catch (DataException exception)
        {
            text.Append("error: ").Append(exception.Message.Replace(Folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal))
                .Append('\n');
        }
        return text.ToString();
    }

    private static string Described(TableColumn column, CsvTable table, TableInput input)
    {
        var index = table.Column(column.Name);
        var cells = string.Join(", ", Enumerable.Range(0, Math.Min(Shown, table.Rows)).Select(row => Cell(table, row, index)));
        switch (column)
        {
            case NumberColumn number:
                var (encoded, at) = (new float[table.Rows * input.Width],
                    input.Columns.TakeWhile(one => one != column).Sum(one => one.Width));
                input.Encode(table).CopyTo(encoded);
                for (var row = 0; row < table.Rows; row++)
                {
                    var isMissing = table.Number(row, index) is null && (table.IsMissing(row, index) || number.TextIsMissing);
                    Assert.Equal(isMissing, number.MayBeMissing && encoded[row * input.Width + at + 1] == 1);
                    if (table.Number(row, index) is { } value)
                        Assert.Equal((value - number.Mean) / number.Deviation, encoded[row * input.Width + at], 1e-5);
                }
                return $"number{(number.MayBeMissing ? " or missing" : "")}: {cells}";
            case DateColumn date:
                return $"date{(date.HasTime ? " and time" : "")}{(date.MayBeMissing ? " or missing" : "")}, {date.Order}, the last "
                    + $"{date.Last.ToString("s", CultureInfo.InvariantCulture)}: {cells}";
            default:
                var values = ((CategoryColumn)column).Values;
                var first = Enumerable.Range(0, Math.Min(Shown, table.Rows))
                    .Select(row => values.Contains(table[row, index], StringComparer.Ordinal) ? Quoted(table[row, index])
                        : Cell(table, row, index));
                return $"text, {string.Join(", ", values.Select(Quoted))}: {string.Join(", ", first)}";
        }
    }

    private static string Amounts(CsvTable table, string target)
    {
        try
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"mean {NumberOutput.Of(table, target).Mean:0.######}, first {Cell(table, 0, table.Column(target))}");
        }
        catch (DataException exception)
        {
            return exception.Message.Replace(Folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
        }
    }

    private static string Quoted(string text) => $"'{text.ReplaceLineEndings("⏎")}'";

    private static string Cell(CsvTable table, int row, int column) =>
        table.Number(row, column) is { } number ? number.ToString("R", CultureInfo.InvariantCulture) : table.IsMissing(row, column)
            ? "missing" : Quoted(table[row, column]);
}
