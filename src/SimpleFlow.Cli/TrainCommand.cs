using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Diagnostics;
using SimpleFlow.Cli.Recipes;
using SimpleFlow.Cli.Reports;

namespace SimpleFlow.Cli;

/// <summary><c>simpleflow train</c>: what can be asked for, and what then happens in which order.</summary>
internal static class TrainCommand
{
    public static Command Create(TextWriter output, bool terminal, CancellationToken cancellation)
    {
        var what = new Argument<string>("WHAT") { Description = "mnist, or a folder with four IDX files under their MNIST names, plain or .gz, such as Fashion-MNIST" };
        var recipe = OptionValues.Name("--recipe", "mlp|seed",
            "mlp: a network of dense layers, good by today's standards. seed: the network and the protocol that SimpleFlow grew from [default: mlp]", ["mlp", "seed"]);
        var hidden = OptionValues.Sizes("--hidden", "N,N,…", $"Units of the hidden layers [default: {string.Join(',', MlpRecipe.Hidden)}; seed has {SeedRecipe.Hidden}]");
        var epochs = OptionValues.Number<int>("--epochs", "N", $"How many epochs [default: {MlpRecipe.Epochs}; seed: {SeedRecipe.Epochs}, each on a new batch]", "a whole number from 1", n => n >= 1);
        var batch = OptionValues.Number<int>("--batch", "N", $"Images in a training step [default: {MlpRecipe.Batch}; seed: {SeedRecipe.Batch}]", "a whole number from 1", n => n >= 1);
        var optimizer = OptionValues.Name("--optimizer", "NAME",
            $"{string.Join(", ", OptimizerNames.All[..^1])}; sgd is gradient-descent [default: {MlpRecipe.Optimizer}; seed has gradient-descent]", OptimizerNames.All);
        var rate = OptionValues.Number<float>("--learning-rate", "F",
            $"The rate to start from; mlp lowers it from epoch to epoch in equal steps [default: as it suits the optimizer, {OptimizerNames.Create(MlpRecipe.Optimizer, null).LearningRate} for {MlpRecipe.Optimizer}; seed: {SeedRecipe.LearningRate}]",
            "a number above 0", f => f > 0 && float.IsFinite(f));
        var seed = OptionValues.Number<ulong>("--seed", "N", "The same seed gives the same network, bit for bit, on any number of threads [default: 1]", "a whole number from 0", _ => true);
        var threads = OptionValues.Threads("Threads to train with");
        var data = OptionValues.Text("--data", "DIR", "Another folder for mnist [default: data/mnist here or above]");
        var plot = OptionValues.Text("--plot", "FILE.png", "Draw loss and accuracy of every epoch into this file", ending: ".png");
        var profile = OptionValues.Text("--profile", "FILE.json",
            "At last, make a few hundred more training steps on one batch, print what each step of the plan costs (with --json on the standard error), and write the trace into this file, for chrome://tracing or ui.perfetto.dev",
            ending: ".json");
        var json = new Option<bool>("--json")
        {
            Description = "Print nothing but JSON, one object a line: {\"event\":\"epoch\",\"epoch\":…,\"loss\":…,\"accuracy\":…,\"seconds\":…} after each epoch (its training loss, its test accuracy "
                + "as a fraction of 1, the time it took), at last {\"event\":\"end\",\"accuracy\":…,\"loss\":…,\"seconds\":…,\"parameters\":…} (the time of all, loading included)",
        };
        var command = new Command("train", "Train a network to tell images apart, and test it on images it has never seen.")
        {
            what, recipe, hidden, epochs, batch, optimizer, rate, seed, threads, data, plot, profile, json,
        };
        command.Add(new HelpOption { Action = new HelpWithExamples() });

        command.SetAction(parsed =>
        {
            var clock = Stopwatch.StartNew();
            var isSeed = parsed.GetValue(recipe) == "seed";
            if (isSeed) RequireNone(parsed, "does not go with --recipe seed, which has its own: only --recipe mlp lets you choose", hidden, optimizer);
            var isMnist = parsed.GetRequiredValue(what) == "mnist";
            if (!isMnist) RequireNone(parsed, "is another folder for mnist; a folder of your own is named once: simpleflow train DIR", data);
            var settings = new TrainSettings(
                parsed.GetResult(hidden) is null ? null : parsed.GetValue(hidden), parsed.GetValue(epochs), parsed.GetValue(batch), parsed.GetValue(optimizer), parsed.GetValue(rate), parsed.GetValue(seed) ?? 1, parsed.GetValue(threads));
            var picture = parsed.GetValue(plot);
            if (picture is not null) WritableFile.Check(picture, "picture");
            var trace = parsed.GetValue(profile);
            if (trace is not null) WritableFile.Check(trace, "profile");

            Func<EpochLine, int, string> sentence = isSeed ? Sentences.SeedsEpoch : Sentences.Epoch;
            var isJson = parsed.GetValue(json);
            TrainingReport report = isJson ? new JsonReport(output) : terminal ? new LiveReport(output, sentence) : new PlainReport(output, sentence);
            var folder = isMnist ? parsed.GetValue(data) : parsed.GetRequiredValue(what);
            report.Loading(folder ?? "mnist");
            var images = DataFolder.Load(folder);
            cancellation.ThrowIfCancellationRequested();
            report.Loaded(images);

            var trained = isSeed ? SeedRecipe.Train(images, settings, report, cancellation) : MlpRecipe.Train(images, settings, report, cancellation);
            report.End(clock.Elapsed, trained.Model.ParameterCount);
            if (picture is not null)
            {
                LearningPicture.Save(picture, $"{folder ?? "mnist"}: {report.Epochs[^1].Accuracy:P1} of the test images", report.Epochs);
                report.Drawn(picture);
            }
            cancellation.ThrowIfCancellationRequested();
            if (trace is not null) StepTimes.Save(trained, report.Epochs[^1], trace, isJson ? parsed.InvocationConfiguration.Error : output);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void RequireNone(ParseResult parsed, string why, params ReadOnlySpan<Option> options)
    {
        foreach (var option in options)
        {
            if (parsed.GetResult(option) is { Implicit: false }) throw new UsageException($"{option.Name} {why}.");
        }
    }

    private sealed class HelpWithExamples : SynchronousCommandLineAction
    {
        private readonly HelpAction _help = new();

        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            _help.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.WriteLine("""
                Examples:
                  simpleflow train mnist                                   98 % of the test digits in seconds
                  simpleflow train mnist --hidden 512 --epochs 10          a wider network, and more patience
                  simpleflow train mnist --recipe seed --plot seed.png     as the seed trained, with its curves
                  simpleflow train mnist --epochs 1 --profile steps.json   and what each step of the plan costs
                  simpleflow train fashion-mnist/                          any four IDX files in a folder
                  simpleflow train mnist --json | tail -n 1                the result for another program

                """);
            return ExitCodes.Done;
        }
    }
}
