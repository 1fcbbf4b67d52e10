// Learns to tell pictures apart, tests itself on pictures that it has not seen, and saves the network.
//
//   dotnet run                      trains, tests, and saves the network
//   dotnet run -- new.png           says what is in a picture, or in each picture of a folder

using SimpleFlow;
using SimpleFlow.Images;

// Your own pictures: a folder with a sub-folder for each class. They are read in this size; larger shows more, and takes longer.
const string Data = "pictures";
const int Side = 32;
const string Saved = "network.safetensors";

try
{
    switch (args)
    {
        case []:
            Train();
            return 0;
        case [var path]:
            Tell(path);
            return 0;
        default:
            Console.Error.WriteLine("usage: dotnet run, or dotnet run -- PICTURE");
            return 1;
    }
}
catch (Exception error) when (error is SimpleFlowException or IOException or UnauthorizedAccessException)
{
    // The message says which file, row or picture, and what to do.
    Console.Error.WriteLine(error.Message);
    return 1;
}

static void Tell(string path)
{
    foreach (var (file, answer) in Network.Load(Saved).ClassifyPictures(path))
        Console.WriteLine($"{file}: {answer.Class} ({answer.Probability:P0})");
}

static void Train()
{
    var folder = PictureFolder.Read(Data, Side, Side, channels: 3);
    foreach (var sentence in folder.LeftOut) Console.WriteLine(sentence);

    // Convolutions find edges, then parts of things. Where in the picture they are strongest does not matter.
    Layer[] layers =
    [
        new Layer.BatchNorm(),
        new Layer.Conv2D(16, 3), new Layer.BatchNorm(), new Layer.Activate(Activation.Relu), new Layer.MaxPool2D(),
        new Layer.Conv2D(32, 3), new Layer.BatchNorm(), new Layer.Activate(Activation.Relu), new Layer.MaxPool2D(),
        new Layer.Conv2D(64, 3), new Layer.BatchNorm(), new Layer.Activate(Activation.Relu), new Layer.MaxPool2D(Window: Side / 4),
    ];
    var output = new ClassOutput("class", folder.Classes);
    var network = new Network(new(new ImageInput(3, Side, Side), output, layers), new AdamW(0.003f, weightDecay: 0.01f),
        new() { Seed = 1 });

    // A quarter of each class, drawn at random, is kept for the test.
    var examples = network.EncodedDataset(folder.Pictures.Images, folder.Labels);
    var label = examples.Select(array => array.Key).Single(placeholder => placeholder != network.Input);
    var (train, test) = examples.Split(0.75, seed: 1, stratify: label);

    // In training each picture is shifted, turned, scaled and recoloured a little, every time in another way. Are colours what matters,
    // or is left never right? Then change this.
    var changes = new ImageAugmentation(Side, Side, channels: 3)
    {
        Shift = Side / 8f, Rotation = 12, Scale = 0.2f, Flip = true, RepeatEdges = true, Recolour = true,
    };
    Console.WriteLine($"training on {train.Rows} pictures …");
    network.Model.Fit(train.Augment(network.Input, changes),
        new FitOptions { Epochs = 60, BatchSize = 16, Schedule = Schedule.OneCycle() });

    Console.WriteLine($"on {test.Rows} pictures that it has not seen:");
    Console.WriteLine(ClassificationReport.Of(network.Model.Predict(test), test[label], folder.Classes));

    // One file holds everything that prediction needs, and fingerprints of the pictures that it has seen.
    network.TrainedOn = TrainedRows.Of(train, test);
    network.Save(Saved);
    Console.WriteLine($"saved: {Saved}");
}
