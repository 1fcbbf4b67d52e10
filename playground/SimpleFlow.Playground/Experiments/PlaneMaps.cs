namespace SimpleFlow.Playground.Experiments;

/// <summary>What every unit makes of every place of the plane. It is computed in bands, so that none takes long.</summary>
/// <param name="run">The run.</param>
/// <param name="side">How many places a side has.</param>
public sealed class PlaneMaps(PlaneRun run, int side)
{
    // Products of a weight and an input in a band: about two milliseconds in a browser.
    private const int MostProducts = 50_000;

    private readonly DataArray[] _inputs = MakeInputs(run, side);
    private (float[] Values, int Units)[] _layers = [];
    private int _band;

    /// <summary>How many bands there are.</summary>
    public int Bands => _inputs.Length;

    /// <summary>The values of each hidden layer and of the output: [side · side, units], places row by row from the top.</summary>
    public IReadOnlyList<(float[] Values, int Units)> Layers => _layers;

    /// <summary>Computes the next band.</summary>
    /// <returns>Whether it was the last one.</returns>
    public bool Advance()
    {
        var values = run.Model.PredictAll(new Feed { [run.Network.Input] = _inputs[_band] });
        // The output is the first that is predicted, and the last of the layers.
        var layers = values.Skip(1).Append(values[0]).ToList();
        if (_layers.Length == 0)
            _layers = [.. layers.Select(layer => (new float[side * side * layer.Lengths[1]], (int)layer.Lengths[1]))];
        foreach (var (index, layer) in layers.Index())
        {
            var length = (int)layer.FlattenedLength;
            layer.FlattenTo(_layers[index].Values.AsSpan(_band * length, length));
        }
        _band = (_band + 1) % Bands;
        return _band == 0;
    }

    /// <summary>Computes all bands anew.</summary>
    public IReadOnlyList<(float[] Values, int Units)> Compute()
    {
        _band = 0;
        while (!Advance())
        {
            // One band follows the other.
        }
        return Layers;
    }

    /// <summary>The values of all features over the plane, in the same way.</summary>
    public static float[] Features(int side, float extent) => Places(side, extent, 0, side).Inputs(PlaneFeatures.All);

    private static DataArray[] MakeInputs(PlaneRun run, int side)
    {
        var products = side * run.Network.Weights.Sum(weights => weights.Shape.ElementCount);
        // Bands of the same height have the same plan.
        var bands = Enumerable.Range(1, side)
            .First(bands => bands == side || side % bands == 0 && side / bands * products <= MostProducts);
        return [.. Enumerable.Range(0, bands).Select(band =>
        {
            var places = Places(side, run.Points.Extent, side / bands * band, side / bands);
            DataArray inputs = places.Inputs(run.Settings.Features);
            return inputs.Reshape(places.Count, run.Settings.Features.Count);
        })];
    }

    private static PlanePoints Places(int side, float extent, int first, int rows)
    {
        var (x, y) = (new float[rows * side], new float[rows * side]);
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = extent * (2 * (i % side + 0.5f) / side - 1);
            y[i] = -extent * (2 * (first + i / side + 0.5f) / side - 1);
        }
        return new PlanePoints(x, y, new float[x.Length], 0);
    }
}
