namespace SimpleFlow.Cli.Recipes;

/// <summary>
/// Convolutions for images of any size. Small ones, whose place in the image means something, as MNIST's digits:
/// two convolutions, a dense layer and dropout, 99.3 % of the test digits in less than a minute. Pictures: convolutions with batch
/// normalisation, each of half the size, until all that is left is how strong each channel is where it is strongest:
/// a thing is the same wherever in the picture it is.
/// </summary>
internal static class CnnRecipe
{
    public const int Batch = 100;
    public const float LearningRate = 0.003f, WeightDecay = 0.01f;
    public static readonly int[] Hidden = [128];
    public static readonly TrainingLength Length = new(4800, Batch, FewestEpochs: 8, MostEpochs: 40),
        PictureLength = new(3000, 32, FewestEpochs: 8, MostEpochs: 200);

    private const int SmallestMap = 4, Large = 48, FirstChannels = 16, MostChannels = 96;

    /// <param name="settings">The user's settings.</param>
    /// <param name="rows">The number of training images.</param>
    public static Recipe Create(TrainSettings settings, int rows = MlpRecipe.MnistRows)
    {
        var (epochs, batch) = Length.For(rows, settings.Batch);
        return new(
            [
                new Layer.Conv2D(16, 5, Activation.Relu), new Layer.MaxPool2D(),
                new Layer.Conv2D(32, 5, Activation.Relu), new Layer.MaxPool2D(),
                .. MlpRecipe.Layers(settings.Hidden ?? Hidden), new Layer.Dropout(0.5f),
            ],
            epochs, batch, Optimizer(settings), Schedule.OneCycle());
    }

    /// <summary>For photographs and other pictures.</summary>
    /// <param name="settings">The user's settings.</param>
    /// <param name="image">Their size.</param>
    /// <param name="rows">The number of training images.</param>
    public static Recipe ForPictures(TrainSettings settings, ImageInput image, int rows)
    {
        var (epochs, batch) = PictureLength.For(rows, settings.Batch);
        // Large ones are halved first: what distinguishes them is seldom a pixel wide.
        var isLarge = Math.Min(image.Rows, image.Columns) >= Large;
        var (side, channels) = (Math.Min(image.Rows, image.Columns) / (isLarge ? 2 : 1), FirstChannels);
        List<Layer> layers = [new Layer.BatchNorm(), isLarge ? new Layer.Conv2D(channels, 5, Stride: 2) : new Layer.Conv2D(channels, 3),
            .. Normalised()];
        for (; side > SmallestMap; side /= 2)
        {
            channels = Math.Min(MostChannels, 2 * channels);
            layers.AddRange([new Layer.MaxPool2D(), new Layer.Conv2D(channels, 3), .. Normalised()]);
        }
        // Where in the picture a channel is strongest does not matter, nor that it is nowhere else.
        layers.AddRange([new Layer.MaxPool2D(Math.Max(1, side), Stride: 1), new Layer.GlobalAveragePool(),
            .. MlpRecipe.Layers(settings.Hidden ?? [])]);
        return new(layers, epochs, batch, Optimizer(settings), Schedule.OneCycle());
    }

    private static Layer[] Normalised() => [new Layer.BatchNorm(), new Layer.Activate(Activation.Relu)];

    private static Optimizer Optimizer(TrainSettings settings) =>
        settings.Optimizer is { } name ? OptimizerNames.Create(name, settings.LearningRate)
            : new AdamW(settings.LearningRate ?? LearningRate, weightDecay: WeightDecay);
}
