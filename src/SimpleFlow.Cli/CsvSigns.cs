namespace SimpleFlow.Cli;

/// <summary>Signs that have names, as a shell makes some of them hard to type.</summary>
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
