using ScottPlot;
using ScottPlot.Colormaps;

namespace SimpleFlow.Plots;

/// <summary>How often each class was predicted as which: a row for each true class, a column for each predicted class.</summary>
public sealed class ConfusionMatrix
{
    private readonly int[,] _counts;
    private readonly IReadOnlyList<string>? _names;

    /// <summary>Counts the predictions.</summary>
    /// <param name="said">The predicted class of each example, from 0.</param>
    /// <param name="labels">The true class of each example.</param>
    /// <param name="classes">The number of classes.</param>
    /// <exception cref="ArgumentException">The two differ in length, or a class is out of range.</exception>
    public ConfusionMatrix(IReadOnlyList<int> said, IReadOnlyList<int> labels, int classes)
    {
        ArgumentNullException.ThrowIfNull(said);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        if (said.Count != labels.Count)
            throw new ArgumentException(
                $"Labels and predictions differ in number: {NumberText.Count(labels.Count, "label")} and "
                    + $"{NumberText.Count(said.Count, "prediction")}.", nameof(said));
        _counts = new int[classes, classes];
        for (var i = 0; i < said.Count; i++)
        {
            if ((uint)said[i] >= (uint)classes || (uint)labels[i] >= (uint)classes)
                throw new ArgumentException(
                    $"Example {i} has the class {labels[i]} and the prediction {said[i]}; classes run from 0 to {classes - 1}.",
                    nameof(said));
            _counts[labels[i], said[i]]++;
        }
    }

    /// <summary>The counts of a report, with the names of its classes.</summary>
    public ConfusionMatrix(ClassificationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var classes = report.ClassNames.Count;
        (_counts, _names) = (new int[classes, classes], report.ClassNames);
        for (var label = 0; label < classes; label++)
        {
            for (var said = 0; said < classes; said++) _counts[label, said] = checked((int)report[label, said]);
        }
    }

    /// <summary>How many examples of one class were predicted as another.</summary>
    public int this[int label, int said] => _counts[label, said];

    /// <summary>The fraction of correct predictions.</summary>
    public double Accuracy => (double)Enumerable.Range(0, _counts.GetLength(0)).Sum(i => _counts[i, i]) / _counts.Cast<int>().Sum();

    /// <summary>Writes the matrix as a PNG file. A cell is darker the larger its fraction of its row; correct predictions are green
    /// numbers, so that the mistakes stand out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="title">The title of the picture; none if null.</param>
    /// <param name="width">The picture's width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is not from 64 to 8192 pixels.</exception>
    public void SavePng(string path, string? title = null, int width = 720, int height = 640)
    {
        var classes = _counts.GetLength(0);
        var shares = new double[classes, classes];
        for (var i = 0; i < classes; i++)
        {
            var row = Enumerable.Range(0, classes).Sum(j => _counts[i, j]);
            // The diagonal would outshine everything, so it stays white; the square root makes small fractions visible.
            for (var j = 0; j < classes; j++) shares[i, j] = i == j || row == 0 ? 0 : Math.Sqrt((double)_counts[i, j] / row);
        }
        // Long names would cover the axis labels, so each name says itself which axis it is on.
        var chart = new Chart(title).Axes("said", _names is null ? "is" : "");
        var map = chart.Plot.Add.Heatmap(shares);
        (map.Colormap, map.ManualRange) = (new Paper(), new ScottPlot.Range(0, Math.Max(1e-9, shares.Cast<double>().Max())));
        for (var i = 0; i < classes; i++)
        {
            for (var j = 0; j < classes; j++)
            {
                if (_counts[i, j] == 0) continue;
                var text = chart.Plot.Add.Text($"{_counts[i, j]}", j, classes - 1 - i);
                (text.LabelFontSize, text.LabelAlignment, text.LabelFontColor, text.LabelBold) = (14, Alignment.MiddleCenter,
                    i == j ? Palette.Green : Palette.Ink, i == j);
                text.LabelFontName = EmbeddedFont.Name;
            }
        }
        chart.Plot.Axes.Bottom.SetTicks([.. Enumerable.Range(0, classes).Select(i => (double)i)],
            [.. Enumerable.Range(0, classes).Select(Name)]);
        chart.Plot.Axes.Left.SetTicks([.. Enumerable.Range(0, classes).Select(i => (double)i)],
            [.. Enumerable.Range(0, classes).Select(i => _names is null ? Name(classes - 1 - i) : $"is {Name(classes - 1 - i)}")]);
        string Name(int number) => _names is null ? $"{number}" : _names[number];
        chart.Plot.HideGrid();
        chart.Plot.Axes.SetLimits(-0.5, classes - 0.5, -0.5, classes - 0.5);
        chart.SavePng(path, width, height);
    }

    /// <summary>From white to vermilion.</summary>
    private sealed class Paper : IColormap
    {
        public string Name => "Paper";

        public Color GetColor(double position) => Colors.White.MixedWith(Palette.Vermilion, Math.Clamp(position, 0, 1) * 0.8);
    }
}
