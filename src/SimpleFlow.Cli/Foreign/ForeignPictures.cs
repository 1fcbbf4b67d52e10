using SimpleFlow.Onnx;

namespace SimpleFlow.Cli.Foreign;

/// <summary>Pictures for an ONNX file: scaled and standardised as it was trained, with the channels where it wants them.</summary>
internal static class ForeignPictures
{
    private const int UsualSide = 224;

    /// <summary>Whether a file takes pictures: one input of four axes, the second or the last with one or three channels.</summary>
    public static bool Are(OnnxContents contents) => contents.Inputs is [{ Sizes.Count: 4 } only] && ChannelAxis(only) is not null;

    public static ForeignInput Of(string path, OnnxContents contents, ForeignChoices choices, Action<string> say)
    {
        var port = contents.Inputs[0];
        var axis = ChannelAxis(port)!.Value;
        var channels = ForeignNetwork.Fixed(port, axis)!.Value;
        var first = axis == 1 ? 2 : 1;
        var (declaredRows, declaredColumns) = (ForeignNetwork.Fixed(port, first), ForeignNetwork.Fixed(port, first + 1));
        if ((declaredRows is null || declaredColumns is null) && choices.Size is null)
            say($"{path} takes pictures of any size: they are stretched to {UsualSide} × {UsualSide}; --size says another size");
        var size = (Rows: declaredRows ?? choices.Size?.Rows ?? UsualSide, Columns: declaredColumns ?? choices.Size?.Columns ?? UsualSide);
        if (choices.Size is { } wanted && wanted != size)
            throw new UsageException(
                $"--size is {wanted.Rows},{wanted.Columns}, and {path} takes pictures of {size.Rows} × {size.Columns}.");
        var pixels = choices.Pixels ?? PixelScale.UsualOf(contents.Producer, isWhole: port.Type is not ("float" or "double" or "float16"
            or "bfloat16"));
        pixels.Require(channels);
        if (choices.Pixels is null) say($"pixels go in as {pixels}; --pixels, --mean and --std say how the network was trained if not so");
        var batch = ForeignNetwork.Fixed(port, 0);
        return new ForeignInput(new ImageInput(channels, size.Rows, size.Columns), "class", batch, image =>
        {
            var prepared = pixels.Of(image, channels);
            if (axis == 3) prepared = prepared.Transpose([0, 2, 3, 1]);
            if (batch is { } rows) prepared = prepared.Reshape([rows, .. prepared.Shape.Skip(1)]);
            return new(StringComparer.Ordinal) { [port.Name] = prepared };
        });
    }

    private static int? ChannelAxis(OnnxPort port) =>
        ForeignNetwork.Fixed(port, 1) is 1 or 3 ? 1 : ForeignNetwork.Fixed(port, 3) is 1 or 3 ? 3 : null;
}
