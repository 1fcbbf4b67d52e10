using System.Numerics.Tensors;
using ScottPlot;
using ScottPlot.Colormaps;

namespace SimpleFlow.Plots;

/// <summary>
/// Shows how the activations and the gradients of some layers are distributed over the course of training: a column for each moment, with
/// its histogram as shades. Vanishing gradients sink from layer to layer, exploding gradients rise; a layer whose activations are all zero
/// is dead.
/// </summary>
/// <example>
/// <code>
/// var histograms = new LayerHistograms(loss, [layer1, layer2, layer3]);
/// for (var epoch = 0; epoch &lt; 30; epoch++)
/// {
///     histograms.Record(batch);
///     model.Fit(training, epochs: 1);
/// }
/// histograms.SavePng("pictures/layers.png");
/// </code>
/// </example>
public sealed class LayerHistograms
{
    private const int Bins = 40;

    // A gradient of 0 has no logarithm: it is counted with the smallest ones.
    private const double LowestExponent = -12, HighestExponent = 4;

    private readonly Node[] _layers;
    private readonly string[] _names;
    private readonly Model _reader;
    private readonly List<(float[][] Values, float[][] Gradients)> _moments = [];

    /// <summary>Prepares to record some layers.</summary>
    /// <param name="loss">The loss whose gradients are shown.</param>
    /// <param name="layers">The layers, from the first to the last.</param>
    /// <exception cref="ArgumentException">There are no layers.</exception>
    public LayerHistograms(Node loss, IReadOnlyList<Node> layers)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Count == 0) throw new ArgumentException("There are no layers to record.", nameof(layers));
        _layers = [.. layers];
        _names = [.. layers.Select((layer, i) => layer.Name ?? $"layer {i + 1}")];
        _reader = new Model(default, predictions: [.. _layers, .. Gradients.Of(loss, _layers)]);
    }

    /// <summary>The number of recorded moments.</summary>
    public int Moments => _moments.Count;

    /// <summary>Records all layers for the given feed, with the current variables. It changes nothing.</summary>
    public void Record(Feed feed)
    {
        var read = _reader.PredictAll(feed);
        float[] Flat(Tensor<float> tensor)
        {
            var values = new float[tensor.FlattenedLength];
            tensor.FlattenTo(values);
            return values;
        }
        _moments.Add(([.. read.Take(_layers.Length).Select(Flat)], [.. read.Skip(_layers.Length).Select(Flat)]));
    }

    /// <summary>Writes a picture with activations above and the magnitudes of gradients below, a strip for each layer, the first layer on
    /// top.</summary>
    /// <exception cref="InvalidOperationException">Nothing was recorded.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A side is not from 64 to 8192 pixels.</exception>
    public void SavePng(string path, int width = 800, int height = 860)
    {
        if (_moments.Count == 0)
            throw new InvalidOperationException("Nothing has been recorded yet: call Record now and then while the model trains.");
        var reach = Math.Max(1e-6, _moments.SelectMany(moment => moment.Values).SelectMany(values => values).Where(float.IsFinite)
            .Select(Math.Abs).DefaultIfEmpty().Max());
        Panels.SavePng(path, [
            Strips("activations", layer => _moments.Select(moment => moment.Values[layer]), value => (value + reach) / (2 * reach),
                $"−{reach:G2} … {reach:G2}"),
            Strips("gradients: exponent of their magnitude", layer => _moments.Select(moment => moment.Gradients[layer]),
                value => (Math.Log10(Math.Abs(value)) - LowestExponent) / (HighestExponent - LowestExponent),
                $"1e{LowestExponent:0} … 1e{HighestExponent:0}"),
        ], width, height);
    }

    private Chart Strips(string title, Func<int, IEnumerable<float[]>> values, Func<double, double> position, string range)
    {
        var map = new double[_layers.Length * (Bins + 2) - 2, _moments.Count];
        for (var row = 0; row < map.GetLength(0); row++)
        {
            for (var column = 0; column < map.GetLength(1); column++) map[row, column] = double.NaN;
        }
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            foreach (var (column, elements) in values(layer).Index())
            {
                for (var bin = 0; bin < Bins; bin++) map[layer * (Bins + 2) + bin, column] = 0;
                foreach (var element in elements)
                {
                    if (float.IsNaN(element)) continue;
                    var bin = Math.Clamp((int)(position(element) * Bins), 0, Bins - 1);
                    map[layer * (Bins + 2) + Bins - 1 - bin, column] += 1.0 / elements.Length;
                }
                // The square root, so that a bin with a hundredth of all elements is still visible.
                for (var bin = 0; bin < Bins;
                bin++)
                    map[layer * (Bins + 2) + bin, column] = Math.Sqrt(map[layer * (Bins + 2) + bin, column]);
            }
        }
        var chart = new Chart($"{title}, each strip {range}").Axes("moment", "");
        var heat = chart.Plot.Add.Heatmap(map);
        var height = map.GetLength(0);
        (heat.Colormap, heat.ManualRange, heat.NaNCellColor) = (new Viridis(), new ScottPlot.Range(0, 1), Colors.White);
        chart.Plot.Axes.Left.SetTicks(
            [.. Enumerable.Range(0, _layers.Length).Select(layer => height - 0.5 - (layer * (Bins + 2) + Bins / 2.0))], _names);
        chart.Plot.HideGrid();
        chart.Plot.Axes.SetLimits(-0.5, _moments.Count - 0.5, -0.5, height - 0.5);
        return chart;
    }
}
