using System.Text;
using System.Text.Json;
using SimpleFlow.Tests.Data;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Cli;

/// <summary>From files that nobody has seen to a saved network, and from there to predictions.</summary>
public sealed class NetworkCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // How a line of predict --json begins, up to the classes' probabilities.
    private const string Prediction = """^{"event":"prediction","row":1,"class":"(fern|moss)","probability":(0\.\d+|1),"probabilities":""";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_table_of_kinds_is_learned_saved_and_used()
    {
        var (table, model) = (Write("plants.csv", Plants(150, 1)), _folder.File("plants.model"));
        var train = ToolRun.Of("train", table, "--target", "kind", "--epochs", "20", "--save", model, "--plot", _folder.File("plants.png"))
            .Succeeded();
        Assert.Contains("120 rows to train on, 30 to test on", train.Output, StringComparison.Ordinal);
        Assert.Contains("column 'kind' holds 2 classes: fern, moss. Treated as classification; --task regression overrides.", train.Output,
            StringComparison.Ordinal);
        Assert.Contains("column 'name' is left out: all its 150 texts are different", train.Output, StringComparison.Ordinal);
        Assert.Matches(@"Test accuracy (9\d\.\d\d|100\.00) % after", train.Output);
        Assert.True(new FileInfo(_folder.File("plants.png")).Length > 1000);

        var fresh = Write("fresh.csv", Plants(40, 2));
        var predict = ToolRun.Of("predict", model, fresh).Succeeded();
        Assert.Equal("name,length,colour,kind,predicted kind,probability,probability of fern,probability of moss", predict.Lines[0]);
        Assert.Equal(41, predict.Lines.Length);
        Assert.InRange(predict.Lines.Skip(1).Count(line => line.Split(',') is [.., var kind, var said, _, _, _] && kind == said), 36, 40);
        Assert.Contains("\"plant, no. 1\"", predict.Lines[2], StringComparison.Ordinal);

        var file = _folder.File("out", "said.csv");
        Assert.Contains("40 predictions are in", ToolRun.Of("predict", model, fresh, "--out", file).Succeeded().Output,
            StringComparison.Ordinal);
        Assert.Equal(predict.Output, File.ReadAllText(file));
        var json = ToolRun.Of("predict", model, fresh, "--json").Succeeded();
        Assert.Matches(Prediction + """{"fern":\d[\d.E-]*,"moss":\d[\d.E-]*}}$""", json.Lines[0]);
        Assert.Equal("name,length,colour,kind,predicted kind,probability,predicted kind 2,probability 2",
            ToolRun.Of("predict", model, fresh, "--top", "5").Succeeded().Lines[0]);
        Assert.Matches(
            Prediction + """{"(fern|moss)":(0\.\d+|1)}}$""",
            ToolRun.Of("predict", model, fresh, "--top", "1", "--json").Succeeded().Lines[0]);

        var evaluate = ToolRun.Of("evaluate", model, fresh, "--plot", _folder.File("confusion.png")).Succeeded();
        Assert.Contains("precision", evaluate.Output, StringComparison.Ordinal);
        Assert.True(new FileInfo(_folder.File("confusion.png")).Length > 1000);
        var end = JsonDocument.Parse(ToolRun.Of("evaluate", model, fresh, "--json").Succeeded().Output).RootElement;
        Assert.InRange(end.GetProperty("accuracy").GetDouble(), 0.9, 1);
        Assert.Equal(40, end.GetProperty("rows").GetInt32());

        var inspect = ToolRun.Of("inspect", model).Succeeded().Output;
        foreach (var words in (string[])["takes     rows of a table, 2 columns", "predicts  kind, one of 2 classes: fern, moss",
            "length  number, mean", "colour  text, 2 known: green, red", "hidden 1", "\"units\":64"])
            Assert.Contains(words, inspect, StringComparison.Ordinal);
        Assert.Equal(2, JsonDocument.Parse(ToolRun.Of("inspect", model, "--json").Succeeded().Output).RootElement.GetProperty("network")
            .GetProperty("output").GetProperty("classes").GetArrayLength());
        ToolRun.Of("generate", model).Failed(1, "does not write text");
    }

    [Fact]
    public void Pictures_that_chose_the_epoch_count_as_trained_on()
    {
        var (pets, model) = (_folder.File("pets"), _folder.File("net"));
        foreach (var (part, count, seed) in ((string, int, int)[])[("train", 8, 1), ("val", 4, 2), ("test", 3, 3)])
            PictureFiles.WriteClasses(Path.Combine(pets, part), count, seed);
        ToolRun.Of("train", pets, "--epochs", "2", "--recipe", "mlp", "--hidden", "4", "--save", model).Succeeded();
        Assert.Contains("The network was trained on all 24 images",
            ToolRun.Of("evaluate", model, Path.Combine(pets, "train")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("The network was trained on all 12 images",
            ToolRun.Of("evaluate", model, Path.Combine(pets, "val")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("The network was trained on none of the 9 images",
            ToolRun.Of("evaluate", model, pets).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_were_trained_on_are_told_from_others()
    {
        var irises = Path.Combine(Docs.Pages.Repository, "data", "iris", "iris.csv");
        var model = _folder.File("irises");
        var trained = ToolRun.Of("train", irises, "--target", "species", "--epochs", "60", "--save", model, "--json").Succeeded();
        var accuracy = JsonDocument.Parse(trained.Lines[^1]).RootElement.GetProperty("accuracy").GetDouble();

        var evaluate = ToolRun.Of("evaluate", model, irises).Succeeded().Output;
        Assert.Contains("the network was trained on 120 of 150 rows", evaluate, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"the other 30 rows: accuracy {100 * accuracy:F2} %"), evaluate,
            StringComparison.Ordinal);
        Assert.Contains("all 150 rows, which is too optimistic: accuracy", evaluate, StringComparison.Ordinal);
        var end = JsonDocument.Parse(ToolRun.Of("evaluate", model, irises, "--json").Succeeded().Output).RootElement;
        Assert.Equal((150, 120), (end.GetProperty("rows").GetInt32(), end.GetProperty("trainedOn").GetInt32()));
        var others = end.GetProperty("others");
        Assert.Equal((30, accuracy), (others.GetProperty("rows").GetInt32(), others.GetProperty("accuracy").GetDouble()));
        Assert.True(others.TryGetProperty("macroF1", out _) && others.TryGetProperty("loss", out _));

        // Shuffled, with the columns in another order and another one beside them, they still are the same rows.
        var lines = File.ReadAllLines(irises);
        var shuffled = lines.Skip(1).Order(StringComparer.Ordinal)
            .Select((line, i) => $"{i},{string.Join(',', line.Split(',').Reverse())}");
        Assert.Contains("trained on 120 of 150 rows",
            ToolRun.Of("evaluate", model,
                Write("shuffled.csv", $"place,{string.Join(',', lines[0].Split(',').Reverse())}\n{string.Join('\n', shuffled)}\n"))
                .Succeeded().Output, StringComparison.Ordinal);
        var fresh = Write("fresh.csv", $"{lines[0]}\n5.05,3.33,1.44,0.22,setosa\n");
        Assert.Contains("The network was trained on none of it.", ToolRun.Of("evaluate", model, fresh).Succeeded().Output,
            StringComparison.Ordinal);

        // A network of an earlier version knows nothing of them.
        var old = Network.Load(model);
        old.TrainedOn = null;
        old.Save(_folder.File("old"));
        Assert.Contains("the file has no record of it", ToolRun.Of("evaluate", _folder.File("old"), irises).Succeeded().Output,
            StringComparison.Ordinal);
        Assert.DoesNotContain("trainedOn", ToolRun.Of("evaluate", _folder.File("old"), irises, "--json").Succeeded().Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_ends_with_what_comes_next_and_one_checkpoint()
    {
        var (table, model) = (Write("plants.csv", Plants(60, 1)), _folder.File("plants"));
        string[] train = ["train", table, "--target", "kind", "--epochs", "5"];
        Assert.EndsWith("The network is not kept: add --save DIR to keep it and use it.", ToolRun.Of(train).Succeeded().Output.TrimEnd(),
            StringComparison.Ordinal);
        Assert.Contains($"Next: simpleflow predict {model} new.csv", ToolRun.Of([.. train, "--save", model]).Succeeded().Output,
            StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(model, "checkpoint-*"));

        ToolRun.Of([.. train, "--save", model]).Failed(2, "--resume continues it, --overwrite replaces it");
        ToolRun.Of([.. train, "--save", model, "--overwrite", "--resume"]).Failed(2, "choose one of them");
        ToolRun.Of([.. train, "--overwrite"]).Failed(2, "--overwrite replaces the training in a folder");
        // Another network takes its place, though the one that was there had come further.
        ToolRun.Of("train", table, "--target", "kind", "--epochs", "2", "--hidden", "3", "--save", model, "--overwrite").Succeeded();
        Assert.Equal(3, Network.Load(model).Description.Layers.OfType<Layer.Dense>().Single().Units);
        Assert.Single(Directory.GetFiles(model, "checkpoint-*"));
        Assert.Contains("epoch 3/3", ToolRun.Of("train", table, "--target", "kind", "--epochs", "3", "--hidden", "3", "--save", model,
            "--resume").Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_amounts_is_learned_in_its_own_units()
    {
        var random = new Random(1);
        var text = new StringBuilder("area,price\n");
        for (var i = 0; i < 200; i++)
        {
            var area = random.Next(30, 200);
            text.AppendLine(FormattableString.Invariant($"{area},{1000 * area + random.Next(-3000, 3000)}"));
        }
        var (table, model) = (Write("houses.csv", text.ToString()), _folder.File("houses.model"));
        var train = ToolRun.Of("train", table, "--target", "price", "--epochs", "150", "--save", model, "--layers",
            Write("net.json", """[{"layer": "dense", "units": 16, "activation": "tanh"}]""")).Succeeded();
        Assert.Contains("column 'price' holds amounts. Treated as regression", train.Output, StringComparison.Ordinal);
        Assert.Matches(@"epoch 150/150  loss \d\.\d+  validation loss \d\.\d+  mean absolute error \d,\d{3}  ", train.Output);
        Assert.InRange(train.Lines.Length, 20, 40);
        var end = JsonDocument.Parse(ToolRun.Of("evaluate", model, table, "--json", "--plot", _folder.File("amounts.png"))
            .Succeeded().Output).RootElement;
        Assert.InRange(end.GetProperty("meanAbsoluteError").GetDouble(), 1000, 4000);
        Assert.InRange(end.GetProperty("rSquared").GetDouble(), 0.99, 1);
        Assert.Contains("R² 0.99", ToolRun.Of("evaluate", model, table).Succeeded().Output, StringComparison.Ordinal);
        Assert.Matches("""^{"event":"prediction","row":1,"value":\d+""",
            ToolRun.Of("predict", model, table, "--json").Succeeded().Lines[0]);
        Assert.Contains("price, an amount (mean", ToolRun.Of("inspect", model).Succeeded().Output, StringComparison.Ordinal);
        var asKinds = ToolRun.Of("train", Write("few.csv", "a,y\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{i},{i % 3}\n"))),
            "--target", "y", "--task", "regression", "--epochs", "1", "--json").Succeeded();
        Assert.Contains("\"meanAbsoluteError\":", asKinds.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_pictures_is_learned_saved_and_used()
    {
        var model = _folder.File("pictures.model");
        PictureFiles.WriteClasses(_folder.File("all"), 30, seed: 1);
        var train = ToolRun.Of("train", _folder.File("all"), "--recipe", "cnn", "--epochs", "12", "--batch", "8", "--save", model,
            "--augment").Succeeded();
        Assert.Contains("72 images to train on, 18 to test on, 12 × 14 pixels, 3 classes, in colours", train.Output,
            StringComparison.Ordinal);
        Assert.Contains("classes: above, left, middle", train.Output, StringComparison.Ordinal);
        Assert.Matches(@"Test accuracy (9\d\.\d\d|100\.00) % after", train.Output);

        var fresh = _folder.File("fresh");
        PictureFiles.WriteClasses(fresh, 4, seed: 2);
        var predict = ToolRun.Of("predict", model, fresh).Succeeded();
        Assert.Equal("image,predicted class,probability,probability of above,probability of left,probability of middle", predict.Lines[0]);
        Assert.InRange(predict.Lines.Skip(1)
            .Count(line => line.Split(',') is [var file, var said, ..] && Path.GetFileName(Path.GetDirectoryName(file)) == said), 11, 12);
        Assert.Contains("\"image\":", ToolRun.Of("predict", model, Path.Combine(fresh, "left", "000.png"), "--json")
            .Succeeded().Lines.Single(), StringComparison.Ordinal);
        Assert.InRange(JsonDocument.Parse(ToolRun.Of("evaluate", model, fresh, "--json").Succeeded().Output).RootElement.GetProperty(
            "accuracy").GetDouble(), 0.9, 1);

        // Where the folder says what to test with, that is done.
        PictureFiles.WriteClasses(_folder.File("both", "train"), 4, seed: 3);
        PictureFiles.WriteClasses(_folder.File("both", "test"), 2, seed: 4);
        Assert.Contains("12 images to train on, 6 to test on, 8 × 8 pixels",
            ToolRun.Of("train", _folder.File("both"), "--epochs", "1", "--size", "8").Succeeded().Output, StringComparison.Ordinal);

        var broken = Path.Combine(fresh, "left", "001.jpg");
        File.WriteAllText(broken, "no image");
        ToolRun.Of("train", fresh, "--epochs", "1").Failed(1, broken, "this is not a readable image");
        ToolRun.Of("predict", model, fresh).Failed(1, broken);
    }

    [Fact]
    public void Idx_images_are_predicted_too()
    {
        using var images = new ImageFolder();
        var model = _folder.File("idx.model");
        ToolRun.Of("train", images.Path, "--epochs", "3", "--batch", "20", "--save", model).Succeeded();
        Assert.Equal(61, ToolRun.Of("predict", model, images.Path).Succeeded().Lines.Length);
        Assert.Equal(241, ToolRun.Of("predict", model, images.File("train-images-idx3-ubyte")).Succeeded().Lines.Length);
        Assert.Contains("accuracy", ToolRun.Of("evaluate", model, images.Path).Succeeded().Output, StringComparison.Ordinal);
        ToolRun.Of("evaluate", model, images.File("train-images-idx3-ubyte")).Failed(1, "without their classes");
        ToolRun.Of("predict", model, "mnist").Failed(1, "28 × 28 grey pixels, and the network takes 12 × 10");
    }

    [Fact]
    public void A_text_is_learned_and_written()
    {
        var (text, model) = (Write("cats.txt", string.Concat(Enumerable.Repeat("the cat sat on my mat.\n", 100))),
            _folder.File("cats.model"));
        var train = ToolRun.Of("train", text, "--length", "16", "--epochs", "6", "--save", model, "--plot", _folder.File("text.png"))
            .Succeeded();
        Assert.Contains("2,070 characters to train on, 230 at the end to test on, 13 different ones", train.Output,
            StringComparison.Ordinal);
        Assert.Matches(@"Test perplexity 1\.\d+ after", train.Output);
        Assert.Equal("the cat sat on my mat.\nthe cat",
            ToolRun.Of("generate", model, "--prompt", "the cat", "--length", "23", "--temperature", "0").Succeeded().Output.TrimEnd('\n'));
        var json = JsonDocument.Parse(ToolRun.Of("generate", model, "--length", "10", "--json").Succeeded().Output).RootElement;
        Assert.Equal(("\n", 10), (json.GetProperty("prompt").GetString(), json.GetProperty("text").GetString()!.Length));
        Assert.Contains("perplexity 1.", ToolRun.Of("evaluate", model, text).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("16 characters of a text, 13 different ones", ToolRun.Of("inspect", model).Succeeded().Output,
            StringComparison.Ordinal);
        ToolRun.Of("generate", model, "--prompt", "THE").Failed(1, "'T' (U+0054) at place 1");
        ToolRun.Of("predict", model, text).Failed(1, "simpleflow generate");
        ToolRun.Of("evaluate", model, text, "--plot", _folder.File("x.png")).Failed(2, "no picture of a text");
    }

    [Fact]
    public void Broken_rows_are_refused_by_their_number()
    {
        var model = _folder.File("plants.model");
        var good = Plants(60, 1);
        ToolRun.Of("train", Write("good.csv", good), "--target", "kind", "--epochs", "1", "--save", model).Succeeded();
        ToolRun.Of("train", Write("broken.csv", good + "only one\n"), "--target", "kind").Failed(1,
            "row 61 (line 62) has 1 field, where the header has 4 columns");
        ToolRun.Of("train", Write("broken.csv", good + "x,1o,red,fern\n"), "--target", "kind").Failed(1,
            "row 61 (line 62), column 'length': '1o' is not a number");
        ToolRun.Of("predict", model, Write("new.csv", "length,colour\n3,red\nlong,red\n")).Failed(1,
            "new.csv: row 2 (line 3), column 'length': 'long' is not a number");
        ToolRun.Of("evaluate", model, Write("new.csv", "length,colour,kind\n3,red,oak\n")).Failed(1, "row 1 (line 2), column 'kind'",
            "no class 'oak'");
    }

    [Theory]
    [InlineData(2, "train {csv}", "--target COLUMN", "'name', 'length', 'colour', 'kind'")]
    [InlineData(1, "train {csv} --target nothing", "there is no column 'nothing'")]
    [InlineData(1, "train {csv} --target kind --task regression", "is not a number")]
    [InlineData(2, "train {csv} --target kind --recipe cnn", "--recipe is for images")]
    [InlineData(2, "train mnist --target kind", "--target is for tables")]
    [InlineData(2, "train {csv} --target kind --length 3", "--length is for texts")]
    [InlineData(2, "train x.txt --hidden 3", "--hidden does not go with a text")]
    [InlineData(1, "train no.txt", "no such file")]
    [InlineData(1, "train no.csv --target x", "no such file")]
    [InlineData(1, "train {csv} --target kind --test-share 1", "between 0 and 1")]
    [InlineData(1, "train {csv} --target kind --layers no.json", "no.json: there is no such file")]
    [InlineData(2, "train {csv} --target kind --layers no.json --hidden 3", "--hidden does not go with --layers")]
    [InlineData(2, "train mnist --recipe seed --augment", "--augment does not go with --recipe seed")]
    [InlineData(1, "predict no.model {csv}", "no.model: there is no such file")]
    [InlineData(1, "predict {csv} {csv}", "not a safetensors file")]
    [InlineData(1, "generate no.model --temperature -1", "a number from 0")]
    [InlineData(2, "inspect", "MODEL")]
    public void What_cannot_be_done_is_said(int exitCode, string commandLine, params string[] words)
    {
        var csv = Write("plants.csv", Plants(60, 1));
        ToolRun.Of(commandLine.Split(' ').Select(word => word == "{csv}" ? csv : word).ToArray()).Failed(exitCode, words);
    }

    [Fact]
    public void Files_of_no_known_kind_and_bad_layers_are_named()
    {
        ToolRun.Of("train", Write("data.xml", "<x/>")).Failed(1, "this kind of file is unknown");
        File.WriteAllBytes(_folder.File("binary.txt"), [0x41, 0xC3, 0x28]);
        ToolRun.Of("train", _folder.File("binary.txt")).Failed(1, "the file is not UTF-8");
        ToolRun.Of("train", Write("short.txt", "too short")).Failed(1, "9 characters cannot be divided");
        var csv = Write("plants.csv", Plants(60, 1));
        ToolRun.Of("train", csv, "--target", "kind", "--layers", Write("bad.json", """[{"layer": "dense", "unit": 3}]""")).Failed(1,
            "bad.json", "unit");
        ToolRun.Of("train", csv, "--target", "kind", "--layers", Write("bad.json", """[{"layer": "conv2d", "channels": 3, "window": 3}]"""))
            .Failed(1, "Conv2D", "`row`");
        ToolRun.Of("train", csv, "--target", "kind", "--layers",
            Write("bad.json", """[{"layer": "dense", "units": 3}, {"layer": "dense", "units": 0}]""")).Failed(1,
            "Layer 2, `dense 2`, cannot be built", "units");
        ToolRun.Of("train", csv, "--target", "kind", "--layers", Write("bad.json", """[{"layer": "dropout", "rate": 2}]""")).Failed(1,
            "Layer 1, `dropout 1`");
        ToolRun.Of("train", csv, "--target", "name").Failed(1,
            "holds 60 different texts such as \"plant, no. 0\" in 60 rows, too many to tell apart");
        Directory.CreateDirectory(_folder.File("empty"));
        ToolRun.Of("train", _folder.File("empty")).Failed(1, "a sub-folder with PNG or JPEG files for each class");
    }

    private string Write(string name, string content)
    {
        File.WriteAllText(_folder.File(name), content);
        return _folder.File(name);
    }

    private static string Plants(int rows, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder("name,length,colour,kind\n");
        for (var i = 0; i < rows; i++)
        {
            var isFern = random.Next(2) == 0;
            var length = (isFern ? 30 : 5) + random.Next(10);
            var colour = random.Next(3) == 0 ? "red" : "green";
            text.AppendLine(FormattableString.Invariant($"\"plant, no. {i}\",{length},{colour},{(isFern ? "fern" : "moss")}"));
        }
        return text.ToString().ReplaceLineEndings("\n");
    }
}
