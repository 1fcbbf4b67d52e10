using System.CommandLine;
using System.CommandLine.Parsing;

namespace SimpleFlow.Cli;

/// <summary>The options that say how a network from an ONNX file takes pixels, the same ones wherever such a file is used.</summary>
internal sealed class PixelOptions
{
    private readonly Option<string?> _pixels = OptionValues.Name("--pixels", "NAME",
        "How an ONNX file takes pixels. imagenet: less ImageNet's mean, by its deviation, as PyTorch does. caffe: blue, green, red from 0 "
            + "to 255 less ImageNet's mean, as Caffe, CNTK and Keras' ResNet50 do. symmetric: from -1 to 1, as TensorFlow does. unit: from "
            + "0 to 1. bytes: from 0 to 255 [default: caffe for files that CNTK or Caffe wrote, unit for those of SimpleFlow, bytes if the "
            + "file takes whole numbers, else imagenet]", PixelScale.Names);
    private readonly Option<float[]?> _mean = PixelNumbers.Option("--mean",
        "Subtract these from the pixels, from 0 to 1, instead of --pixels: a number, or one for red, green and blue each");
    private readonly Option<float[]?> _std = PixelNumbers.Option("--std", "Then divide by these, likewise [default: 1]", isPositive: true);
    private readonly Option<string?> _scale = new("--scale") { Hidden = true };

    public IReadOnlyList<Option> All => [_pixels, _mean, _std, _scale];

    /// <summary>What the options of a command line say; null if they say nothing.</summary>
    /// <exception cref="UsageException">They contradict each other, or one has another name now.</exception>
    public PixelScale? Of(ParseResult parsed)
    {
        if (parsed.GetResult(_scale) is not null)
            throw new UsageException("--scale is gone: --pixels bytes takes pixels from 0 to 255, --pixels unit from 0 to 1.");
        // An array that is not given has a value too, an empty one.
        var (mean, std) = (parsed.GetResult(_mean) is null ? null : parsed.GetValue(_mean),
            parsed.GetResult(_std) is null ? null : parsed.GetValue(_std));
        var name = parsed.GetValue(_pixels);
        if (mean is null && std is null) return name is null ? null : PixelScale.Of(name);
        if (name is not null)
            throw new UsageException("--pixels says both what is subtracted and what pixels are divided by: leave out --mean and --std.");
        return new PixelScale("as you say", mean ?? [0], std ?? [1], IsReversed: false);
    }
}
