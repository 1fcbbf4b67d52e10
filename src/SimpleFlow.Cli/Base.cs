using SimpleFlow.Onnx;

namespace SimpleFlow.Cli;

/// <summary>A network from an ONNX file that training starts from.</summary>
/// <param name="Path">The file.</param>
/// <param name="Body">The network up to the cut.</param>
/// <param name="Scale">How it takes pixels.</param>
/// <param name="Rate">What the learning rate is multiplied by for its weights; null: they are frozen.</param>
internal sealed record Base(string Path, OnnxBody Body, PixelScale Scale, float? Rate)
{
    /// <summary>The name of its layer, and of the features.</summary>
    public const string LayerName = "base";

    private const int UsualSide = 224, UsualChannels = 3;

    /// <summary>The size of the pictures.</summary>
    /// <param name="side">What --size says.</param>
    /// <exception cref="UsageException">The file takes another size.</exception>
    public ImageInput Input(int? side)
    {
        var (channels, rows, columns) = Body.PictureSize;
        if (side is { } wanted && ((rows ?? wanted) != wanted || (columns ?? wanted) != wanted))
            throw new UsageException($"--size is {wanted}, and {Path} takes pictures of {rows} × {columns} pixels: leave it out.");
        return new ImageInput(channels ?? UsualChannels, rows ?? side ?? UsualSide, columns ?? side ?? UsualSide);
    }

    /// <summary>The variables of the base, with a learning rate of their own; none if it is frozen.</summary>
    public IReadOnlyList<VariableGroup> Groups => Rate is not { } rate ? []
        : [new VariableGroup(variable => variable.Name!.StartsWith($"{LayerName}/", StringComparison.Ordinal), rate)];

    /// <summary>What is decided about it, for people.</summary>
    public IEnumerable<string> Told()
    {
        yield return $"{Path} up to '{Body.CutAt}', {(Rate is { } rate ? $"trained further at {NumberText.Short(rate)} of the learning rate"
            : "frozen; --unfreeze trains it too")}";
        yield return $"pixels: {Scale} (--pixels, --mean and --std say otherwise)";
    }
}
