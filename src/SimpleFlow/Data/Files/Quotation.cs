using System.Text;

namespace SimpleFlow;

/// <summary>Quotes a file's content in an error: only the beginning, as the content may be as long as the file.</summary>
internal static class Quotation
{
    private const int Longest = 60;

    /// <summary>The beginning of a text, with … if something follows.</summary>
    public static string Of(string text) => text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest), "…");

    /// <summary>The beginning of a text in UTF-8.</summary>
    public static string Of(ReadOnlySpan<byte> text) =>
        Encoding.UTF8.GetString(text[..Math.Min(text.Length, Longest)]) + (text.Length <= Longest ? "" : "…");
}
