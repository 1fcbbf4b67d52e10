// Learns to continue a text character by character, tests itself on text that it has not seen, and saves the network.
//
//   dotnet run                      trains, tests, and saves the network
//   dotnet run -- "Shall I "        continues what you begin

using SimpleFlow;

// Your own text: change this. More text takes longer, and is what helps most; so do more epochs and wider layers.
const string Data = "sonnets.txt";
const int Length = 64, Width = 64, Epochs = 4;
const string Saved = "network.safetensors";

try
{
    switch (args)
    {
        case []:
            Train();
            return 0;
        case [var prompt]:
            Continue(prompt);
            return 0;
        default:
            Console.Error.WriteLine("usage: dotnet run, or dotnet run -- \"Shall I \"");
            return 1;
    }
}
catch (Exception error) when (error is SimpleFlowException or IOException or UnauthorizedAccessException)
{
    // The message says which file, row or picture, and what to do.
    Console.Error.WriteLine(error.Message);
    return 1;
}

static void Continue(string prompt)
{
    var network = Network.Load(Saved);
    Console.WriteLine(prompt + string.Concat(network.Generate(prompt, 300, temperature: 0.7f, seed: (ulong)Random.Shared.Next())));
}

static void Train()
{
    // The last tenth of the text is kept for the test.
    var text = File.ReadAllText(Data);
    var (known, unseen) = (text[..(text.Length * 9 / 10)], text[(text.Length * 9 / 10)..]);
    var vocabulary = Vocabulary.Of(text);

    // Each character and its place become a vector. The blocks look back at all earlier ones; then every character gets a score.
    Layer[] layers =
    [
        new Layer.Embedding(vocabulary.Count, Width), new Layer.PositionalEmbedding(),
        new Layer.TransformerBlock(Heads: 4, Causal: true, DropoutRate: 0.1f),
        new Layer.TransformerBlock(Heads: 4, Causal: true, DropoutRate: 0.1f),
        new Layer.LayerNorm(),
    ];
    var input = new TextInput(vocabulary.Characters, Length);
    var network = new Network(new(input, new NextCharacterOutput(vocabulary.Count), layers), new AdamW(0.003f, weightDecay: 0.05f),
        new() { Seed = 1 });
    var (pieces, next) = vocabulary.Windows(known, Length, stride: Length / 4);
    var train = network.EncodedDataset(pieces, next);
    Console.WriteLine($"training on {known.Length} characters, {vocabulary.Count} different ones …");
    network.Model.Fit(train, new FitOptions { Epochs = Epochs, BatchSize = 16, Schedule = Schedule.OneCycle(warmUp: 0.1) });

    // Perplexity: among how many equally likely characters it might as well choose. Less is better.
    var test = network.Dataset(unseen);
    Console.WriteLine($"perplexity on text that it has not seen: {network.Model.Evaluate(test).Perplexity:F2}; "
        + $"knowing only how often each character occurs: {Frequencies(known, unseen):F2}");

    network.TrainedOn = TrainedRows.Of(train, test);
    network.Save(Saved);
    Console.WriteLine($"saved: {Saved}");

    static double Frequencies(string known, string unseen)
    {
        var counts = known.CountBy(character => character).ToDictionary();
        return Math.Exp(unseen.Average(one => -Math.Log((counts.GetValueOrDefault(one) + 1) / (double)(known.Length + counts.Count))));
    }
}
