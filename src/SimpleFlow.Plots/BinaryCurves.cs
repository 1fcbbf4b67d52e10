using System.Globalization;

namespace SimpleFlow.Plots;

/// <summary>A picture of a <see cref="BinaryReport"/>: the receiver operating characteristic, precision over recall, and how often rows of
/// each probability are of the class.</summary>
public static class BinaryCurves
{
    /// <summary>Writes the three charts as a PNG file, one above the other, creating its folder if it is missing.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="report">The report.</param>
    /// <param name="title">The title of the picture; none if null.</param>
    /// <param name="parts">How many parts of [0, 1] the last chart tells apart.</param>
    /// <param name="width">The picture's width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    /// <exception cref="ArgumentException">One of the classes does not occur: there is nothing to tell apart.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A side is not from 64 to 8192 pixels.</exception>
    public static void SavePng(string path, BinaryReport report, string? title = null, int parts = 10, int width = 640, int height = 1200)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.Positives == 0 || report.Positives == report.Rows)
            throw new ArgumentException("One of the two classes does not occur: there is nothing to tell apart.", nameof(report));
        var (points, calibration) = (report.Curve(), report.Calibration(parts));
        var share = (double)report.Positives / report.Rows;
        var characteristic = With(new Chart(title), [0, 1], [0, 1], "chance")
            .Curve<double>([.. points.Select(point => point.FalsePositiveRate)], [.. points.Select(point => point.Recall)],
                Text($"area {report.AreaUnderCurve:F3}"), Palette.Blue).Axes("false positive rate", "true positive rate");
        var precision = With(new Chart(), [0, 1], [share, share], "chance")
            .Curve<double>([.. points.Select(point => point.Recall)], [.. points.Select(point => point.Precision)],
                Text($"average precision {report.AveragePrecision:F3}"), Palette.Vermilion).Axes("recall", "precision");
        var trust = With(new Chart(), [0, 1], [0, 1], "as said")
            .Curve<double>([.. calibration.Select(part => part.Probability)], [.. calibration.Select(part => part.Share)],
                Text($"calibration error {report.CalibrationError(parts):F3}"), Palette.Green, markers: true)
            .Axes("probability", "share of the class");
        foreach (var chart in (Chart[])[characteristic, precision, trust]) chart.Plot.Axes.SetLimits(-0.02, 1.02, -0.02, 1.02);
        Panels.SavePng(path, [characteristic, precision, trust], width, height);
    }

    private static Chart With(Chart chart, double[] x, double[] y, string label) => chart.Curve<double>(x, y, label, Palette.Grey);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
