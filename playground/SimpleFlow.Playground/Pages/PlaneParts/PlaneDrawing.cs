using System.Diagnostics;
using SimpleFlow.Playground.Components;
using SimpleFlow.Playground.Experiments;

namespace SimpleFlow.Playground.Pages.PlaneParts;

/// <summary>Draws a run of the plane on its canvases: points, maps, weights and curves.</summary>
/// <param name="session">What is drawn.</param>
public sealed class PlaneDrawing(PlaneSession session)
{
    /// <summary>The canvas of the losses.</summary>
    public const string Chart = "chart";

    /// <summary>How many places a side of a map has.</summary>
    private const int Side = 50;

    private PlaneMaps? _maps;
    private int _sent;

    private PlaneMaps Maps => _maps ??= new PlaneMaps(session.Run, Side);

    private PlanePoints Points => session.Run.Points;

    /// <summary>How many milliseconds the maps took last.</summary>
    public double MapsTake { get; private set; }

    /// <summary>Begins with another run.</summary>
    public void Begin() => (_maps, _sent) = (null, 0);

    /// <summary>Draws everything.</summary>
    public void DrawAll()
    {
        Canvas.Maps("feature-", Side, PlaneFeatures.All.Count, PlaneMaps.Features(Side, Points.Extent));
        DrawPoints();
        DrawMaps();
        DrawWeights();
        DrawCurves();
    }

    /// <summary>Draws the points.</summary>
    public void DrawPoints()
    {
        var shown = session.ShowsTest ? Points.Count : session.Run.TrainCount;
        var numbers = new float[shown * 4];
        for (var i = 0; i < shown; i++)
            (numbers[4 * i], numbers[4 * i + 1], numbers[4 * i + 2], numbers[4 * i + 3]) =
                (Points.X[i], Points.Y[i], Points.Targets[i], i < session.Run.TrainCount ? 0 : 1);
        Canvas.Points("points", Points.Extent, Points.Classes, 4, numbers);
    }

    /// <summary>Draws all maps at once.</summary>
    public void DrawMaps()
    {
        Maps.Compute();
        for (var layer = 0; layer < Maps.Layers.Count; layer++) DrawLayer(layer);
    }

    /// <summary>The pieces in which the maps are computed and drawn.</summary>
    public IEnumerable<Action> MapPieces()
    {
        var took = 0.0;
        for (var band = 0; band < Maps.Bands; band++) yield return () => Timed(() => Maps.Advance());
        for (var layer = 0; layer <= session.Settings.Layers.Count; layer++)
        {
            var drawn = layer;
            yield return () => Timed(() => DrawLayer(drawn));
        }
        yield return () => MapsTake = took;

        void Timed(Action piece)
        {
            var begun = Stopwatch.GetTimestamp();
            piece();
            took += Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        }
    }

    private void DrawLayer(int layer)
    {
        var (values, units) = Maps.Layers[layer];
        if (layer < Maps.Layers.Count - 1)
        {
            Canvas.Maps($"unit-{layer}-", Side, units, values);
            return;
        }
        for (var unit = 0; unit < units; unit++) Canvas.Share($"unit-{layer}-{unit}", Side, units, unit, session.OutputKind, values);
        Canvas.Output("output", Side, units, session.OutputKind, session.IsDiscrete, Points.Extent, values);
    }

    /// <summary>Draws the weights and biases.</summary>
    public void DrawWeights()
    {
        Canvas.Weights("links", session.Run.Network.Weights.SelectMany(variable => variable.Values.ToArray()).ToArray());
        Canvas.Biases("bias-", session.Run.Network.Biases.SelectMany(variable => variable.Values.ToArray()).ToArray());
    }

    /// <summary>Draws the curves of all runs.</summary>
    public void DrawCurves()
    {
        var history = session.Run.Training.History;
        if (_sent == 0)
        {
            Canvas.Drop(Chart, "train");
            Canvas.Drop(Chart, "test");
            Canvas.Begin(Chart, "train", 0, isDashed: true, "train");
            Canvas.Begin(Chart, "test", 0, isDashed: false, "test");
        }
        var fresh = history.Skip(_sent).ToList();
        Canvas.Extend(Chart, "train", fresh.Select(one => one.Train).ToArray());
        Canvas.Extend(Chart, "test", fresh.Select(one => one.Test).ToArray());
        _sent = history.Count;
        session.Compared.Send();
        Canvas.Chart(Chart);
    }

    /// <summary>The loss of an epoch that stands for a run: of the test, if there is one.</summary>
    public static float Shown(EpochLosses losses) => float.IsNaN(losses.Test) ? losses.Train : losses.Test;
}
