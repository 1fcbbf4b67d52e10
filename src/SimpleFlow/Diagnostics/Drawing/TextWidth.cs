namespace SimpleFlow;

/// <summary>Estimates how wide a text will be, without a font: by the glyphs of DejaVu Sans, which is wider than most systems' sans-serif,
/// so that no text is wider than its box.</summary>
internal static class TextWidth
{
    private const double Bold = 1.13, OtherSign = 0.66, WideSign = 1.02;

    // Hundredths of the font's size, from the blank to the tilde.
    private static ReadOnlySpan<byte> Ascii =>
    [
        32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 53,
        100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79, 60, 79, 69, 63, 61, 73, 68, 99, 69, 61, 69, 39, 34, 39, 84, 50,
        50, 61, 63, 55, 63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84,
    ];

    /// <summary>The width of a line of text, in the unit of <paramref name="size"/>.</summary>
    public static double Of(string text, double size, bool bold = false)
    {
        var width = 0.0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += rune.Value switch
            {
                >= ' ' and <= '~' => Ascii[rune.Value - ' '] / 100.0,
                '·' or '²' or '³' or '¹' or 'ᵀ' => 0.4,
                < 0x2000 => OtherSign + (rune.Value >= 0x1100 ? WideSign - OtherSign : 0),
                '∂' or '√' => OtherSign,
                _ => WideSign,
            };
        }
        return width * size * (bold ? Bold : 1);
    }

    /// <summary>The text, or as much of its beginning as fits, with an ellipsis.</summary>
    public static string Shortened(string text, double size, double width, bool bold = false)
    {
        if (Of(text, size, bold) <= width) return text;
        var length = text.Length;
        while (length > 1 && Of(text[..length] + "…", size, bold) > width) length--;
        if (char.IsHighSurrogate(text[length - 1])) length--;
        return text[..length].TrimEnd() + "…";
    }
}
