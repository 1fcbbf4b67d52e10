using System.Globalization;
using SimpleFlow.Cli.Code;
using SimpleFlow.Tests.Learn;
using SimpleFlow.Tests.Packaging;
using SimpleFlow.Tests.Plots;
using SkiaSharp;

namespace SimpleFlow.Tests.Cli;

/// <summary><c>simpleflow inspect MODEL --code</c>: the program that it prints compiles without a warning, runs, and says what
/// <c>simpleflow predict</c> says.</summary>
public sealed class NetworkProgramTests : IDisposable
{
    // Ends of literals, comments and interpolations; keywords; other scripts; what turns, breaks or hides a line.
    private static readonly string[] OddNames = ["class", "a \"b\" \\c", "姓名", "tab\there", "line\nbreak", "{0} {x}", "// */ comment",
        "right\u202eleft", "line\u2028separator", "\u0085next\u0007bell", "🦄 \u200d", "no\u00a0break", "' or 1", "$@\"", "\\u0041",
        new string('长', 300)];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_table_with_odd_names_of_columns_and_classes_is_classified_alike()
    {
        var table = OddTable(OddNames, "kind \"of\" {it}\n", row => OddNames[row % OddNames.Length]);
        var network = new Network(new(TableInput.Of(table, "kind \"of\" {it}\n", out _), ClassOutput.Of(table, "kind \"of\" {it}\n"),
            [new Layer.Dense(4)]));
        ComparedWithPredict(network, Directory.CreateDirectory(_folder.File("网络 {0} it's")).FullName);
    }

