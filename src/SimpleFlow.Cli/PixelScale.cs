using SimpleFlow.Onnx;

namespace SimpleFlow.Cli;

/// <summary>How a network takes pixels: what is subtracted from red, green and blue, from 0 to 1, and what they are divided by.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Mean">What is subtracted.</param>
/// <param name="Deviation">What they are divided by.</param>
/// <param name="IsReversed">Whether blue comes first.</param>
internal sealed record PixelScale(string Name, float[] Mean, float[] Deviation, bool IsReversed)
{
    private const string ImageNet = "imagenet", Caffe = "caffe", Unit = "unit", AsBytes = "bytes";

    // ImageNet's mean and deviation as torchvision has them; its mean of bytes as Caffe has it; -1 to 1 as TensorFlow does.
    private static readonly PixelScale[] Known =
    [
        new(ImageNet, [0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f], false),
        new(Caffe, [123.68f / 255, 116.779f / 255, 103.939f / 255], [1 / 255f], true),
        new("symmetric", [0.5f], [0.5f], false),
        new(Unit, [0], [1], false),
        new(AsBytes, [0], [1 / 255f], false),
    ];

    public static string[] Names => [.. Known.Select(one => one.Name)];

    public static PixelScale Of(string name) => Array.Find(Known, one => one.Name == name)!;

    /// <summary>The usual one of a program that writes ONNX files.</summary>
    /// <param name="producer">The program.</param>
    /// <param name="isWhole">Whether the file takes whole numbers.</param>
    public static PixelScale UsualOf(string producer, bool isWhole = false)
    {
        bool IsFrom(string name) => producer.StartsWith(name, StringComparison.OrdinalIgnoreCase);
        return Of(isWhole ? AsBytes : IsFrom("CNTK") || IsFrom("Caffe") ? Caffe : IsFrom(nameof(SimpleFlow)) ? Unit : ImageNet);
    }

    /// <summary>A body that takes pixels like this. Of grey pictures it takes the mean of the three.</summary>
    public OnnxBody Of(OnnxBody body)
    {
        var isGrey = body.PictureSize.Channels == 1;
        return body with
        {
            Mean = isGrey && Mean.Length == 3 ? [Mean.Average()] : Mean,
            Deviation = isGrey && Deviation.Length == 3 ? [Deviation.Average()] : Deviation,
            IsReversed = IsReversed && !isGrey,
        };
    }

    /// <summary>Pictures of numbers from 0 to 1, [batch, channels, rows, columns], as the network takes them.</summary>
    public Node Of(Node x, int channels)
    {
        if (Mean is not [0]) x -= PerChannel(Mean, channels);
        if (Deviation is not [1]) x /= PerChannel(Deviation, channels);
        return !IsReversed || channels == 1 ? x
            : Flow.Concat([.. Enumerable.Range(1, channels).Select(i => x.Slice(1, channels - i, channels - i + 1))], 1);
    }

    /// <summary>Refuses numbers for another number of channels than the pictures have.</summary>
    /// <exception cref="UsageException">There are more or fewer.</exception>
    public void Require(int channels)
    {
        foreach (var (option, numbers) in new[] { ("--mean", Mean), ("--std", Deviation) })
        {
            if (numbers.Length != 1 && numbers.Length != channels && !(IsNamed && channels == 1))
                throw new UsageException(
                    $"{option} has {numbers.Length} numbers, and the pictures have {NumberText.Count(channels, "channel")}.");
        }
    }

    private bool IsNamed => Array.Exists(Known, one => one.Name == Name);

    // Of grey pictures it is the mean of the three, if the numbers come from a name.
    private static Constant PerChannel(float[] numbers, int channels) => channels == 1 ? Constant.Of([numbers.Average()], [1, 1, 1])
        : Constant.Of(Array.ConvertAll(numbers, number => (double)number), [numbers.Length, 1, 1]);

    public override string ToString() => $"{Name}, less {Text(Mean)}, by {Text(Deviation)}{(IsReversed ? ", blue first" : "")}";

    private static string Text(float[] numbers) => string.Join(", ", numbers.Select(number => NumberText.Short(number)));
}
