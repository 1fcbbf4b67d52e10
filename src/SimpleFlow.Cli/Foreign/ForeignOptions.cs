using System.CommandLine;
using System.CommandLine.Parsing;

namespace SimpleFlow.Cli.Foreign;

/// <summary>The options that say what an ONNX file of another program does not: how its pictures were prepared, which columns are its
/// input, what its classes are called.</summary>
internal sealed class ForeignOptions
{
    private readonly Option<string?> _classes = OptionValues.Text("--classes", "FILE",
        "The names of an ONNX file's classes, a line each [default: those in its metadata, else 0, 1, 2, …]");
    private readonly Option<string?> _output = OptionValues.Text("--output", "NAME", "Which output of an ONNX file, or which value "
        + "within it: what comes after it is not read [default: the first output]");
    private readonly Option<int[]?> _size = OptionValues.Sizes("--size", "ROWS,COLUMNS",
        "The size of pictures for an ONNX file that leaves it open [default: 224,224]");
    private readonly PixelOptions _pixels = new();
    private readonly Option<string[]> _columns = OptionValues.Texts("--columns", "A,B,…",
        "The columns of a table that are the input of an ONNX file, in its order [default: all but --target]");
    private readonly Option<string?> _target = OptionValues.Text("--target", "COLUMN",
        "The column of a table with what an ONNX file predicts [default: the one that is no input]");

    public IReadOnlyList<Option> All => [_classes, _output, _size, .. _pixels.All, _columns, _target];

    public ForeignChoices Of(ParseResult parsed) => new(parsed.GetValue(_classes), parsed.GetValue(_output), Pair(parsed.GetValue(_size)),
        _pixels.Of(parsed),
        [.. (parsed.GetValue(_columns) ?? []).SelectMany(names => names.Split(','))], parsed.GetValue(_target));

    /// <summary>Refuses options that a network of SimpleFlow answers itself.</summary>
    /// <exception cref="UsageException">One of them was given.</exception>
    public void RequireNone(ParseResult parsed)
    {
        if (All.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given)
            throw new UsageException($"{given.Name} is for ONNX files of other programs: this network knows it.");
    }

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
/// <param name="Pixels">How it takes pixels.</param>
/// <param name="Columns">The input columns of a table; empty: all but the target.</param>
/// <param name="Target">The column to predict.</param>
internal sealed record ForeignChoices(string? Classes, string? Output, (int Rows, int Columns)? Size, PixelScale? Pixels,
    IReadOnlyList<string> Columns, string? Target);
