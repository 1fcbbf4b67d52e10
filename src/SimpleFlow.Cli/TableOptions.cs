using System.CommandLine;

namespace SimpleFlow.Cli;

/// <summary>The options for a table to train on.</summary>
internal sealed class TableOptions
{
    private readonly ReadingOptions _reading = new();
    private readonly Option<string?> _target = OptionValues.Text("--target", "COLUMN", "Column of a table to predict");
    private readonly Option<string?> _task = OptionValues.Name("--task", "classification|regression",
        "What to do with it: predict a class, or an amount [default: decided from the column and reported]",
        ["classification", "regression"]);
    private readonly Option<string[]> _ignore = OptionValues.Texts("--ignore", "COLUMN",
        "A column to leave out. May be given several times, like the next two");
    private readonly Option<string[]> _categorical = OptionValues.Texts("--categorical", "COLUMN",
        "A categorical column, even if its cells look like numbers or dates");
    private readonly Option<string[]> _numeric = OptionValues.Texts("--numeric", "COLUMN",
        "A numeric column, even if some cells are not numbers (they count as missing) or have leading zeros, as codes do");

    public IReadOnlyList<Option> All => [_target, _task, .. _reading.All, _ignore, _categorical, _numeric];

    /// <summary>Whether a column to predict is named.</summary>
    public bool HasTarget(ParseResult parsed) => parsed.GetResult(_target) is { Implicit: false };

    public TableSettings Of(ParseResult parsed) => new(
        parsed.GetValue(_target), parsed.GetValue(_task), _reading.Of(parsed),
        new ColumnChoices
        {
            Ignore = parsed.GetValue(_ignore) ?? [],
            Categorical = parsed.GetValue(_categorical) ?? [],
            Numeric = parsed.GetValue(_numeric) ?? []
        });
}

/// <summary>The user's settings for a table to train on.</summary>
/// <param name="Target">The column to predict.</param>
/// <param name="Task">classification or regression; null: decided from the column.</param>
/// <param name="Reading">How the table is written.</param>
/// <param name="Columns">What the user says about columns.</param>
internal sealed record TableSettings(string? Target, string? Task, CsvOptions Reading, ColumnChoices Columns);
