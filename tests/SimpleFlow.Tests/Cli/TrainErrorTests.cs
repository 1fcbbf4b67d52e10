namespace SimpleFlow.Tests.Cli;

[Trait("Promise", "18")]
public sealed class TrainErrorTests
{
    [Theory]
    [InlineData("bogus", "'bogus' is not understood here. Try: simpleflow --help")]
    [InlineData("trian mnist", "'trian' is not understood here; did you mean train? Try: simpleflow --help")]
    [InlineData("Predict a b", "did you mean predict?")]
    [InlineData("evalute a b", "did you mean evaluate?")]
    [InlineData("train mnist --lerning-rate 3",
        "'--lerning-rate' is not understood here; did you mean --learning-rate? Try: simpleflow train --help")]
    [InlineData("train --epoch 3 mnist", "'--epoch' is not understood here; did you mean --epochs?")]
    [InlineData("train --quick", "'--quick' is not understood here. Try: simpleflow train --help")]
    [InlineData("inspect -x", "'-x' is not understood here. Try")]
    [InlineData("train", "WHAT")]
    [InlineData("train mnist more", "'more' is not understood here. Try: simpleflow train --help")]
    [InlineData("train mnist --bogus 3", "'--bogus'")]
    [InlineData("train mnist --epochs", "--epochs")]
    [InlineData("train mnist --epochs 1 --epochs 2", "--epochs", "2 were provided")]
    [InlineData("train mnist --recipe seed --hidden 3", "--hidden does not go with --recipe seed")]
    [InlineData("train mnist --recipe seed --optimizer adam", "--optimizer does not go with --recipe seed")]
    [InlineData("train here --data there", "--data is another folder for mnist")]
    public void Wrong_usage_is_named(string commandLine, params string[] words) => Fails(2, commandLine, words);

    [Theory]
    [InlineData("--epochs 0", "--epochs is '0', and must be a whole number from 1")]
    [InlineData("--epochs many", "--epochs is 'many'")]
    [InlineData("--epochs 99999999999", "--epochs")]
    [InlineData("--batch -1", "--batch is '-1'")]
    [InlineData("--hidden 64,0", "--hidden is '64,0', and must be whole numbers from 1, separated by commas")]
    [InlineData("--hidden 64,", "--hidden")]
    [InlineData("--hidden 2000000000", "2000000000")]
    [InlineData("--optimizer best", "must be one of gradient-descent, momentum")]
    [InlineData("--recipe soup", "must be one of mlp, cnn, seed")]
    [InlineData("--learning-rate 0", "--learning-rate is '0', and must be a number above 0")]
    [InlineData("--learning-rate -0.1", "a number above 0")]
    [InlineData("--learning-rate NaN", "a number above 0")]
    [InlineData("--learning-rate 1e39", "a number above 0")]
    [InlineData("--learning-rate 0,1", "a number above 0")]
    [InlineData("--learning-rate 1e-60", "a number above 0")]
    [InlineData("--seed -1", "--seed is '-1'")]
    [InlineData("--threads 0", "--threads is '0', and must be a whole number from 1")]
    [InlineData("--plot picture.jpg", "a name that ends in .png")]
    [InlineData("--profile steps.txt", "a name that ends in .json")]
    public void Bad_values_are_named(string option, params string[] words)
    {
        using var images = new ImageFolder();
        Fails(1, $"train mnist --data {images.Path} --epochs 1 {option}".Replace(option.StartsWith("--epochs", StringComparison.Ordinal)
            ? "--epochs 1 " : "\0", ""), words);
    }

    [Fact]
    public void A_name_that_looks_like_an_option_is_a_file_after_two_dashes() =>
        Fails(1, "inspect -- --quick", "--quick: there is no such file");

