// A small transformer reads Shakespeare's sonnets, character by character, and learns to write like them. Its perplexity, the number
// of equally likely characters it is in effect choosing from, is compared with that of a bigram model, which knows only the last character.
//
//   dotnet run -c Release examples/09-characters.cs                    10 epochs
//   dotnet run -c Release examples/09-characters.cs -- 2 --seed 2      fewer epochs, other random numbers

#:project ../src/SimpleFlow/SimpleFlow.csproj
#:project ../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using SimpleFlow;
using SimpleFlow.Plots;

var epochs = args is [var first, ..] && first != "--seed" ? int.Parse(first) : 10;
var seed = Array.IndexOf(args, "--seed") is >= 0 and var at ? ulong.Parse(args[at + 1]) : 1;
const int Length = 64, Width = 96;

var text = File.ReadAllText(Path.Combine((string)AppContext.GetData("EntryPointFileDirectoryPath")!, "..", "data", "sonnets",
    "sonnets.txt"));
var (known, unseen) = (text[..(text.Length * 9 / 10)], text[(text.Length * 9 / 10)..]);
var vocabulary = Vocabulary.Of(text);
Console.WriteLine($"{known.Length} characters to learn from, {unseen.Length} to test with, {vocabulary.Count} different ones");

// Each character and its position become a vector; two attention blocks look back at all earlier ones; then every character gets a
// score for coming next.
var network = new Network(
    new(new TextInput(vocabulary.Characters, Length), new NextCharacterOutput(vocabulary.Count),
    [
        new Layer.Embedding(vocabulary.Count, Width), new Layer.PositionalEmbedding(),
        new Layer.TransformerBlock(Heads: 4, Causal: true, DropoutRate: 0.2f),
        new Layer.TransformerBlock(Heads: 4, Causal: true, DropoutRate: 0.2f), new Layer.LayerNorm(),
    ]),
    new AdamW(0.003f, weightDecay: 0.05f), new() { Seed = seed });

var train = Pieces(known, stride: Length / 4);
var test = Pieces(unseen, stride: Length);
Console.WriteLine($"untrained    perplexity: {Math.Exp(network.Model.Evaluate(test).Loss):F2}");
var bigrams = Bigrams();
Console.WriteLine($"bigrams      perplexity: {bigrams:F2}");
var history = network.Model.Fit(train, new FitOptions
{
    Epochs = epochs,
    BatchSize = 16,
    Validation = test,
    Schedule = Schedule.OneCycle(warmUp: 0.1),
    Callbacks = [new Lines()],
});
Console.WriteLine($"transformer  perplexity: {Math.Exp(history.Last.Validation!.Loss):F2}, with {network.Model.ParameterCount} parameters");
Console.WriteLine("it writes:");
foreach (var line in string.Concat(network.Generate("Shall I ", 240, temperature: 0.7f, seed)).Insert(0, "Shall I ").Split('\n'))
    Console.WriteLine($"  {line}");

var picture = Path.GetFullPath("out/09-characters.png");
double[] numbers = [.. history.Epochs.Select(epoch => (double)epoch.Epoch)];
new Chart("Perplexity of a transformer that reads sonnets")
    .Curve<double>(numbers, [.. history.Epochs.Select(epoch => Math.Exp(epoch.Loss))], "text it learns from", Palette.Blue, markers: true)
    .Curve<double>(numbers, [.. history.Epochs.Select(epoch => Math.Exp(epoch.Validation!.Loss))], "text it has not seen",
    Palette.Vermilion, markers: true)
    .Curve<double>(numbers, [.. numbers.Select(_ => bigrams)], "bigrams, on that text", Palette.Grey)
    .Axes("epoch", "perplexity")
    .SavePng(picture);
Console.WriteLine($"picture: {picture}");

Dataset Pieces(string part, int stride)
{
    var (pieces, next) = vocabulary.Windows(part, Length, stride);
    return network.EncodedDataset(pieces, next);
}

// The perplexity of a bigram table on the unseen text. Every count starts at one, so that no unseen pair is impossible.
double Bigrams()
{
    var counts = new double[vocabulary.Count, vocabulary.Count];
    var (before, after) = (vocabulary.Encode(known), vocabulary.Encode(unseen));
    for (var i = 1; i < before.Length; i++) counts[before[i - 1], before[i]]++;
    double surprise = 0;
    for (var i = 1; i < after.Length; i++)
    {
        var all = Enumerable.Range(0, vocabulary.Count).Sum(other => counts[after[i - 1], other] + 1);
        surprise -= Math.Log((counts[after[i - 1], after[i]] + 1) / all);
    }
    return Math.Exp(surprise / (after.Length - 1));
}

/// <summary>A line for every epoch.</summary>
internal sealed class Lines : Callback
{
    protected override void AfterEpoch(TrainingRun run, EpochResult epoch) =>
        Console.WriteLine(
            $"epoch {epoch.Epoch,2}  perplexity: {Math.Exp(epoch.Loss):F2}  on unseen text: {Math.Exp(epoch.Validation!.Loss):F2}  "
                + $"{epoch.Duration.TotalSeconds:F1} s");
}
