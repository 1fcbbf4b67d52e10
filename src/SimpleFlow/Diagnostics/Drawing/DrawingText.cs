namespace SimpleFlow;

/// <summary>How text is set in drawings: the sizes of the lines, and of the boxes and labels around them.</summary>
internal static class DrawingText
{
    public const double TitleSize = 17, LabelSize = 10.5, LongestLine = 300;
    private const double Padding = 10, LeastWidth = 44, LabelSpace = 5;

    public static double SizeOf(LineStyle style) =>
        style switch { LineStyle.Title => 13, LineStyle.Plain => 13, LineStyle.Small => 11, _ => 10 };

    public static double HeightOf(LineStyle style) => SizeOf(style) * 1.3;

    public static bool IsBold(LineStyle style) => style == LineStyle.Title;

    /// <summary>A line as it is written, shortened if it would be too long.</summary>
    public static string Shown(BoxLine line) => TextWidth.Shortened(line.Text, SizeOf(line.Style), LongestLine, IsBold(line.Style));

    public static (double Width, double Height) SizeOf(DrawingBox box) => (
        Math.Max(LeastWidth, box.Lines.Select(line => TextWidth.Of(Shown(line), SizeOf(line.Style), IsBold(line.Style))).DefaultIfEmpty(0)
            .Max() + 2 * Padding),
        box.Lines.Sum(line => HeightOf(line.Style)) + Padding);

    public static (double Width, double Height) SizeOfLabel(string label) =>
        (TextWidth.Of(label, LabelSize) + 2 * LabelSpace, LabelSize * 1.5);
}