    [Fact]
    public void A_folder_in_place_of_a_file_and_a_file_in_place_of_a_folder_are_named()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            Assert.Contains("this is a folder", Assert.Throws<DataException>(() => CsvTable.Read(folder.FullName)).Message,
                StringComparison.Ordinal);
            Assert.Contains("this is a folder", Assert.Throws<DataException>(() => SafetensorsFile.Read(folder.FullName)).Message,
                StringComparison.Ordinal);
            var file = Path.Combine(folder.FullName, "file");
            File.WriteAllText(file, "");
            Fails(1, $"train mnist --layers {folder.FullName}", $"{folder.FullName}: this is a folder");
            Fails(2, $"train mnist --save {file}", $"{file} is a file: --save names a folder");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_list_in_an_error_keeps_its_lines_and_nothing_else_does()
    {
        Assert.Equal("MNIST was not found. Looked in\n  /a\n  /b\nSay where it is.",
            SimpleFlow.Cli.Tool.Lines("MNIST was not found. Looked in\n  /a\n  /b\nSay where it is."));
        Assert.Equal("wrong. Do better.", SimpleFlow.Cli.Tool.Lines("wrong.\nDo better.\n"));
        Assert.Equal("no ␛[31m", SimpleFlow.Cli.Tool.Lines("no \u001b[31m"));
    }

    [Fact]
    public void Bad_folders_and_files_are_named()
    {
        Fails(1, "train no/such/folder", "no/such/folder: there is no such folder");
        Fails(1, "train mnist --data no/such/folder", "no/such/folder: there is no such folder");

        using var images = new ImageFolder();
        var labels = images.File("t10k-labels-idx1-ubyte");
        var good = File.ReadAllBytes(labels);
        File.WriteAllBytes(labels, good[..^1]);
        Fails(1, $"train {images.Path}", labels, "cut short");
        File.WriteAllBytes(labels, [1, 2, 3, 4, .. good[4..]]);
        Fails(1, $"train {images.Path}", labels, "0x00000801", "0x01020304");
        File.Delete(labels);
        Fails(1, $"train {images.Path}", labels, "no such file");

        using var nothing = new ImageFolder(test: 0);
        Fails(1, $"train {nothing.Path}", "there are no images to test on");
    }

    [Fact]
    public void A_picture_that_cannot_be_written_is_found_before_training()
    {
        using var images = new ImageFolder();
        Directory.CreateDirectory(images.File("folder.png"));
        var run = Fails(1, $"train {images.Path} --plot {images.File("folder.png")}", "folder.png: the picture cannot be written there");
        Assert.Equal("", run.Output);
        run = Fails(1, $"train {images.Path} --plot {images.File("train-labels-idx1-ubyte/curves.png")}",
            "the picture cannot be written there");
        Assert.Equal("", run.Output);
    }

    [Fact]
    public void A_profile_that_cannot_be_written_is_found_before_training()
    {
        using var images = new ImageFolder();
        Directory.CreateDirectory(images.File("folder.json"));
        var run = Fails(1, $"train {images.Path} --profile {images.File("folder.json")}",
            "folder.json: the profile cannot be written there");
        Assert.Equal("", run.Output);
    }

    [Fact]
    public void A_rate_that_blows_up_is_said_so()
    {
        using var images = new ImageFolder();
        Fails(1, $"train {images.Path} --learning-rate 1e9 --optimizer sgd", "learning rate is too large");
        Fails(2, $"train {images.Path} --learning-rate 1e30 --optimizer sgd", "--learning-rate is 1E+30, and sgd takes at most 1E+10.");
        var terminal = ToolRun.On(new StringWriter(), ["train", images.Path, "--learning-rate", "1e9", "--optimizer", "sgd"],
            terminal: true);
        terminal.Failed(1, "learning rate is too large");
    }

    [Theory]
    [InlineData("--help", "train")]
    [InlineData("", "train")]
    [InlineData("train --help", "simpleflow train <WHAT> [options]", "--hidden",
        "[default: 256; cnn: 128 after the convolutions; a table: 64,64,64; seed has 64]", "0.004 for adamw", "Examples:",
        "simpleflow train mnist", "--json")]
    public void Help_is_helpful(string commandLine, params string[] words)
    {
        var run = ToolRun.Of(commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Succeeded();
        foreach (var word in words) Assert.Contains(word, run.Output, StringComparison.Ordinal);
    }

    private static ToolRun Fails(int exitCode, string commandLine, params ReadOnlySpan<string> words) =>
        ToolRun.Of(commandLine.Split(' ')).Failed(exitCode, words);
}
