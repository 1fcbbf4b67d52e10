namespace SimpleFlow.Plots;

/// <summary>Several charts above each other in one picture, for quantities that share the x axis but not the unit.</summary>
public static class Panels
{
    /// <summary>Writes the charts as one PNG file, the first on top, all equally high, creating the file's folder if it is
    /// missing.</summary>
    /// <example><code>Panels.SavePng("pictures/run.png", [loss, accuracy], width: 800, height: 640);</code></example>
    /// <exception cref="ArgumentException">There is no chart.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A side is not from 64 to 8192 pixels.</exception>
    public static void SavePng(string path, ReadOnlySpan<Chart> charts, int width = 800, int height = 640)
    {
        Picture.CheckSize(width);
        Picture.CheckSize(height);
        if (charts.IsEmpty)
            throw new ArgumentException("A picture of panels needs at least one chart.", nameof(charts));

        var rows = new ScottPlot.Plot[charts.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = charts[i].Plot;
            HouseStyle.FitTo(rows[i], width);
        }

        Picture.Write(path, Picture.Png(rows, width, height));
    }
}
