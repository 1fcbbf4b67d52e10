using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Diagnostics;
using SimpleFlow.Cli.Recipes;
using SimpleFlow.Cli.Reports;
using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli;

/// <summary><c>simpleflow train</c>: its options, and what happens in which order.</summary>
internal static class TrainCommand
{
    private const double TestShare = 0.2, TextTestShare = 0.1;

    public static Command Create(TextWriter output, bool terminal, CancellationToken cancellation)
    {
        var what = new Argument<string>("WHAT")
        {
            Description =
                "digits, which come with the tool; or mnist; or a folder with four IDX files under MNIST's names, such as Fashion-MNIST; "
                    + "or a folder with a sub-folder of images (PNG, JPEG, BMP, WebP, GIF) for each class; or a .csv file (--target says "
                    + "which column to predict); or a .txt file, to learn to write like it",
        };
        var recipe = OptionValues.Name("--recipe", "mlp|cnn|seed",
            "For images. mlp: dense layers, quick and good. cnn: convolutions, slower and better. seed: the network and the protocol that "
                + "SimpleFlow grew from [default: cnn for pictures, mlp for IDX files such as MNIST]", ["mlp", "cnn", "seed"]);
        var hidden = OptionValues.Sizes("--hidden", "N,N,…",
            $"Units of the hidden layers [default: {string.Join(',', MlpRecipe.Hidden)}; cnn: {string.Join(',', CnnRecipe.Hidden)} after "
                + $"the convolutions; a table: {string.Join(',', TableRecipe.Hidden)}; seed has {SeedRecipe.Hidden}]");
        var layers = OptionValues.Text("--layers", "FILE.json",
            "Layers of your own instead, as JSON: [{\"layer\": \"dense\", \"units\": 64, \"activation\": \"relu\"}, …]; the last one, "
                + "which predicts the classes or the number, is added");
        var epochs = OptionValues.Number<int>("--epochs", "N",
            $"The most epochs to train [default: about {MlpRecipe.Length.Steps} steps, and at least "
                + $"{MlpRecipe.Length.FewestEpochs} epochs; cnn: {CnnRecipe.Length.Steps} and {CnnRecipe.Length.FewestEpochs}; seed: "
                + $"{SeedRecipe.Epochs}, each on a new batch; more epochs the fewer examples]", "a whole number from 1", n => n >= 1);
        var batch = OptionValues.Number<int>("--batch", "N",
            $"Examples in a training step, on each rank if mpirun has started the tool [default: {MlpRecipe.Batch}, fewer of few images; "
                + $"seed: {SeedRecipe.Batch}; a table: {TableRecipe.Batch}; a text: {TextRecipe.Batch}]",
            "a whole number from 1", n => n >= 1);
        var optimizer = OptionValues.Name("--optimizer", "NAME",
            $"{string.Join(", ", OptimizerNames.All[..^1])}; sgd is gradient-descent [default: {MlpRecipe.Optimizer}; seed has "
                + "gradient-descent]", OptimizerNames.All);
        var rate = OptionValues.Number<float>("--learning-rate", "F",
            "The rate to start from, or the highest of one that rises and falls [default: one that suits the optimizer, "
                + $"{MlpRecipe.LearningRate} for {MlpRecipe.Optimizer}; seed: {SeedRecipe.LearningRate}]",
            "a number above 0", f => f > 0 && float.IsFinite(f));
        var augment = new Option<bool?>("--augment")
        {
            HelpName = "true|false",
            Description =
                "Change the training images at random in every epoch: shift, rotate, scale and shear them a little. Training takes "
                    + "longer and ends better; goes well with --recipe cnn --epochs 15 [default: true for fewer than 10,000 pictures in "
                    + "folders, else false]"
        };
        var size = OptionValues.Number<int>("--size", "N",
            "Stretch pictures to N × N pixels [default: their own size, if they all have the same and it is at most 128; else 64]",
            "a whole number from 1 to 1024", n => n is >= 1 and <= 1024);
        var table = new TableOptions();
        var testShare = OptionValues.Number<double>("--test-share", "F",
            "The share to test on: of a table, of pictures that are not in folders train and test, or at the end of a text "
                + $"[default: {TestShare}; a text: {TextTestShare}]", "a number between 0 and 1", f => f is > 0 and < 1);
        var validationShare = OptionValues.Number<double>("--validation-share", "F",
            "The share of the training examples to set aside as the validation set, which chooses the epoch; 0 for none [default: "
                + $"{ValidationPart.Share}, from {ValidationPart.Fewest} to {ValidationPart.Most:N0} examples; "
                + $"none of fewer than {4 * ValidationPart.Fewest}]",
            "a number from 0 to below 1", f => f is >= 0 and < 1);
        var allEpochs = new Option<bool>("--no-early-stopping")
        {
            Description =
                "Train all epochs and keep the weights of the last. By default the epoch with the lowest validation loss is kept (of "
                    + "images, the last that is about as low), and training stops when none was lower for two fifths of the epochs"
        };
        var classWeights = OptionValues.Name("--class-weights", "balanced",
            "balanced: every class counts alike in the loss, however rare it is; one with fewer than "
                + $"{Recipe.FewestBalanced} rows to train "
                + "on counts as if it had so many [default: every example counts alike]", ["balanced"]);
        var length = OptionValues.Number<int>("--length", "N",
            $"How many characters of a text the network looks at [default: {TextSource.Length}]", "a whole number from 1 to 4096",
            n => n is >= 1 and <= 4096);
        var seed = OptionValues.Number<ulong>("--seed", "N",
            "The same seed gives the same network, bit for bit, on any number of threads [default: 1]", "a whole number from 0", _ => true);
        var threads = OptionValues.Threads("Threads to train with");
        var data = OptionValues.Text("--data", "DIR", "Another folder for mnist [default: data/mnist here or above]");
        var save = OptionValues.Text("--save", "DIR",
            "Save the network with all that predicting needs, for simpleflow predict, evaluate, inspect and generate; and during training, "
                + "every ten seconds and after every epoch, all that --resume needs. A name that ends in .safetensors is a file with the "
                + "network alone");
        var resume = new Option<bool>("--resume")
        {
            Description =
                "Continue the training in the folder of --save, bit for bit as if it had never stopped; give the same options and data"
        };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the training in the folder of --save" };
        var plot = OptionValues.Text("--plot", "FILE.png", "Draw loss and accuracy of every epoch into this file", ending: ".png");
        var profile = OptionValues.Text("--profile", "FILE.json",
            "Finally, make a few hundred more training steps on one batch, print what each step of the plan costs (with --json on the "
                + "standard error), and write the trace into this file, for chrome://tracing or ui.perfetto.dev",
            ending: ".json");
        var json = new Option<bool>("--json")
        {
            Description =
                "Print nothing but JSON, one object a line: {\"event\":\"epoch\",\"epoch\":…,\"loss\":…,\"accuracy\":…,\"seconds\":…} "
                    + "after each epoch (its training loss, its accuracy on the validation set "
                + "as a fraction of 1, or meanAbsoluteError or perplexity where that is the measure; the time it took), finally "
                    + "{\"event\":\"end\",\"accuracy\":…,\"loss\":…,\"seconds\":…,\"parameters\":…,\"baseline\":…} (the total time, "
                    + "loading included; the score of always answering the commonest class or the mean); before it, if the training went "
                    + "badly, {\"event\":\"finding\",\"name\":…,\"what\":…,\"advice\":…} for each reason. A number that is not finite is "
                    + "the text NaN, Infinity or -Infinity",
        };
        var command = new Command("train", "Train a network on images, a table or a text, and test it on examples it has never seen.")
        {
            what, recipe, hidden, layers, epochs, batch, optimizer, rate, augment, size, testShare, validationShare, allEpochs,
            classWeights, length, seed, threads, data, save, resume, overwrite, plot, profile, json,
        };
        foreach (var option in table.All) command.Add(option);
        command.Add(new HelpOption { Action = new HelpWithExamples("""
            simpleflow train digits                                    a first network, anywhere
            simpleflow train mnist                                     98 % of the test digits in seconds
            simpleflow train mnist --recipe cnn --save digits          99.3 % in a minute, kept in a file
            simpleflow train mnist --hidden 512 --epochs 10            a wider network, and more patience
            simpleflow train mnist --recipe seed --plot seed.png       as the seed trained, with its curves
            simpleflow train mnist --epochs 1 --profile steps.json     and what each step of the plan costs
            simpleflow train fashion-mnist/                            any four IDX files in a folder
            simpleflow train pets/ --size 48                           pets/cat/1.jpg, pets/dog/2.jpg, …
            simpleflow train houses.csv --target price --save houses   a column of a table
            simpleflow train preise.csv --target Preis --decimal ,     numbers such as 1.234,56
            simpleflow train poems.txt --save poems                    a text, to write more of it
            simpleflow train mnist --json | tail -n 1                  the result for another program
            """) });

        command.SetAction(parsed =>
        {
            var clock = Stopwatch.StartNew();
            var world = Mpi.Mpi.World;
            var writes = world.Rank == 0;
            var shown = writes ? output : TextWriter.Null;
            var name = parsed.GetRequiredValue(what);
            var kind = Source.KindOf(name, hasTarget: table.HasTarget(parsed));
            var isSeed = parsed.GetValue(recipe) == "seed";
            if (isSeed) RequireNone(parsed, "does not go with --recipe seed, which has its own: only --recipe mlp and cnn let you choose",
                hidden, layers, optimizer, augment, validationShare, allEpochs, classWeights);
            if (name != "mnist")
                RequireNone(parsed, "is another folder for mnist; a folder of your own is named once: simpleflow train DIR", data);
            if (kind != SourceKind.Images) RequireNone(parsed, "is for images", recipe, augment, size);
            if (kind != SourceKind.Table) RequireNone(parsed, "is for tables", [.. table.All]);
            if (kind == SourceKind.Text) RequireNone(parsed, "is for classes", classWeights);
            if (kind != SourceKind.Text) RequireNone(parsed, "is for texts", length);
            else RequireNone(parsed, "does not go with a text, whose network is a transformer: --layers describes another", hidden);
            if (parsed.GetResult(layers) is { Implicit: false })
                RequireNone(parsed, "does not go with --layers: the file says which layers there are", hidden, recipe);
            var settings = new TrainSettings
            {
                Hidden = parsed.GetResult(hidden) is null ? null : parsed.GetValue(hidden),
                Layers = parsed.GetValue(layers) is { } file ? Abandonable.Run(() => LayersFile.Read(file).Layers, cancellation) : null,
                Epochs = parsed.GetValue(epochs),
                Batch = parsed.GetValue(batch),
                Optimizer = parsed.GetValue(optimizer),
                LearningRate = parsed.GetValue(rate),
                Augment = parsed.GetValue(augment),
                ValidationShare = parsed.GetValue(validationShare),
                StopsEarly = !parsed.GetValue(allEpochs),
                BalancesClasses = parsed.GetValue(classWeights) is not null,
                Seed = parsed.GetValue(seed) ?? 1,
                Threads = parsed.GetValue(threads),
                Cluster = world,
            };
            var (picture, trace) = (parsed.GetValue(plot), parsed.GetValue(profile));
            if (writes && picture is not null) WritableFile.Check(picture, "picture");
            if (writes && trace is not null) WritableFile.Check(trace, "profile");
            if (parsed.GetValue(save) is { } saved)
                settings = settings with
                {
                    Save = new SavePlace(saved, parsed.GetValue(resume), parsed.GetValue(overwrite),
                    CommandToResume(parsed, resume), writes)
                };
            using var place = settings.Save;
            if (place is null && parsed.GetValue(resume))
                throw new UsageException("--resume continues the training in a folder: name it with --save.");
            if (place is null && parsed.GetValue(overwrite))
                throw new UsageException("--overwrite replaces the training in a folder: name it with --save.");

            Func<EpochLine, TrainingReport, string> sentence = isSeed ? Sentences.SeedsEpoch : Sentences.Epoch;
            var isJson = parsed.GetValue(json);
            var watchedBy = isSeed ? "test" : "validation";
            TrainingReport report = isJson ? new JsonReport(shown) { WatchedBy = watchedBy }
                : terminal && world.Size == 1 ? new LiveReport(shown, sentence) { WatchedBy = watchedBy }
                : new PlainReport(shown, sentence) { WatchedBy = watchedBy };
            var folder = DataFolder.Of(name) ?? parsed.GetValue(data);
            var called = parsed.GetValue(data) ?? name;
            report.Loading(called);
            var isIdx = kind == SourceKind.Images && (folder is null || ImageSource.IsIdx(folder));
            var warm = isIdx && !isSeed
                ? WarmUp.Begin(parsed.GetValue(recipe) == "cnn" ? CnnRecipe.Create(Still(settings)) : MlpRecipe.Create(Still(settings)),
                    settings.Threads, cancellation)
                : Task.CompletedTask;
            LabelledData examples;
            using (var reading = report.Reading())
            {
                // The sender of data through a pipe may keep it waiting.
                examples = Abandonable.Run(() => kind switch
                {
                    SourceKind.Table => TableSource.Load(name, table.Of(parsed), parsed.GetValue(testShare) ?? TestShare, settings.Seed,
                        reading, report.Say, cancellation),
                    SourceKind.Text => TextSource.Load(name, parsed.GetValue(length), parsed.GetValue(testShare) ?? TextTestShare),
                    _ => ImageSource.Load(folder, parsed.GetValue(size), parsed.GetValue(testShare) ?? TestShare, settings.Seed, reading,
                        cancellation),
                }, cancellation, Tool.Grace);
            }
            cancellation.ThrowIfCancellationRequested();
            report.Loaded(examples);
            if (name == "digits" && Directory.Exists(name)) report.Say("`digits` are those of the tool. The folder here is ./digits.");
            warm.GetAwaiter().GetResult();

            var trained = isSeed ? SeedRecipe.Train(examples, settings, report, cancellation)
                : RecipeFor(examples, parsed.GetValue(recipe), settings).Train(examples, settings, report, cancellation);
            if (!writes) return ExitCodes.Done;
            if (!examples.AreTooFew) report.Compare(Standard.Of(examples));
            report.Tested(FinalTest.Of(trained, examples, cancellation), trained.BestEpoch, trained.Model.History.StopReason);
            if (examples.AreTooFew) report.Say(Sentences.TooFew(examples));
            else if (report.WentBadly)
            {
                var baseline = Standard.Of(examples, (trained.Validation ?? examples.Test).Targets).Baseline;
                var findings = trained.Model.Diagnose(trained.Batch, baseline).Findings.Where(one => report.Tells(one)).ToList();
                if (!report.IsBeaten && findings.All(one => one.Name != TrainingReport.NotBeaten)) findings.Insert(0, report.NoBetter);
                if (settings.BalancesClasses) findings = findings.ConvertAll(WithClassWeights);
                findings.ForEach(report.Found);
            }
            report.End(clock.Elapsed, trained.Model.ParameterCount);
            if (place is not null) report.Say(Sentences.Saved(place.ToString()));
            report.Say(Sentences.Next(place?.ToString(), name, examples.Input));
            if (picture is not null)
            {
                LearningPicture.Save(picture, called, report);
                report.Say(Sentences.Drawn(picture, examples.Score));
            }
            cancellation.ThrowIfCancellationRequested();
            if (trace is not null)
                StepTimes.Save(trained, report.Epochs[^1], trace, isJson ? parsed.InvocationConfiguration.Error : output, cancellation);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Recipe RecipeFor(LabelledData examples, string? name, TrainSettings settings)
    {
        var rows = examples.Train.Rows;
        return examples.Input switch
        {
            TableInput table => TableRecipe.Create(settings, rows, table.Columns.Count),
            TextInput text => TextRecipe.Create(settings, text.Vocabulary.Count, rows),
            ImageInput image when name == "mlp" || (name is null && !examples.ArePictures) =>
                MlpRecipe.Create(settings, rows, image.Channels * image.Rows * image.Columns),
            ImageInput image => examples.ArePictures ? CnnRecipe.ForPictures(settings, image, rows) : CnnRecipe.Create(settings, rows),
            _ => throw new UnreachableException(),
        };
    }

    // Balanced classes find more of the rare ones, and are right less often on the whole.
    private static TrainingFinding WithClassWeights(TrainingFinding finding) => finding.Name != TrainingReport.NotBeaten ? finding
        : finding with
        {
            Advice = "--class-weights balanced trades accuracy for the recall of rare classes: compare the recall of each class, or "
                + $"train without it. {finding.Advice}"
        };

    private static TrainSettings Still(TrainSettings settings) => new() { Optimizer = settings.Optimizer, LearningRate = 0 };

    private static string CommandToResume(ParseResult parsed, Option resume) =>
        (Mpi.Mpi.World.Size > 1 ? $"mpirun -n {Mpi.Mpi.World.Size} " : "") +
            ShellCommand.Of([.. parsed.Tokens.Select(token => token.Value).Where(token => token != "--overwrite"),
            .. parsed.GetResult(resume) is { Implicit: false } ? (string[])[] : [resume.Name]]);

    private static void RequireNone(ParseResult parsed, string why, params ReadOnlySpan<Option> options)
    {
        foreach (var option in options)
        {
            if (parsed.GetResult(option) is { Implicit: false }) throw new UsageException($"{option.Name} {why}.");
        }
    }
}
