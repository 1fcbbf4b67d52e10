using SimpleFlow.Onnx;

namespace SimpleFlow.Cli;

/// <summary>How a network takes pixels: what is subtracted from red, green and blue, from 0 to 1, and what they are divided by.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Mean">What is subtracted.</param>
/// <param name="Deviation">What they are divided by.</param>
/// <param name="IsReversed">Whether blue comes first.</param>
internal sealed record PixelScale(string Name, float[] Mean, float[] Deviation, bool IsReversed)
{
    private const string ImageNet = "imagenet", Caffe = "caffe";

    // ImageNet's mean and deviation as torchvision has them; its mean of bytes as Caffe has it; -1 to 1 as TensorFlow does.
    private static readonly PixelScale[] Known =
    [
        new(ImageNet, [0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f], false),
        new(Caffe, [123.68f / 255, 116.779f / 255, 103.939f / 255], [1 / 255f], true),
        new("symmetric", [0.5f], [0.5f], false),
        new("unit", [0], [1], false),
    ];

    public static string[] Names => [.. Known.Select(one => one.Name)];

    public static PixelScale Of(string name) => Array.Find(Known, one => one.Name == name)!;

    /// <summary>The usual one of a program that writes ONNX files.</summary>
    public static string UsualOf(string producer) => producer.StartsWith("CNTK", StringComparison.OrdinalIgnoreCase)
        || producer.StartsWith("Caffe", StringComparison.OrdinalIgnoreCase) ? Caffe : ImageNet;

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

    public override string ToString() => $"{Name}, less {Text(Mean)}, by {Text(Deviation)}{(IsReversed ? ", blue first" : "")}";

    private static string Text(float[] numbers) => string.Join(", ", numbers.Select(number => NumberText.Short(number)));
}
