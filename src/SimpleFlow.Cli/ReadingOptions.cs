using System.CommandLine;

namespace SimpleFlow.Cli;

/// <summary>The options that say how a table is written, which every command with a table has.</summary>
internal sealed class ReadingOptions
{
    private readonly Option<char?> _delimiter = OptionValues.Sign("--delimiter", "SIGN",
        "What separates the fields of a table: a sign, or comma, semicolon, tab or bar "
            + "[default: detected and reported]", CsvSigns.Delimiters,
        "a comma, a semicolon, a tab, a bar, or another sign that no number has");
    private readonly Option<char?> _decimal = OptionValues.Sign("--decimal", "SIGN",
        "The sign before the decimals of a table's numbers, . or , [default: detected and reported]", CsvSigns.Decimals,
        "a point or a comma");
    private readonly Option<string[]> _missing = OptionValues.Texts("--missing", "TEXT",
        "A text that stands for a missing value in a table, beside an empty cell, NA, N/A, None, null, -, ? and the like. May be given "
            + "several times");

    public IReadOnlyList<Option> All => [_delimiter, _decimal, _missing];

    public CsvOptions Of(ParseResult parsed) =>
        new() { Delimiter = parsed.GetValue(_delimiter), Decimal = parsed.GetValue(_decimal), Missing = parsed.GetValue(_missing) ?? [] };
}