    [Fact]
    public void Amounts_from_numbers_dates_times_truth_values_and_missing_cells_are_estimated_alike()
    {
        var rows = Enumerable.Range(0, 40).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"{(i % 7 == 0 ? "" : $"{i * 1.5}")},{i % 28 + 1}.{i % 12 + 1}.2024,2024-03-{i % 28 + 1:D2} 1{i % 10}:30:15,"
                + $"{(i % 2 == 0 ? "true" : "false")},{i * 1e12},{i * 3 + 1}"));
        var table = CsvTable.Parse($"size,day,moment,good,huge,price\n{string.Join('\n', rows)}\n");
        var network = Amounts(table);
        Assert.Equal(2, ((TableInput)network.Description.Input).Columns.OfType<DateColumn>().Count());
        ComparedWithPredict(network, _folder.File("prices.safetensors"), File("rows.csv", "size,day,moment,good,huge\n"
            + string.Join('\n', rows.Select(row => row[..row.LastIndexOf(',')]))));
    }

    [Fact]
    public void A_column_of_many_texts_is_used_alike()
    {
        var table = OddTable(["town"], "price", row => $"{row}", row => $"town {row % 20}");
        var network = Amounts(table);
        Assert.Contains("and 15 more", Program(network, _folder.File("towns.safetensors")), StringComparison.Ordinal);
        ComparedWithPredict(network, _folder.File("towns.safetensors"));
    }

    [Theory]
    [InlineData(1, true), InlineData(3, true), InlineData(1, false), InlineData(3, false)]
    public void Pictures_and_pixels_give_what_predict_gives(int channels, bool hasClasses)
    {
        NetworkOutput output = hasClasses ? new ClassOutput("class", OddNames) : new NumberOutput("age", 30, 12);
        var network = new Network(new(new ImageInput(channels, 9, 7), output, [new Layer.Conv2D(2, 3), new Layer.BatchNorm()]));
        var (path, pictures) = (_folder.File("net.safetensors"), _folder.File("pictures"));
        PictureFiles.WriteClasses(pictures, 2, seed: 1);
        var program = Program(network, path);
        var predicted = CsvTable.Parse(ToolRun.Of("predict", path, pictures).Succeeded().Output);
        Assert.Equal(6, predicted.Rows);
        var expected = Enumerable.Range(0, predicted.Rows)
            .Select(row => $"{predicted[row, 0]}: {(hasClasses ? $"{predicted[row, 1]}: {predicted[row, 2]}" : predicted[row, 1])}\n");
        var said = FileProgram.Run(program, pictures);
        if (hasClasses) Assert.Equal(string.Concat(expected), said);
        else foreach (var (line, row) in said.TrimEnd().Split('\n').Zip(expected)) Assert.Equal(row.TrimEnd(), InFloat(line));

        PictureFiles.Write(_folder.File("black.png"), 9, 7, (_, _) => SKColors.Black);
        Assert.Equal(FileProgram.Run(program, _folder.File("black.png")), $"{_folder.File("black.png")}: {FileProgram.Run(program)}");
    }

    [Fact]
    public void A_text_is_continued_as_generate_continues_it()
    {
        var path = _folder.File("net.safetensors");
        foreach (var characters in (string[])[" abc\n", "é\"\\🦄", "{}$"])
        {
            var network = new Network(new(new TextInput(characters, 6), new NextCharacterOutput(new Vocabulary(characters).Count),
                [new Layer.Embedding(new Vocabulary(characters).Count, 4), new Layer.TransformerBlock(2, Causal: true)]));
            var program = Program(network, path);
            Assert.Equal(ToolRun.Of("generate", path).Succeeded().Output, FileProgram.Run(program));
            var prompt = new Vocabulary(characters).Decode([1, 2, 1]);
            Assert.Equal(ToolRun.Of("generate", path, "--prompt", prompt).Succeeded().Output, FileProgram.Run(program, prompt));
        }
    }

    [Theory]
    [InlineData("ab\"\\\n🦄", 7), InlineData("文字", 200)]
    public void A_text_of_fixed_length_is_judged_as_the_network_does(string characters, int length)
    {
        var (path, known) = (_folder.File("net.safetensors"), new Vocabulary(characters));
        Layer[] layers = [new Layer.Embedding(known.Count, 4), new Layer.Flatten(), new Layer.Dense(3)];
        var text = known.Decode([.. Enumerable.Range(0, length).Select(i => (i * i) % known.Count)]);
        var classes = new Network(new(new TextInput(characters, length), new ClassOutput("kind", OddNames), layers));
        var (name, probability) = classes.Classify(text);
        Assert.Equal($"{name}: {probability}\n", FileProgram.Run(Program(classes, path), text));
        Assert.NotEmpty(FileProgram.Run(Program(classes, path)));
        var amount = new Network(new(new TextInput(characters, length), new NumberOutput("age", 30, 12), layers));
        Assert.Equal($"{amount.Estimate(text)}\n", FileProgram.Run(Program(amount, path), text));
    }

    [Theory]
    [InlineData("mlp", "--save", "folder"), InlineData("cnn", "--save", "file.safetensors"), InlineData("seed", "--save", "folder")]
    public void What_each_recipe_saves_has_a_program(string recipe, string save, string place)
    {
        var path = _folder.File(place);
        ToolRun.Of("train", "digits", "--recipe", recipe, "--epochs", "1", save, path).Succeeded();
        var program = ToolRun.Of("inspect", path, "--code").Succeeded().Output;
        var picture = _folder.File("digit.png");
        PictureFiles.Write(picture, 28, 28, (y, x) => x is > 12 and < 16 && y is > 4 and < 24 ? SKColors.White : SKColors.Black);
        var predicted = CsvTable.Parse(ToolRun.Of("predict", path, picture).Succeeded().Output);
        Assert.Equal($"{picture}: {predicted[0, 1]}: {predicted[0, 2]}\n", FileProgram.Run(program, picture));
    }

    [Fact]
    public void Files_without_a_network_say_what_they_are_and_what_reads_them()
    {
        var saved = Path.Combine(Docs.Pages.Repository, "tests", "SimpleFlow.Tests", "Training", "Saved", "v0.1.0");
        foreach (var file in (string[])["model.safetensors", Path.Combine("run", "checkpoint-00000010.safetensors")])
            ToolRun.Of("inspect", Path.Combine(saved, file), "--code").Failed(1, file, "the training state of a model", "model.Load");
        ToolRun.Of("inspect", Path.Combine(saved, "run"), "--code").Failed(1, "there is no network in this folder");

        var x = new Placeholder("x", [null, 2]);
        var weights = _folder.File("weights.safetensors");
        new Model(losses: default, predictions: Layers.Dense(x, 3, name: "dense")).SaveWeights(weights);
        ToolRun.Of("inspect", weights, "--code").Failed(1, "holds 2 tensors, but no network", "model.LoadWeights");
        ToolRun.Of("inspect", weights).Failed(1, "holds 2 tensors, but no network");
        ToolRun.Of("inspect", Path.Combine(saved, "text.safetensors"), "--code", "--json").Failed(2, "choose one of them");
    }

    [Fact]
    public async Task In_an_empty_folder_the_printed_programs_run_with_nothing_but_the_packages()
    {
        var folder = await Packages.EmptyFolder();
        try
        {
            var pictures = Path.Combine(folder.FullName, "pictures");
            PictureFiles.WriteClasses(pictures, 1, seed: 1);
            var table = OddTable(OddNames, "kind", row => OddNames[row % 3]);
            await System.IO.File.WriteAllTextAsync(Path.Combine(folder.FullName, "rows.csv"), Csv(table),
                TestContext.Current.CancellationToken);
            new Network(new(TableInput.Of(table, "kind", out _), ClassOutput.Of(table, "kind"), [new Layer.Dense(4)]))
                .Save(Path.Combine(folder.FullName, "network.safetensors"));
            new Network(new(new ImageInput(3, 9, 7), new ClassOutput("class", ["a", "b"]), [new Layer.Conv2D(2, 3)]))
                .Save(Path.Combine(folder.FullName, "pictures.safetensors"));
            await Compared("network.safetensors", "rows.csv");
            await Compared("pictures.safetensors", "pictures");
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        async Task Compared(string network, string data)
        {
            // The program names the network as it was named to the tool, from the folder where both run.
            var program = NetworkProgram.Of(Network.Load(Path.Combine(folder.FullName, network)), network);
            await System.IO.File.WriteAllTextAsync(Path.Combine(folder.FullName, "use.cs"), program,
                TestContext.Current.CancellationToken);
            var run = await ChildProcess.Run(folder.FullName, "dotnet", "run", "use.cs", "--", data);
            Assert.True(run.ExitCode == 0, run.All);
            var predicted = CsvTable.Parse(ToolRun.Of("predict", Path.Combine(folder.FullName, network),
                Path.Combine(folder.FullName, data)).Succeeded().Output);
            var (name, probability) = (
                predicted.Columns.Index().First(one => one.Item.StartsWith("predicted ", StringComparison.Ordinal)).Index,
                predicted.Column("probability"));
            foreach (var (row, line) in run.Output.TrimEnd().Split('\n').Index())
                Assert.EndsWith($"{predicted[row, name]}: {predicted[row, probability]}", line, StringComparison.Ordinal);
            var alone = await ChildProcess.Run(folder.FullName, "dotnet", "run", "use.cs");
            Assert.True(alone.ExitCode == 0 && alone.Output.Length > 0, alone.All);
        }
    }

    // The program as it is printed, without a warning and without anything that a terminal or an editor would hide.
    private static string Program(Network network, string path)
    {
        network.Save(path);
        var program = ToolRun.Of("inspect", path, "--code").Succeeded().Output;
        Assert.Equal(NetworkProgram.Of(network, path), program);
        Assert.Empty(FileProgram.Compile(program).Objections());
        Assert.DoesNotContain(program, one => one != '\n' && (char.IsControl(one) || char.GetUnicodeCategory(one)
            is UnicodeCategory.Format or UnicodeCategory.LineSeparator));
        return program;
    }

    private void ComparedWithPredict(Network network, string path, string? data = null)
    {
        var program = Program(network, path);
        data ??= _folder.File("rows.csv");
        var predicted = CsvTable.Parse(ToolRun.Of("predict", path, data).Succeeded().Output);
        var answers = predicted.Columns.Index().First(one => one.Item.StartsWith("predicted ", StringComparison.Ordinal)).Index;
        var expected = Enumerable.Range(0, predicted.Rows).Select(row => network.Description.Output is ClassOutput
            ? $"{predicted[row, answers]}: {predicted[row, answers + 1]}" : predicted[row, answers]).ToList();
        var said = FileProgram.Run(program, data);
        if (network.Description.Output is ClassOutput) Assert.Equal(string.Concat(expected.Select(line => $"{line}\n")), said);
        else Assert.Equal(expected, said.TrimEnd().Split('\n').Select(InFloat));
        Assert.Equal(Row(network, program), FileProgram.Run(program));
    }

    // What the network says of the row in the program, found by running the program's own dictionary.
    private static string Row(Network network, string program)
    {
        var start = program.IndexOf("var row", StringComparison.Ordinal);
        var row = program[start..(program.IndexOf("};", StringComparison.Ordinal) + 2)];
        var call = network.Description.Output is ClassOutput
            ? "foreach (var one in network.Classify(row).Top(5)) Console.WriteLine($\"{one.Class}: {one.Probability}\");"
            : "Console.WriteLine(network.Estimate(row));";
        var load = program[program.IndexOf("var network", StringComparison.Ordinal)..];
        return FileProgram.Run($"using SimpleFlow;\n{load[..load.IndexOf('\n')]}\n{row}\n{call}\n");
    }

    private static Network Amounts(CsvTable table) =>
        new(new(TableInput.Of(table, "price", out _), NumberOutput.Of(table, "price"), [new Layer.Dense(4)]));

    private string File(string name, string text)
    {
        System.IO.File.WriteAllText(_folder.File(name), text);
        return _folder.File(name);
    }

    private CsvTable OddTable(string[] columns, string target, Func<int, string> targets, Func<int, string>? cells = null)
    {
        var rows = Enumerable.Range(0, 96).Select(row => columns
            .Select((_, column) => cells?.Invoke(row) ?? OddNames[(row + column) % OddNames.Length]).Append(targets(row)));
        var text = string.Concat(rows.Prepend(columns.Append(target)).Select(row => $"{string.Join(',', row.Select(Quoted))}\n"));
        return CsvTable.Read(File("rows.csv", text));
    }

    private static string Csv(CsvTable table) => string.Concat(Enumerable.Range(-1, table.Rows + 1).Select(row =>
        $"{string.Join(',', table.Columns.Select((name, column) => Quoted(row < 0 ? name : table[row, column])))}\n"));

    private static string Quoted(string cell) => $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    // The tool writes amounts as floats.
    private static string InFloat(string line)
    {
        var at = line.LastIndexOf(' ') + 1;
        return line[..at] + ((float)double.Parse(line[at..], CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture);
    }
}
