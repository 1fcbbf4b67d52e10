using System.CommandLine;
using System.CommandLine.Parsing;
using SimpleFlow.Onnx;

namespace SimpleFlow.Cli;

/// <summary>The options of training on top of a network from an ONNX file.</summary>
internal sealed class BaseOptions
{
    private const float BodyRate = 0.1f;

    private readonly Option<string?> _base = OptionValues.Text("--base", "FILE.onnx",
        "For pictures in folders: start from a network that others have trained, such as a ResNet, in place of convolutions of its own. "
            + "Its last layer is replaced, so that a dozen pictures of each class are enough", ".onnx");
    private readonly Option<string?> _cut = OptionValues.Text("--cut", "NAME",
        "Where to cut the file of --base: the name of a value or a node in it [default: before its last dense layer]");
    private readonly Option<string?> _pixels = OptionValues.Name("--pixels", "NAME",
        "How --base takes pixels. imagenet: less ImageNet's mean, by its deviation, as PyTorch does. caffe: blue, green, red from 0 to 255 "
            + "less ImageNet's mean, as Caffe, CNTK and Keras' ResNet50 do. symmetric: from -1 to 1, as TensorFlow does. unit: from 0 to 1 "
            + "[default: caffe for files that CNTK or Caffe wrote, else imagenet]", PixelScale.Names);
    private readonly Option<float[]?> _mean = PixelNumbers.Option("--mean",
        "Subtract these from the pixels, from 0 to 1, instead of --pixels: a number, or one for red, green and blue each");
    private readonly Option<float[]?> _std = PixelNumbers.Option("--std", "Then divide by these, likewise [default: 1]", isPositive: true);
    private readonly Option<bool> _unfreeze = new("--unfreeze")
    {
        Description =
            "Train the weights of --base too, which takes many times as long. By default it is frozen: what it makes of each picture is "
                + "computed once, and only the new last layer learns",
    };
    private readonly Option<float?> _bodyRate = OptionValues.Number<float>("--body-rate", "F",
        $"With --unfreeze, the learning rate of the base as a share of the others' [default: {NumberText.Short(BodyRate)}]",
        "a number above 0", f => f > 0 && float.IsFinite(f));

    public IReadOnlyList<Option> All => [_base, _cut, _pixels, _mean, _std, _unfreeze, _bodyRate];

    /// <summary>What the options of a command line ask for; null if there is no --base.</summary>
    /// <exception cref="UsageException">One of them is given without the one that it needs.</exception>
    /// <exception cref="OnnxException">The file cannot be a base.</exception>
    public Base? Of(ParseResult parsed)
    {
        if (parsed.GetValue(_base) is not { } path)
        {
            if (All.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } alone)
                throw new UsageException($"{alone.Name} is about the network of --base FILE.onnx, which is not given.");
            return null;
        }
        var isTrained = parsed.GetValue(_unfreeze);
        if (!isTrained && parsed.GetValue(_bodyRate) is not null)
            throw new UsageException("--body-rate is for --unfreeze: a frozen base does not learn.");
        // An array that is not given has a value too, an empty one.
        var (mean, std) = (parsed.GetResult(_mean) is null ? null : parsed.GetValue(_mean),
            parsed.GetResult(_std) is null ? null : parsed.GetValue(_std));
        var own = mean is not null || std is not null;
        if (own && parsed.GetValue(_pixels) is not null)
            throw new UsageException("--pixels says both what is subtracted and what pixels are divided by: leave out --mean and --std.");
        var body = OnnxBody.Load(path, parsed.GetValue(_cut)) with { Name = Base.LayerName, IsTrained = isTrained };
        var scale = own ? new PixelScale("as you say", mean ?? [0], std ?? [1], IsReversed: false)
            : PixelScale.Of(parsed.GetValue(_pixels) ?? PixelScale.UsualOf(body.Producer));
        return new Base(path, scale.Of(body), scale, isTrained ? parsed.GetValue(_bodyRate) ?? BodyRate : null);
    }
}
