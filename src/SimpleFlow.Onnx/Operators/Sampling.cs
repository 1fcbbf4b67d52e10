namespace SimpleFlow.Onnx.Operators;

/// <summary>Which elements of an axis, with which weights, make each element of the resized axis.</summary>
internal sealed class Sampling
{
    private readonly (int Place, double Weight)[][] _terms;
    private readonly double[] _outside;

    private Sampling(int elements, (int, double)[][] terms, double[] outside) => (Elements, _terms, _outside) = (elements, terms, outside);

    public int Elements { get; }

    public int Results => _terms.Length;

    /// <summary>The one element that each result is, if it is one.</summary>
    public IEnumerable<int>? Choice => Array.TrueForAll(_outside, value => value == 0)
        && Array.TrueForAll(_terms, terms => terms is [{ Weight: 1 }]) ? _terms.Select(terms => terms[0].Place) : null;

    /// <summary>Whether nothing changes.</summary>
    public bool IsWhole => Results == Elements && Choice is { } places && places.SequenceEqual(Enumerable.Range(0, Elements));

    /// <summary>The weights as a matrix [results, elements].</summary>
    public double[] Weights()
    {
        Effort.Require((long)Results * Elements);
        var matrix = new double[Results * Elements];
        for (var i = 0; i < _terms.Length; i++)
            foreach (var (place, weight) in _terms[i]) matrix[i * Elements + place] += weight;
        return matrix;
    }

    /// <summary>What is added to each result: the value outside of the image, for those that lie there.</summary>
    public Node Added(int after) => Array.TrueForAll(_outside, value => value == 0) ? 0f
        : Constant.Of(_outside, Shape.Create([Results, .. Enumerable.Repeat((long?)1, after)]));

    public static Sampling Of(OnnxNode node, int length, int results, double scale, (double Start, double End)? roi)
    {
        var mode = node.Text("mode", "nearest");
        var isResize = node.Op is "Resize";
        var transformation = isResize ? node.Text("coordinate_transformation_mode", node.Opset < 11 ? "asymmetric" : "half_pixel")
            : "asymmetric";
        var rounding = isResize ? node.Text("nearest_mode", node.Opset < 11 ? "floor" : "round_prefer_floor") : "floor";
        var stretch = node.Flag("antialias") ? Math.Min(scale, 1) : 1;
        Effort.Require(results);
        var (terms, outside) = (new (int, double)[results][], new double[results]);
        for (var i = 0; i < results; i++)
        {
            var at = Coordinate(node, transformation, i, length, results, scale, roi);
            if (roi is not null && (at < 0 || at > length - 1))
            {
                (terms[i], outside[i]) = ([], node.Float("extrapolation_value", 0));
                continue;
            }
            terms[i] = mode switch
            {
                "nearest" => [(Math.Clamp(Rounded(node, rounding, at), 0, length - 1), 1)],
                "linear" or "bilinear" or "trilinear" =>
                    Filtered(at, length, 1 / stretch, d => Math.Max(0, 1 - d * stretch), node.Flag("exclude_outside")),
                "cubic" => Filtered(at, length, 2 / stretch, d => Cubic(d * stretch, node.Float("cubic_coeff_a", -0.75f)),
                    node.Flag("exclude_outside")),
                _ => throw node.Fault($"the mode '{mode}' is not known."),
            };
        }
        return new Sampling(length, terms, outside);
    }

    // ONNX, "Resize", coordinate_transformation_mode.
    private static double Coordinate(OnnxNode node, string mode, int i, int length, int results, double scale,
        (double Start, double End)? roi) => mode switch
        {
            "half_pixel" => (i + 0.5) / scale - 0.5,
            "half_pixel_symmetric" => length / 2.0 * (1 - results / (scale * length)) + (i + 0.5) / scale - 0.5,
            "pytorch_half_pixel" => results > 1 ? (i + 0.5) / scale - 0.5 : 0,
            "align_corners" => results > 1 ? i * (length - 1.0) / (results - 1) : 0,
            "asymmetric" => i / scale,
            "tf_half_pixel_for_nn" => (i + 0.5) / scale,
            "tf_crop_and_resize" => results > 1
                ? roi!.Value.Start * (length - 1) + i * (roi.Value.End - roi.Value.Start) * (length - 1) / (results - 1)
                : 0.5 * (roi!.Value.Start + roi.Value.End) * (length - 1),
            _ => throw node.Fault($"the coordinate_transformation_mode '{mode}' is not known."),
        };

    private static int Rounded(OnnxNode node, string mode, double at) => (int)(mode switch
    {
        "round_prefer_floor" => Math.Ceiling(at - 0.5),
        "round_prefer_ceil" => Math.Floor(at + 0.5),
        "floor" => Math.Floor(at),
        "ceil" => Math.Ceiling(at),
        _ => throw node.Fault($"the nearest_mode '{mode}' is not known."),
    });

    // Beyond the edges the edge's element continues, unless what lies outside does not count.
    private static (int, double)[] Filtered(double at, int length, double reach, Func<double, double> weight, bool excludeOutside)
    {
        var terms = new List<(int Place, double Weight)>();
        for (var place = (int)Math.Ceiling(at - reach); place <= (int)Math.Floor(at + reach); place++)
        {
            var w = weight(Math.Abs(place - at));
            if (w != 0 && !(excludeOutside && (place < 0 || place >= length))) terms.Add((Math.Clamp(place, 0, length - 1), w));
        }
        var sum = terms.Sum(term => term.Weight);
        return [.. terms.Select(term => (term.Place, term.Weight / sum))];
    }

    // Keys, "Cubic convolution interpolation for digital image processing", 1981.
    private static double Cubic(double d, double a) => d <= 1 ? ((a + 2) * d - (a + 3)) * d * d + 1
        : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}
