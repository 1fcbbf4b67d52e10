namespace SimpleFlow.Cli;

/// <summary>Signs that can also be given by name, as some are hard to type in a shell.</summary>
internal static class CsvSigns
{
    public static char? Delimiters(string text) => text.ToUpperInvariant() switch
    {
        "COMMA" => ',',
        "SEMICOLON" => ';',
        "TAB" or "\\T" => '\t',
        "BAR" or "PIPE" => '|',
        _ => text.Length == 1 && IsGood(() => new CsvOptions { Delimiter = text[0] }) ? text[0] : null,
    };

    public static char? Decimals(string text) => text.ToUpperInvariant() switch
    {
        "." or "POINT" => '.',
        "," or "COMMA" => ',',
        _ => null,
    };

    private static bool IsGood(Func<CsvOptions> make)
    {
        try
        {
            return make().Delimiter is not null;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
