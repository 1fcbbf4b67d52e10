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
            + "Its last layer is replaced, so that a dozen pictures of each class are enough");
    private readonly Option<string?> _cut = OptionValues.Text("--cut", "NAME",
        "Where to cut the file of --base: the name of a value or a node in it [default: before its last dense layer]");
    private readonly PixelOptions _pixels = new();
    private readonly Option<bool> _unfreeze = new("--unfreeze")
    {
        Description =
            "Train the weights of --base too, which takes many times as long. By default it is frozen: what it makes of each picture is "
                + "computed once, and only the new last layer learns",
    };
    private readonly Option<float?> _bodyRate = OptionValues.Number<float>("--body-rate", "F",
        $"With --unfreeze, the learning rate of the base as a share of the others' [default: {NumberText.Short(BodyRate)}]",
        "a number above 0", f => f > 0 && float.IsFinite(f));

    public IReadOnlyList<Option> All => [_base, _cut, .. _pixels.All, _unfreeze, _bodyRate];

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
        if (!NetworkFile.IsOnnx(path))
            throw new UsageException($"--base is '{path}', and must be a name that ends in .onnx. A network that simpleflow saved becomes "
                + $"such a file with: simpleflow export {path}");
        var isTrained = parsed.GetValue(_unfreeze);
        if (!isTrained && parsed.GetValue(_bodyRate) is not null)
            throw new UsageException("--body-rate is for --unfreeze: a frozen base does not learn.");
        var given = _pixels.Of(parsed);
        var body = OnnxBody.Load(path, parsed.GetValue(_cut)) with { Name = Base.LayerName, IsTrained = isTrained };
        var scale = given ?? PixelScale.UsualOf(body.Producer);
        return new Base(path, scale.Of(body), scale, isTrained ? parsed.GetValue(_bodyRate) ?? BodyRate : null);
    }
}
