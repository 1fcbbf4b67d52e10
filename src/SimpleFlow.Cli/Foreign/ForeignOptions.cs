using System.CommandLine;
using System.CommandLine.Parsing;

namespace SimpleFlow.Cli.Foreign;

/// <summary>The options that say what an ONNX file of another program does not: how its pictures were prepared, which columns are its
/// input, what its classes are called.</summary>
internal sealed class ForeignOptions
{
    private readonly Option<string?> _classes = OptionValues.Text("--classes", "FILE",
        "The names of an ONNX file's classes, a line each [default: those in its metadata, else 0, 1, 2, …]");
    private readonly Option<string?> _output = OptionValues.Text("--output", "NAME", "Which output of an ONNX file [default: the first]");
    private readonly Option<int[]?> _size = OptionValues.Sizes("--size", "ROWS,COLUMNS",
        "The size of pictures for an ONNX file that leaves it open [default: 224,224]");
    private readonly Option<float[]?> _mean = PixelNumbers.Option("--mean",
        "What is subtracted from the pixels of pictures for an ONNX file, after "
        + "--scale: a number, or one for each channel [default: 0]");
    private readonly Option<float[]?> _std = PixelNumbers.Option("--std", "What they are divided by after that [default: 1]",
        isPositive: true);
    private readonly Option<float?> _scale = OptionValues.Number<float>("--scale", "F",
        "What white is before that: 1 or 255 [default: 1; 255 if the input takes whole numbers]", "a number above 0",
        f => f > 0 && float.IsFinite(f));
    private readonly Option<string[]> _columns = OptionValues.Texts("--columns", "A,B,…",
        "The columns of a table that are the input of an ONNX file, in its order [default: all but --target]");
    private readonly Option<string?> _target = OptionValues.Text("--target", "COLUMN",
        "The column of a table with what an ONNX file predicts [default: the one that is no input]");

    public IReadOnlyList<Option> All => [_classes, _output, _size, _mean, _std, _scale, _columns, _target];

    public ForeignChoices Of(ParseResult parsed) => new(parsed.GetValue(_classes), parsed.GetValue(_output), Pair(parsed.GetValue(_size)),
        Or(parsed.GetValue(_mean), 0), Or(parsed.GetValue(_std), 1), parsed.GetValue(_scale),
        [.. (parsed.GetValue(_columns) ?? []).SelectMany(names => names.Split(','))], parsed.GetValue(_target));

    /// <summary>Refuses options that a network of SimpleFlow answers itself.</summary>
    /// <exception cref="UsageException">One of them was given.</exception>
    public void RequireNone(ParseResult parsed)
    {
        if (All.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given)
            throw new UsageException($"{given.Name} is for ONNX files of other programs: this network knows it.");
    }

    private static float[] Or(float[]? given, float otherwise) => given is { Length: > 0 } ? given : [otherwise];

    private static (int Rows, int Columns)? Pair(int[]? sizes) => sizes switch
    {
        null or [] => null,
        [var side] => (side, side),
        [var rows, var columns] => (rows, columns),
        _ => throw new UsageException("--size takes one number, or two: rows,columns."),
    };
}

/// <summary>What the user says about an ONNX file of another program.</summary>
/// <param name="Classes">The file with the names of its classes.</param>
/// <param name="Output">Which output.</param>
/// <param name="Size">The size of pictures, if the file leaves it open.</param>
/// <param name="Mean">What is subtracted from pixels: one number, or one for each channel.</param>
/// <param name="Std">What they are divided by after that.</param>
/// <param name="Scale">What white is before that.</param>
/// <param name="Columns">The input columns of a table; empty: all but the target.</param>
/// <param name="Target">The column to predict.</param>
internal sealed record ForeignChoices(string? Classes, string? Output, (int Rows, int Columns)? Size, float[] Mean, float[] Std,
    float? Scale, IReadOnlyList<string> Columns, string? Target);
