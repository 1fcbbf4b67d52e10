using System.Text;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Networks;

/// <summary>Networks with the way from what people have to numbers and back.</summary>
[Trait("Promise", "18")]
public sealed class NetworkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_table_of_classes_is_learned_saved_and_loaded()
    {
        var table = Flowers(200);
        var network = new Network(new(TableInput.Of(table, "kind", out var skipped), ClassOutput.Of(table, "kind"),
            [new Layer.Dense(16, Activation.Relu)]), new Adam(0.01f), new() { Seed = 1, ClassWeights = [1, 2] });
        Assert.Equal([("id", "all its 200 texts are different (--categorical keeps it)"),
            ("number", "all its cells are equal (--categorical keeps it)")], skipped);
        network.Model.Fit(network.Dataset(table), epochs: 30, batchSize: 20);
        var fresh = Flowers(100, seed: 9);
        Assert.InRange(network.Model.Evaluate(network.Dataset(fresh)).Metrics["accuracy"], 0.95, 1);

        var path = _folder.File("flowers.safetensors");
        network.Save(path);
        var loaded = Network.Load(path, threads: 1);
        Assert.Equal(network.Description, loaded.Description);
        Assert.Equal(network.Classify(fresh), loaded.Classify(fresh));
        Assert.All(loaded.Classify(fresh), one => Assert.InRange(one.Probability, 0.5f, 1));
        Assert.Throws<GraphException>(() => loaded.Estimate(fresh));
        Assert.Throws<GraphException>(() => loaded.Generate("a", 1));
    }

    [Fact]
    public void A_table_of_numbers_is_learned_in_its_own_units()
    {
        var random = new Random(4);
        var text = new StringBuilder("area,town,price\n");
        for (var i = 0; i < 300; i++)
        {
            var (area, town) = (random.Next(30, 200), random.Next(30));
            text.AppendLine(FormattableString.Invariant($"{area},town {town},{1000 * area + 3000 * town}"));
        }
        var table = CsvTable.Parse(text.ToString());
        var input = TableInput.Of(table, "price", out _);
        Assert.Equal(new NumberColumn("area", ((NumberColumn)input.Columns[0]).Mean, ((NumberColumn)input.Columns[0]).Deviation, false),
            input.Columns[0]);
        Assert.Equal(11, ((CategoryColumn)input.Columns[1]).EmbeddingSize);
        Assert.True(((CategoryColumn)input.Columns[1]).AsIndex);
        Assert.Equal(2, input.Width);
        var network = new Network(new(input, NumberOutput.Of(table, "price"), [new Layer.Dense(32, Activation.Relu)]), new Adam(0.01f),
            new() { Seed = 1 });
        Assert.Contains(network.Model.Variables, variable => variable.Name == "town/table");
        network.Model.Fit(network.Dataset(table), epochs: 60, batchSize: 20);
        Assert.InRange(network.Model.Evaluate(network.Dataset(table)).Metrics["mean absolute error"], 0, 4000);
        Assert.InRange(network.Estimate(CsvTable.Parse("area,town\n100,town 10\n"))[0], 115_000, 145_000);
        network.Save(_folder.File("prices"));
        Assert.Equal(network.Estimate(table), Network.Load(_folder.File("prices")).Estimate(table));
    }

    [Fact]
    public void An_index_and_a_vector_of_a_text_give_the_same_bits()
    {
        var values = Enumerable.Range(0, 40).Select(i => $"town {i}").ToArray();
        var table = CsvTable.Parse("area,town\n" + string.Concat(Enumerable.Range(0, 50).Select(i => $"{i},town {i * 7 % 45}\n")));
        double[] Predicted(bool asIndex, out Network network)
        {
            var town = new CategoryColumn("town", values, 6) { AsIndex = asIndex };
            TableColumn[] columns = [new NumberColumn("area", 20, 9, false), town];
            network = new Network(new(new TableInput(columns), new NumberOutput("price", 0, 1), [new Layer.Dense(8, Activation.Tanh)]),
                choices: new() { Seed = 5 });
            return [.. network.Estimate(table)];
        }
        var indices = Predicted(true, out var current);
        Assert.Equal(indices, Predicted(false, out var older));
        // What an older file says has no word of it, and is what it was.
        Assert.DoesNotContain("asIndex", older.Description.ToJson(), StringComparison.Ordinal);
        older.Save(_folder.File("older"));
        current.Save(_folder.File("current"));
        Assert.Equal(indices, Network.Load(_folder.File("older")).Estimate(table));
        Assert.Equal(indices, Network.Load(_folder.File("current")).Estimate(table));
        Assert.Equal((42, 2), (((TableInput)older.Description.Input).Width, ((TableInput)current.Description.Input).Width));
    }

    [Fact]
    public void An_index_that_no_text_has_is_refused()
    {
        var network = new Network(new(new TableInput([new CategoryColumn("town", ["a", "b"], 2) { AsIndex = true }]),
            new NumberOutput("price", 0, 1), []));
        foreach (var index in (float[])[3, -1, 0.5f, float.NaN, float.PositiveInfinity])
            Assert.Throws<DataException>(() => network.EstimateEncoded(DataArray.From(new[,] { { 1f }, { index } })));
        Assert.Single(network.EstimateEncoded(DataArray.From(new[,] { { 2f } })));
    }

    [Fact]
    public void Text_is_learned_and_written()
    {
        var text = string.Concat(Enumerable.Repeat("the cat sat on the mat. ", 40));
        var vocabulary = Vocabulary.Of(text);
        var network = new Network(
            new(new TextInput(vocabulary.Characters, 16), new NextCharacterOutput(vocabulary.Count),
                [new Layer.Embedding(vocabulary.Count, 32), new Layer.PositionalEmbedding(), new Layer.TransformerBlock(2, Causal: true)]),
            new AdamW(0.003f), new() { Seed = 1 });
        var (pieces, next) = vocabulary.Windows(text, 16, stride: 5);
        network.Model.Fit(network.EncodedDataset(pieces, next), epochs: 40, batchSize: 16);
        var written = string.Concat(network.Generate("the cat", 40, temperature: 0));
        Assert.StartsWith(" sat on the mat. the cat", written, StringComparison.Ordinal);
        Assert.Equal(string.Concat(network.Generate("the ", 30, seed: 7)), string.Concat(network.Generate("the ", 30, seed: 7)));
        Assert.NotEqual(string.Concat(network.Generate("the ", 30, temperature: 3, seed: 7)),
            string.Concat(network.Generate("the ", 30, temperature: 3, seed: 8)));
        network.Save(_folder.File("text"));
        Assert.Equal(written, string.Concat(Network.Load(_folder.File("text")).Generate("the cat", 40, temperature: 0)));
        Assert.Throws<DataException>(() => network.Generate("THE", 3));
        Assert.Throws<ArgumentException>(() => network.Generate("", 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => network.Generate("the", 3, temperature: float.NaN));
        Assert.Throws<GraphException>(() => network.ClassifyEncoded(pieces));
        Assert.Throws<DataException>(() => network.Dataset(Flowers(3)));
    }

    [Fact]
    public void Running_statistics_are_saved_too()
    {
        var random = new Random(1);
        var images = DataArray.From(Enumerable.Range(0, 40 * 36).Select(_ => random.NextSingle()).ToArray()).Reshape(40, 1, 6, 6);
        var network = new Network(
            new(new ImageInput(1, 6, 6), new ClassOutput("class", ["even", "odd"]),
                [new Layer.Conv2D(3, 3), new Layer.BatchNorm(), new Layer.Activate(Activation.Relu), new Layer.Dropout()]), new Adam());
        network.Model.Fit(network.EncodedDataset(images, Enumerable.Range(0, 40).Select(i => i % 2).ToArray()), epochs: 2, batchSize: 10);
        network.Save(_folder.File("images"));
        Assert.Equal(network.ClassifyEncoded(images), Network.Load(_folder.File("images")).ClassifyEncoded(images));
    }

    [Theory]
    [InlineData("width,height,colour,note\n1,2,red,a\n3,x,red,b\n", "row 2 (line 3), column 'height': 'x' is not a number")]
    [InlineData("width,colour,note\n1,red,a\n", "there is no column 'height'")]
    public void A_broken_row_is_refused_by_its_number(string text, string words)
    {
        var input = TableInput.Of(CsvTable.Parse("width,height,colour,target\n1,2,red,a\n,3,blue,b\n5,7,red,a\n"), "target", out _);
        Assert.Equal(2 + 1 + 3, input.Width);
        Assert.Contains(words, Assert.Throws<DataException>(() => input.Encode(CsvTable.Parse(text))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_training_never_saw_is_said_once_for_each_column()
    {
        var input = TableInput.Of(CsvTable.Parse("n,when,colour,target\n1,2024-01-31,red,a\n3,2024-02-01,blue,b\n5,2024-03-05,red,a\n"),
            "target", out _);
        var (said, numbers) = (new List<string>(), new float[3 * input.Width]);
        input.Encode(CsvTable.Parse("n,when,colour\n5,2024-03-05,red\nNA,,green\n-,?,pink\n").Select([2, 1, 0]), said.Add).CopyTo(numbers);
        Assert.Equal(
        [
            "column 'n': 2 values are missing, the first in row 3 (line 4); none was missing in training, so the mean is used",
            "column 'when': 2 dates are missing, the first in row 3 (line 4); none was missing in training, so the mean is used",
            "column 'colour': 2 cells have a text that training never saw, the first \"pink\" in row 3 (line 4); treated as unknown",
        ], said);
        Assert.Equal((0, 0, 1), (numbers[0], numbers[input.Width], numbers[input.Width - 1]));
        Assert.NotEqual(0, numbers[2 * input.Width]);
    }

    [Fact]
    public void What_is_missing_or_new_has_a_place()
    {
        var input = TableInput.Of(CsvTable.Parse("width,colour,target\n1,red,a\n,blue,b\n5,red,a\n"), "target", out _);
        var numbers = new float[10];
        input.Encode(CsvTable.Parse("colour,width\ngreen,3\n?,NA\n")).CopyTo(numbers);
        Assert.Equal([0, 0, 0, 0, 1, 0, 1, 0, 0, 1], numbers);
    }

    [Fact]
    public void A_typing_error_among_numbers_is_found_while_training()
    {
        var text = "a,y\n" + string.Concat(Enumerable.Range(0, 30).Select(i => i == 17 ? "1O,2\n" : $"{i},{i}\n"));
        var error = Assert.Throws<DataException>(() => TableInput.Of(CsvTable.Parse(text), "y", out _));
        Assert.Contains("row 18 (line 19), column 'a': '1O' is not a number, and 29 of the column's 30 cells are", error.Message,
            StringComparison.Ordinal);
        Assert.Contains("no column to predict 'y' from",
            Assert.Throws<DataException>(() => TableInput.Of(CsvTable.Parse("a,y\n1,2\n1,3\n"), "y", out _)).Message,
            StringComparison.Ordinal);
        Assert.Contains("no rows", Assert.Throws<DataException>(() => TableInput.Of(CsvTable.Parse("a,y\n"), "y", out _)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Whether_a_column_holds_kinds_or_amounts()
    {
        bool Suits(IEnumerable<object> cells) =>
            ClassOutput.Suits(CsvTable.Parse("y\n" + string.Concat(cells.Select(cell => FormattableString.Invariant($"{cell}\n")))), "y");
        Assert.True(Suits(["yes", "no", "yes"]));
        Assert.True(Suits(Enumerable.Range(0, 50).Select(i => (object)(i % 3))));
        Assert.False(Suits(Enumerable.Range(0, 50).Select(i => (object)(i % 20))));
        Assert.False(Suits(Enumerable.Range(0, 50).Select(i => (object)(i % 3 + 0.5))));
        Assert.False(Suits([1, 2, 3, 4, 5]));          // few rows: five numbers of five
        Assert.Equal(["2", "10"], ClassOutput.Of(CsvTable.Parse("y\n10\n2\n10\n"), "y").Classes);
        Assert.Contains("nothing to tell apart",
            Assert.Throws<DataException>(() => ClassOutput.Of(CsvTable.Parse("y\na\na\n"), "y")).Message, StringComparison.Ordinal);
        Assert.Contains("row 2 (line 3), column 'y': the value is missing",
            Assert.Throws<DataException>(() => new ClassOutput("y", ["a", "b"]).Encode(CsvTable.Parse("y\na\n?\n"))).Message,
            StringComparison.Ordinal);
        Assert.Contains("knows no class 'c'; it knows 'a', 'b'",
            Assert.Throws<DataException>(() => new ClassOutput("y", ["a", "b"]).Encode(CsvTable.Parse("y\na\nc\n"))).Message,
            StringComparison.Ordinal);
        Assert.Contains("all equal", Assert.Throws<DataException>(() => NumberOutput.Of(CsvTable.Parse("y\n2\n2\n"), "y")).Message,
            StringComparison.Ordinal);
        Assert.Contains("row 2 (line 3), column 'y': 'x' is not a number",
            Assert.Throws<DataException>(() => NumberOutput.Of(CsvTable.Parse("y\n2\nx\n"), "y")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_does_not_fit_is_refused()
    {
        var path = _folder.File("odd");
        SafetensorsFile.Write(path, new Dictionary<string, NamedTensor>());
        Assert.Contains("but no network", Assert.Throws<DataException>(() => Network.Load(path)).Message,
            StringComparison.Ordinal);

        new Network(new(new ImageInput(1, 2, 2), new ClassOutput("class", ["a", "b"]), [])).Save(path);
        var (tensors, metadata) = SafetensorsFile.Read(path);
        var changed = new Dictionary<string, NamedTensor>(tensors) { ["scores/w"] = new([2, 4], new float[8]), ["more"] = new([1], [1]) };
        changed.Remove("scores/b");
        SafetensorsFile.Write(path, changed, metadata);
        var error = Assert.Throws<DataException>(() => Network.Load(path));
        foreach (var words in (string[])["`scores/w` is [2, 4] and should be [4, 2]", "`scores/b` is missing", "`more`"])
            Assert.Contains(words, error.Message, StringComparison.Ordinal);

        foreach (var json in (string[])["null", "{}", "[]", metadata.Single().Value.Replace("image", "imago", StringComparison.Ordinal),
            metadata.Single().Value.Replace("\"rows\":2", "\"rows\":-2", StringComparison.Ordinal)])
        {
            SafetensorsFile.Write(path, tensors, new Dictionary<string, string> { [metadata.Single().Key] = json });
            Assert.Contains("cannot be built", Assert.Throws<DataException>(() => Network.Load(path)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("\"layers\":[]", "\"layers\":[{\"layer\":\"dense\",\"units\":100000000}]", "does not fit")]
    [InlineData("\"layers\":[]", "\"layers\":[{\"layer\":\"dense\",\"units\":1000000},{\"layer\":\"sinusoidal-positions\"}]",
        "cannot be built")]
    [InlineData("\"layers\":[]", "\"layers\":[{\"layer\":\"reshape\",\"sizes\":[4,1]},{\"layer\":\"lstm\",\"units\":200000000}]",
        "cannot be built")]
    [InlineData("\"layers\":[]",
        "\"layers\":[{\"layer\":\"reshape\",\"sizes\":[4,1]},{\"layer\":\"dense\",\"units\":100000000},"
            + "{\"layer\":\"sinusoidal-positions\"}]", "does not fit")]
    [InlineData("\"layers\":[]", "\"layers\":[null]", "Item 0 of the list is null")]
    [InlineData("\"layers\":[]", "\"layers\":[{\"layer\":\"residual\",\"layers\":[null]}]", "Item 0 of the list is null")]
    [InlineData("\"layers\":[]", "\"layers\":[{\"layer\":\"batch-norm\",\"epsilon\":1e300}]", "must be finite and not negative")]
    [InlineData("\"layers\":[]", "\"layers\":[{\"layer\":\"batch-norm\",\"momentum\":-1}]", "A momentum must be in")]
    [InlineData("\"channels\":1", "\"channels\":2147483647", "cannot be built")]
    [InlineData("[\"a\",\"b\"]", "[\"a\",null]", "Item 1 of the list is null")]
    [InlineData("[\"a\",\"b\"]", "[\"a\",\"a\"]", "Two classes have the same name")]
    public void A_description_that_lies_is_refused_before_it_costs_memory(string part, string lie, string words)
    {
        var path = _folder.File("lie");
        new Network(new(new ImageInput(1, 2, 2), new ClassOutput("class", ["a", "b"]), [])).Save(path);
        var (tensors, metadata) = SafetensorsFile.Read(path);
        var json = metadata.Single().Value;
        Assert.Contains(part, json, StringComparison.Ordinal);
        SafetensorsFile.Write(path, tensors,
            new Dictionary<string, string> { [metadata.Single().Key] = json.Replace(part, lie, StringComparison.Ordinal) });
        Assert.Throws<DataException>(() => Network.Load(path));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(words, Assert.Throws<DataException>(() => Network.Load(path)).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void The_column_to_predict_must_be_there() =>
        Assert.Contains("there is no column 'price'; there are 'a', 'b'",
            Assert.Throws<DataException>(() => TableInput.Of(CsvTable.Parse("a,b\n1,2\n"), "price", out _)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("Infinity", "row 1 (line 2), column 'n': 'Infinity' is not a number")]
    [InlineData("ten", "row 1 (line 2), column 'n': 'ten' is not a number")]
    [InlineData("1.2.3", "row 1 (line 2), column 'n': '1.2.3' is not a number")]
    [InlineData("1e39", "row 1 (line 2), column 'n': '1e39' is too large")]
    [InlineData("-1e300", "row 1 (line 2), column 'n': '-1e300' is too large")]
    [InlineData("1e400", "row 1 (line 2), column 'n': '1e400' is too large")]
    public void What_is_no_number_is_refused_by_its_row(string cell, string words)
    {
        var input = new TableInput([new NumberColumn("n", 0, 1, MayBeMissing: false)]);
        Assert.Contains(words, Assert.Throws<DataException>(() => input.Encode(CsvTable.Parse($"n;m\n{cell};1\n"))).Message,
            StringComparison.Ordinal);
        Assert.Contains(words,
            Assert.Throws<DataException>(() => new NumberOutput("n", 0, 1).Encode(CsvTable.Parse($"n;m\n{cell};1\n"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Two_layers_of_one_name_are_refused() => Assert.Contains(
        "`a/w`",
        Assert.Throws<GraphException>(() =>
            new Network(new(new ImageInput(1, 2, 2), new ClassOutput("class", ["a", "b"]),
                [new Layer.Dense(2) { Name = "a" }, new Layer.Dense(2) { Name = "a" }]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Large_scores_have_probabilities()
    {
        var network = new Network(new(new ImageInput(1, 1, 1), new ClassOutput("class", ["a", "b", "c"]), []));
        var (weights, images) = (network.Model.Variables.Single(variable => variable.Name == "scores/w"),
            DataArray.From(new float[] { 0, 1 }).Reshape(2, 1, 1, 1));
        weights.Set([100, 0, 0]);
        Assert.Equal([("a", 1 / 3f), ("a", 1)], network.ClassifyEncoded(images).Select(one => (one.Class, one.Probability)));
        weights.Set([-1000, 0, -1000]);
        Assert.Equal("b, 100.00 %", network.ClassifyEncoded(images)[1].ToString());
        weights.Set([0, float.NaN, 0]);
        Assert.Contains("Row 0: the score of class 1 is NaN", Assert.Throws<DataException>(() => network.ClassifyEncoded(images)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-45f)]
    [InlineData(0.01f)]
    [InlineData(0.1f)]
    public void A_low_temperature_writes_what_is_likeliest(float temperature)
    {
        var network = new Network(new(new TextInput("abc", 4), new NextCharacterOutput(3), [new Layer.Embedding(3, 3)]));
        // After each character comes the next, by far; the last of the vocabulary is nothing special.
        network.Model.Variables.Single(variable => variable.Name!.EndsWith("table", StringComparison.Ordinal))
            .Set([0, 100, 0, 0, 0, 100, 100, 0, 0]);
        network.Model.Variables.Single(variable => variable.Name == "scores/w").Set([1, 0, 0, 0, 1, 0, 0, 0, 1]);
        Assert.Equal("bcabcab", string.Concat(network.Generate("a", 7, temperature, seed: 3)));
    }

    [Fact]
    public void A_folder_is_the_network_in_it()
    {
        var network = new Network(new(new ImageInput(1, 1, 1), new ClassOutput("class", ["a", "b"]), []));
        var folder = Directory.CreateDirectory(_folder.File("irises")).FullName;
        Assert.Contains("there is no network in this folder", Assert.Throws<DataException>(() => Network.Load(folder)).Message,
            StringComparison.Ordinal);
        network.Save(folder);
        Assert.True(File.Exists(Path.Combine(folder, "network.safetensors")));
        Weights.AssertSame(Weights.Of(network.Model), Weights.Of(Network.Load(folder).Model));
    }

    [Fact]
    public void A_loaded_network_is_trained_further()
    {
        var table = Flowers(60);
        var network = new Network(new(TableInput.Of(table, "kind", out _), ClassOutput.Of(table, "kind"), []));
        network.Save(_folder.File("some"));
        var loaded = Network.Load(_folder.File("some"), optimizer: new Adam(0.1f));
        var before = loaded.Model.Evaluate(loaded.Dataset(table)).Loss;
        loaded.Model.Fit(loaded.Dataset(table), epochs: 5);
        Assert.InRange(loaded.Model.Evaluate(loaded.Dataset(table)).Loss, 0, before);
    }

    [Fact]
    public void A_network_is_asked_with_what_people_have()
    {
        var table = CsvTable.Read(Path.Combine(Docs.Pages.Repository, "data", "iris", "iris.csv"));
        var network = new Network(new(TableInput.Of(table, "species", out _), ClassOutput.Of(table, "species"),
            [new Layer.Dense(16, Activation.Tanh)]), new AdamW(0.01f), new() { Seed = 1 });
        network.Model.Fit(network.Dataset(table), epochs: 60, batchSize: 10);
        // Raw centimetres, not standardised numbers: between versicolor and virginica, and far from sure.
        var flower = network.Classify(new Dictionary<string, double>
        {
            ["sepal length"] = 6.1,
            ["sepal width"] = 2.9,
            ["petal length"] = 4.9,
            ["petal width"] = 1.7
        });
        var row = CsvTable.Parse("petal width,note,sepal length,sepal width,petal length\n1.7,mine,6.1,2.9,4.9\n");
        Assert.Equal(flower, network.Classify(row)[0]);
        var rows = network.Dataset(row).Count;
        Assert.Equal(1, rows);
        Assert.Equal(flower, network.Classify(new Dictionary<string, object?>
        {
            ["sepal length"] = 6.1f,
            ["sepal width"] = "2.9",
            ["petal length"] = 4.9m,
            ["petal width"] = 1.7,
            ["species"] = null
        }));
        Assert.Equal(flower,
            network.Classify(TableRows.Of([(Sepal: (6.1, 2.9), Petal: (4.9, 1.7))], ("sepal length", one => one.Sepal.Item1),
                ("sepal width", one => one.Sepal.Item2), ("petal length", one => one.Petal.Item1),
                ("petal width", one => one.Petal.Item2)))[0]);
        Assert.Contains(flower.Class, (string[])["versicolor", "virginica"]);
        Assert.InRange(flower.Probability, 0.4f, 0.98f);
        Assert.Equal(["setosa", "versicolor", "virginica"], flower.Classes);
        Assert.Equal(1, flower.Probabilities.Sum(), 1e-5);
        Assert.Equal(flower["setosa"], flower.Top(3)[2].Probability);
        Assert.Equal((flower.Class, flower.Probability), flower.Top(1)[0]);
        Assert.Contains("no class 'rose'", Assert.Throws<ArgumentException>(() => flower["rose"]).Message, StringComparison.Ordinal);

        void Refuse(string words, Dictionary<string, object?> cells) =>
            Assert.Contains(words, Assert.Throws<DataException>(() => network.Classify(cells)).Message, StringComparison.Ordinal);
        Refuse("missing 'petal width'; unknown 'petal widht'. It takes 'sepal length'",
            new() { ["sepal length"] = 6.1, ["sepal width"] = 2.9, ["petal length"] = 4.9, ["petal widht"] = 1.7 });
        Refuse("unknown 'id'.", new()
        {
            ["sepal length"] = 6.1,
            ["sepal width"] = 2.9,
            ["petal length"] = 4.9,
            ["petal width"] = 1.7,
            ["id"] = 3
        });
        Refuse("column 'petal width': 'wide' is not a number",
            new() { ["sepal length"] = 6.1, ["sepal width"] = 2.9, ["petal length"] = 4.9, ["petal width"] = "wide" });
        Assert.Contains("Column 'petal width' was given a Object",
            Assert.Throws<ArgumentException>(() =>
                network.Classify(new Dictionary<string, object?>
                {
                    ["sepal length"] = 6.1,
                    ["sepal width"] = 2.9,
                    ["petal length"] = 4.9,
                    ["petal width"] = new()
                })).Message, StringComparison.Ordinal);
        Assert.Contains("there is no column 'petal length'",
            Assert.Throws<DataException>(() => network.Classify(CsvTable.Parse("petal width,sepal length,sepal width\n1,2,3\n"))).Message,
            StringComparison.Ordinal);
        Assert.Throws<GraphException>(() => network.Estimate(row));
    }

    [Fact]
    public void Cells_stand_for_the_values_of_a_program()
    {
        var table = TableRows.Of(new[] { DayOfWeek.Monday, DayOfWeek.Sunday }, ("day", day => day),
            ("said", day => $"\"{day}\", he said\nand left"), ("free", day => day == DayOfWeek.Sunday),
            ("when", _ => new DateOnly(2024, 2, 29)), ("much", _ => 1e-7), ("little", _ => null));
        Assert.Equal(["Monday", "\"Monday\", he said\nand left", "false", "2024-02-29", "1E-07", ""],
            Enumerable.Range(0, 6).Select(column => table[0, column]));
        Assert.Equal(1e-7, table.Number(1, 4));
        Assert.True(table.IsMissing(1, 5));
        Assert.Equal("1", TableRows.Text(true, "x", new NumberColumn("x", 0, 1, false)));
        Assert.Equal("TRUE", TableRows.Text(true, "x", new CategoryColumn("x", ["FALSE", "TRUE"])));
        Assert.Throws<ArgumentException>(() => TableRows.Of(new[] { 1 }));
        Assert.Throws<DataException>(() => TableRows.Of(new[] { 1 }, ("a", one => one), ("a", one => one)));
    }

    [Fact]
    public void A_text_is_evaluated_and_classified_as_text()
    {
        var writer = new Network(new(new TextInput("abc", 4), new NextCharacterOutput(3), [new Layer.Embedding(3, 3)]));
        Assert.Equal(2, writer.Dataset("abcabcabc").Rows);
        Assert.InRange(writer.Model.Evaluate(writer.Dataset("abcabcabc")).Loss, 0, 10);
        Assert.Contains("'x'", Assert.Throws<DataException>(() => writer.Dataset("abcxabc")).Message, StringComparison.Ordinal);
        var teller = new Network(new(new TextInput("abc", 4), new ClassOutput("language", ["one", "other"]),
            [new Layer.Embedding(3, 3), new Layer.Flatten()]));
        Assert.Equal(["one", "other"], teller.Classify("abca").Classes);
        Assert.Contains("has 3 characters, and the network reads 4", Assert.Throws<DataException>(() => teller.Classify("abc")).Message,
            StringComparison.Ordinal);
        Assert.Throws<DataException>(() => teller.Classify(Flowers(2)));
        Assert.Throws<GraphException>(() => teller.Estimate("abca"));
    }

    private static CsvTable Flowers(int rows, int seed = 3)
    {
        var random = new Random(seed);
        var text = new StringBuilder("id,length,colour,number,kind\n");
        for (var i = 0; i < rows; i++)
        {
            var isRose = random.Next(2) == 0;
            var length = isRose ? 5 + random.NextDouble() : 3 + 1.5 * random.NextDouble();
            object measured = random.Next(10) == 0 ? "" : length;
            var colour = isRose ? "red" : random.Next(2) == 0 ? "blue" : "red";
            text.AppendLine(FormattableString.Invariant($"no. {i},{measured},{colour},7,{(isRose ? "rose" : "iris")}"));
        }
        return CsvTable.Parse(text.ToString());
    }
}
