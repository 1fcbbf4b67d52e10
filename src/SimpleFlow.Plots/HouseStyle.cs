using ScottPlot;
using ScottPlot.TickGenerators;

namespace SimpleFlow.Plots;

/// <summary>The look of every picture: white background, quiet grid, two axis lines instead of a box, text that is readable in a
/// README.</summary>
public static class HouseStyle
{
    // A README shows a picture at about this width; the text sizes below are chosen for it.
    private const double ReferenceWidth = 800;

    /// <summary>An empty ScottPlot plot in the house style, for pictures that <see cref="Chart"/> cannot make.</summary>
    public static Plot NewPlot()
    {
        var plot = new Plot();
        Apply(plot);
        return plot;
    }

    /// <summary>Applies the house style to an existing plot.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="plot"/> is null.</exception>
    public static void Apply(Plot plot)
    {
        ArgumentNullException.ThrowIfNull(plot);
        plot.FigureBackground.Color = Colors.White;
        plot.DataBackground.Color = Colors.White;
        plot.Font.Set(EmbeddedFont.Name);
        plot.Axes.Margins(horizontal: 0.03, vertical: 0.08);
        Text(plot);
        Lines(plot);
        Legend(plot.Legend);
    }

    // A larger picture is the same picture with more pixels, not one with smaller letters: 1600 pixels are sharp on a high-density screen.
    internal static void FitTo(Plot plot, int width) => plot.ScaleFactor = Math.Max(1, width / ReferenceWidth);

    // Fewer labels than ScottPlot would fit in, and a minus sign instead of its hyphen.
    internal static NumericAutomatic Ticks() => new()
    {
        TickDensity = 0.7,
        LabelFormatter = value => LabelFormatters.Numeric(value).Replace('-', '−'),
    };

    private static void Text(Plot plot)
    {
        plot.Axes.Color(Palette.Ink);
        plot.Axes.Title.Label.FontSize = 20;
        plot.Axes.Title.Label.Font = ScottPlot.Fonts.GetTypeface(EmbeddedFont.Name, bold: true, italic: false);
        plot.Axes.Title.Label.ForeColor = Palette.Ink;
        plot.Axes.Title.IsVisible = false;   // until a title is set: no empty band above the data
        foreach (var axis in plot.Axes.GetAxes())
        {
            axis.TickLabelStyle.FontSize = 14;
            axis.TickLabelStyle.ForeColor = Palette.Ink;
            axis.Label.FontSize = 16;
            axis.Label.Bold = false;
        }

        plot.Axes.Left.TickGenerator = Ticks();
        plot.Axes.Bottom.TickGenerator = Ticks();
        plot.Axes.Left.TickLabelStyle.OffsetY = 2;   // ScottPlot sets this font a little above its grid line
        plot.Axes.Left.Label.OffsetX = 10;           // away from the picture's edge

        plot.Axes.Left.MinimumSize = 80;     // the same for all panels, so that their data line up
        plot.Axes.Bottom.MinimumSize = 56;   // room between the tick labels and the axis label
        plot.Axes.Right.MinimumSize = 24;
        plot.Axes.Top.MinimumSize = 16;
    }

    private static void Lines(Plot plot)
    {
        plot.Axes.Right.FrameLineStyle.IsVisible = false;
        plot.Axes.Top.FrameLineStyle.IsVisible = false;
        foreach (var axis in plot.Axes.GetAxes())
        {
            axis.FrameLineStyle.Color = Palette.Grey;
            axis.MajorTickStyle.Color = axis.MinorTickStyle.Color = Colors.Transparent;   // the grid lines lead to the labels
            axis.MajorTickStyle.Length = 5;                                               // and this keeps them off the axis line
        }

        plot.Grid.MajorLineColor = new Color("#E4E8EC");
        plot.Grid.MajorLineWidth = 1;
    }

    private static void Legend(Legend legend)
    {
        legend.FontSize = 15;
        legend.FontName = EmbeddedFont.Name;
        legend.FontColor = Palette.Ink;
        legend.ShadowColor = Colors.Transparent;
        legend.OutlineColor = new Color("#D0D7DE");
        legend.BackgroundColor = Colors.White.WithAlpha(0.85);
        legend.Margin = new PixelPadding(12);
        legend.Padding = new PixelPadding(10, 10, 8, 8);
        legend.IsVisible = false;            // until a series has a label
    }
}
