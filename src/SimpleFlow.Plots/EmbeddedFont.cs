using ScottPlot;
using SkiaSharp;

namespace SimpleFlow.Plots;

/// <summary>
/// DejaVu Sans, embedded in this assembly. A machine without fonts draws a picture without a single letter and reports no error, and
/// machines with different fonts draw different pictures. With the embedded font the text always appears and looks the same.
/// </summary>
internal sealed class EmbeddedFont : IFontResolver
{
    private const string Family = "SimpleFlow DejaVu Sans";   // not "DejaVu Sans": an installed one might be another version

    /// <summary>The font's name in ScottPlot. Reading it registers the font with ScottPlot and makes it the default of every later
    /// plot.</summary>
    public static string Name { get; } = Register();

    private static string Register()
    {
        ScottPlot.Fonts.FontResolvers.Insert(0, new EmbeddedFont());
        ScottPlot.Fonts.Default = Family;
        return Family;
    }

    // Without installed fonts ScottPlot asks for the family "": plots made before this class was first used still get their text.
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        fontName is Family or "" ? Load(weight >= FontWeight.SemiBold) : null;

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
        CreateTypeface(fontName, bold ? FontWeight.Bold : FontWeight.Normal, FontSlant.Upright, FontSpacing.Normal);

    private static SKTypeface Load(bool bold)
    {
        using var file = typeof(EmbeddedFont).Assembly.GetManifestResourceStream(bold ? "DejaVuSans-Bold.ttf" : "DejaVuSans.ttf")!;
        using var data = SKData.Create(file);
        return SKTypeface.FromData(data);
    }
}
