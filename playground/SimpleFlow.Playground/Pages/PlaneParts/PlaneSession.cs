using System.Diagnostics;
using Microsoft.AspNetCore.Components;
using SimpleFlow.Playground.Components;
using SimpleFlow.Playground.Experiments;
using SimpleFlow.Playground.Language;

namespace SimpleFlow.Playground.Pages.PlaneParts;

/// <summary>What the reader is doing on the plane: the run, the runs beside it, what is chosen, and whether it plays.</summary>
public sealed class PlaneSession : IDisposable
{
    /// <summary>The canvas of the losses.</summary>
    public const string Chart = "chart";

    /// <summary>How many places a side of a map has.</summary>
    public const int Side = 50;

    // Milliseconds. A frame has 16; what is left is for the browser to draw in.
    private const double Slice = 10;
    private const double BetweenMaps = 80, BetweenCurves = 30, BetweenNumbers = 120;

    private double _mapsDrawn, _curvesDrawn, _numbersShown, _owed, _last, _measured, _mapsTake;
    private long _stepsMeasured;
    private int _sent;
    private Browser? _browser;

    /// <summary>Begins with settings.</summary>
    public PlaneSession(PlaneSettings settings)
    {
        Settings = settings;
        Painted.Take(PlaneSources.Of(settings with { Source = PlaneSource.Gauss, Points = 60 }));
        Run = new PlaneRun(settings, PointsOf(settings));
    }

    /// <summary>Called after something of the page has changed that is not drawn by itself.</summary>
    public event Action? Changed;

    /// <summary>Called some times a second while it plays, when there are new numbers to show.</summary>
    public event Action? Ticked;

    /// <summary>The settings.</summary>
    public PlaneSettings Settings { get; private set; }

    /// <summary>The run.</summary>
    public PlaneRun Run { get; private set; }

    /// <summary>The runs that are compared with it, each with its name.</summary>
    public List<ComparedRun> Compared { get; } = [];

    /// <summary>The points that the reader has painted.</summary>
    public PaintedPoints Painted { get; } = new();

    /// <summary>The reader's table, with the columns that are shown.</summary>
    public (PlaneTable Table, int Horizontal, int Vertical, int Target)? Table { get; private set; }

    /// <summary>Whether it plays.</summary>
    public bool IsPlaying { get; private set; }

    /// <summary>The most steps per second; null: as many as there are.</summary>
    public double? StepsPerSecond { get; set; }

    /// <summary>Steps of the last second.</summary>
    public double Speed { get; private set; }

    /// <summary>Epochs of the last second.</summary>
    public double EpochSpeed => Speed / Run.Training.StepsPerEpoch;

    /// <summary>The class that the reader paints with; null: erases.</summary>
    public int? Brush
    {
        get;
        set
        {
            field = value;
            Changed?.Invoke();
        }
    } = 0;

    /// <summary>What went wrong; null: nothing.</summary>
    public string? Trouble { get; set; }

    /// <summary>What the reader looks into; null: nothing.</summary>
    public Chosen? Chosen { get; private set; }

    /// <summary>The layer that a step through the derivation is at; null: none.</summary>
    public int? LitLayer
    {
        get;
        set
        {
            if (field == value) return;
            field = value;
            Changed?.Invoke();
        }
    }

    /// <summary>Whether the map shows classes alone.</summary>
    public bool IsDiscrete { get; private set; }

    /// <summary>Whether the points to test with are shown.</summary>
    public bool ShowsTest { get; private set; } = true;

    /// <summary>The shares of points whose class is predicted.</summary>
    public (float Train, float Test) Accuracies { get; private set; }

    /// <summary>What the outputs are.</summary>
    public OutputKind OutputKind => Run.Points.Classes switch
    {
        0 => OutputKind.Number,
        2 => OutputKind.Probability,
        _ => OutputKind.Probabilities,
    };

    /// <summary>Plays or pauses.</summary>
    public void Toggle(Browser browser)
    {
        _browser = browser;
        IsPlaying = !IsPlaying && Run.Points.Count > 0;
        browser.Frame -= OnFrame;
        if (IsPlaying) browser.Frame += OnFrame;
        (_last, _owed, _measured) = (0, 0, 0);
        if (!IsPlaying) DrawAll();
        Changed?.Invoke();
    }

    /// <summary>Pauses.</summary>
    public void Pause()
    {
        if (IsPlaying && _browser is { } browser) Toggle(browser);
    }

    /// <summary>Makes one step, or those of one epoch.</summary>
    public void StepOnce(bool epoch)
    {
        if (Run.Points.Count == 0) return;
        Try(() =>
        {
            do
            {
                foreach (var compared in Compared) compared.Run.Training.MakeStep();
            }
            while (!Run.Training.MakeStep() && epoch);
        });
        DrawAll();
        Changed?.Invoke();
    }

    /// <summary>Begins again from the same weights, or from others.</summary>
    public void Reset(bool otherWeights = false) =>
        Begin(otherWeights ? Settings with { Seed = Settings.Seed + 1 } : Settings);

    /// <summary>Begins a run with settings, from initial weights.</summary>
    public void Begin(PlaneSettings settings)
    {
        var before = (Run, Settings);
        try
        {
            var points = PointsOf(settings);
            Run = new PlaneRun(settings, points);
            Settings = settings;
            Trouble = null;
            before.Run.Dispose();
        }
        catch (Exception exception) when (exception is FormatException or SimpleFlowException)
        {
            Trouble = exception.Message;
        }
        Chosen = null;
        foreach (var compared in Compared.ToList())
        {
            if (compared.IsKept) continue;
            compared.Run.Dispose();
            compared.Run = new PlaneRun(compared.Of(Settings), Run.Points);
        }
        _sent = 0;
        Changed?.Invoke();
    }

    /// <summary>Goes on with other settings.</summary>
    public void Change(PlaneSettings settings)
    {
        // Before the first step nothing is lost: the run that begins is the one that the settings give.
        if (Run is { Training.Step: 0, IsAltered: false })
        {
            var chosen = Chosen;
            Begin(settings);
            Choose(chosen);
            return;
        }
        Try(() => Run.Change(settings));
        Settings = Run.Settings;
        foreach (var compared in Compared.Where(one => !one.IsKept)) Try(() => compared.Run.Change(compared.Of(Settings)));
        Changed?.Invoke();
    }

    /// <summary>Learns the columns of a table.</summary>
    public void Use(PlaneTable table, int horizontal, int vertical, int target)
    {
        var before = Table;
        Table = (table, horizontal, vertical, target);
        Begin(Settings with { Source = PlaneSource.Table });
        if (Trouble is not null && before is null) Table = null;
    }

    /// <summary>The experiment as a link hands it out.</summary>
    public PlaneExperiment Experiment => new(Settings)
    {
        Painted = Settings.Source == PlaneSource.Painted ? Run.Points : null,
        Table = Table is { } table ? (table.Table.Text, table.Horizontal, table.Vertical, table.Target) : null,
    };

    /// <summary>Begins an experiment that a link has handed out.</summary>
    public void Begin(PlaneExperiment experiment)
    {
        if (experiment.Painted is { } painted) Painted.Take(painted);
        if (experiment.Table is { } given)
        {
            try
            {
                Table = (PlaneTable.Parse(given.Text, "table"), given.Horizontal, given.Vertical, given.Target);
            }
            catch (SimpleFlowException exception)
            {
                Trouble = exception.Message;
                return;
            }
        }
        Begin(experiment.Settings);
    }

    /// <summary>Paints a point, or with no class erases.</summary>
    public void Paint(float x, float y, int? kind)
    {
        if (Settings.Source != PlaneSource.Painted)
        {
            // What is on the plane stays, and can be painted over.
            if (!Run.Points.IsRegression) Painted.Take(Run.Points);
            Begin(Settings with { Source = PlaneSource.Painted, Classes = Math.Max(2, Run.Points.Classes) });
        }
        if (kind is { } painted) Painted.Add(x, y, painted);
        else if (!Painted.Erase(x, y, 0.4f)) return;
        UsePainted();
    }

    /// <summary>Removes all painted points.</summary>
    public void ClearPainted()
    {
        Painted.Clear();
        UsePainted();
        Changed?.Invoke();
    }

    private void UsePainted()
    {
        var points = Painted.ToPoints(Settings.Classes);
        if (points.Count == 0 || Run.Points.Count == 0 || Run.Points.Classes != points.Classes) Begin(Settings);
        else
        {
            Run.UsePoints(points);
            foreach (var compared in Compared.Where(one => !one.IsKept)) compared.Run.UsePoints(points);
        }
        DrawPoints();
    }

    /// <summary>Shows the page again.</summary>
    public void Show() => Changed?.Invoke();

    /// <summary>Looks into something, or with null into nothing.</summary>
    public void Choose(Chosen? chosen)
    {
        Chosen = Chosen == chosen ? null : chosen;
        Changed?.Invoke();
    }

    /// <summary>Shows or hides the points to test with.</summary>
    public void ShowTest(bool value)
    {
        ShowsTest = value;
        DrawPoints();
        Changed?.Invoke();
    }

    /// <summary>Shows classes alone, or how certain they are.</summary>
    public void ShowDiscrete(bool value)
    {
        IsDiscrete = value;
        DrawMaps();
        Changed?.Invoke();
    }

    /// <summary>Replaces one weight or bias.</summary>
    public void Set(Variable variable, int index, float value)
    {
        var elements = variable.Values.ToArray();
        elements[index] = value;
        variable.Set(elements);
        Run.IsAltered = true;
        DrawAll();
        Ticked?.Invoke();
    }

    /// <summary>Replaces one weight or bias by what the reader has typed.</summary>
    public void Set(Variable variable, int index, ChangeEventArgs change)
    {
        if (float.TryParse($"{change.Value}", out var value) && float.IsFinite(value)) Set(variable, index, value);
        Changed?.Invoke();
    }

    /// <summary>A number for a field.</summary>
    public static string Field(double value) => value.ToString("0.####");

    /// <summary>What an input of a layer is called.</summary>
    public string NameOfInput(int layer, int index, Words words) => layer == 0 ? Settings.Features[index].Symbol()
        : words.Of($"unit {index + 1}", $"单元 {index + 1}");

    /// <summary>The layer that a node belongs to; null: none.</summary>
    public int? LayerOf(Node? node)
    {
        for (var layer = 0; layer <= Settings.Layers.Count; layer++)
        {
            var name = layer < Settings.Layers.Count ? $"layer {layer + 1}/" : "output/";
            if (node?.Name?.StartsWith(name, StringComparison.Ordinal) == true || ReferenceEquals(node, Run.Network.Sums(layer))
                || layer < Settings.Layers.Count && ReferenceEquals(node, Run.Network.Hidden[layer])) return layer;
        }
        return null;
    }

    /// <summary>Offers the losses of all epochs as a table, with all their digits.</summary>
    public void DownloadLosses()
    {
        var lines = Run.Training.History.Select((losses, i) => FormattableString.Invariant($"{i + 1},{losses.Train:R},{losses.Test:R}"));
        Browser.Download("losses.csv", "text/csv",
            System.Text.Encoding.UTF8.GetBytes("epoch,training,test\n" + string.Join('\n', lines) + "\n"));
    }

    /// <summary>Adds a run to the comparison.</summary>
    public void Compare(string name, Func<PlaneSettings, PlaneSettings> of)
    {
        var paint = Compared.Count == 0 ? 1 : Compared.Max(one => one.Paint) + 1;
        var run = new ComparedRun(name, of, new PlaneRun(of(Settings), Run.Points), paint);
        Compared.Add(run);
        Canvas.Begin(Chart, run.Name, run.Paint, false, name);
        Changed?.Invoke();
    }

    /// <summary>Keeps the curve of the run as it is, to compare the next ones with it.</summary>
    public void Keep(string name)
    {
        Compare(name, settings => settings);
        var kept = Compared[^1];
        kept.IsKept = true;
        kept.Values = [.. Run.Training.History.Select(Shown)];
        Canvas.Extend(Chart, kept.Name, kept.Values);
        kept.Sent = kept.Values.Length;
        Canvas.Chart(Chart);
    }

    /// <summary>Removes a run from the comparison.</summary>
    public void Drop(ComparedRun run)
    {
        Compared.Remove(run);
        run.Run.Dispose();
        Canvas.Drop(Chart, run.Name);
        Canvas.Chart(Chart);
        Changed?.Invoke();
    }

    private void OnFrame(double time)
    {
        if (_last == 0) (_last, _measured, _stepsMeasured) = (time, time, Run.Training.Step);
        _owed = StepsPerSecond is { } limit ? Math.Min(_owed + (time - _last) * limit / 1000, Math.Max(1, limit / 10)) : int.MaxValue;
        var areMapsDue = time - _mapsDrawn >= Math.Max(BetweenMaps, 6 * _mapsTake);
        var begun = Stopwatch.GetTimestamp();
        var slice = Math.Max(2, Slice - (areMapsDue ? _mapsTake : 0));
        Try(() =>
        {
            while (_owed >= 1 && IsPlaying && Stopwatch.GetElapsedTime(begun).TotalMilliseconds < slice)
            {
                Run.Training.MakeStep();
                foreach (var compared in Compared) if (!compared.IsKept) compared.Run.Training.MakeStep();
                _owed--;
            }
        });
        _last = time;
        if (areMapsDue)
        {
            var from = Stopwatch.GetTimestamp();
            DrawMaps();
            _mapsTake = (_mapsTake + Stopwatch.GetElapsedTime(from).TotalMilliseconds) / 2;
            _mapsDrawn = time;
        }
        if (time - _curvesDrawn >= BetweenCurves)
        {
            DrawWeights();
            DrawCurves();
            _curvesDrawn = time;
        }
        if (time - _measured >= 1000)
        {
            Speed = (Run.Training.Step - _stepsMeasured) * 1000 / (time - _measured);
            (_measured, _stepsMeasured) = (time, Run.Training.Step);
        }
        if (time - _numbersShown < BetweenNumbers) return;
        _numbersShown = time;
        ReadNumbers();
        Ticked?.Invoke();
    }

    private void ReadNumbers()
    {
        if (!Run.Points.IsRegression && Run.Points.Count > 0) Accuracies = Run.Accuracies();
    }

    /// <summary>Draws everything that the page does not draw by itself.</summary>
    public void DrawAll()
    {
        ReadNumbers();
        DrawPoints();
        DrawMaps();
        DrawWeights();
        DrawCurves();
    }

    /// <summary>Draws the features, once.</summary>
    public void DrawFeatures() =>
        Canvas.Maps("feature-", Side, PlaneFeatures.All.Count, Run.FeatureMaps(Side));

    private void DrawPoints()
    {
        var points = Run.Points;
        var shown = ShowsTest ? points.Count : Run.TrainCount;
        var numbers = new float[shown * 4];
        for (var i = 0; i < shown; i++)
            (numbers[4 * i], numbers[4 * i + 1], numbers[4 * i + 2], numbers[4 * i + 3]) =
                (points.X[i], points.Y[i], points.Targets[i], i < Run.TrainCount ? 0 : 1);
        Canvas.Points("points", points.Extent, points.Classes, 4, numbers);
    }

    private void DrawMaps()
    {
        var maps = Run.Maps(Side);
        for (var layer = 0; layer < maps.Count - 1; layer++) Canvas.Maps($"unit-{layer}-", Side, maps[layer].Units, maps[layer].Values);
        var (values, units) = maps[^1];
        for (var unit = 0; unit < units; unit++)
            Canvas.Share($"unit-{maps.Count - 1}-{unit}", Side, units, unit, OutputKind, values);
        Canvas.Output("output", Side, units, OutputKind, IsDiscrete, Run.Points.Extent, values);
    }

    private void DrawWeights()
    {
        Canvas.Weights("links", Run.Network.Weights.SelectMany(variable => variable.Values.ToArray()).ToArray());
        Canvas.Biases("bias-", Run.Network.Biases.SelectMany(variable => variable.Values.ToArray()).ToArray());
    }

    private void DrawCurves()
    {
        var history = Run.Training.History;
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
        foreach (var compared in Compared.Where(one => !one.IsKept)) compared.Send(Chart);
        Canvas.Chart(Chart);
    }

    /// <summary>The loss of an epoch that stands for a run: of the test, if there is one.</summary>
    public static float Shown(EpochLosses losses) => float.IsNaN(losses.Test) ? losses.Train : losses.Test;

    private PlanePoints PointsOf(PlaneSettings settings) => settings.Source switch
    {
        PlaneSource.Painted => Painted.ToPoints(settings.Classes),
        PlaneSource.Table when Table is { } table => table.Table.Points(table.Horizontal, table.Vertical, table.Target),
        _ => PlaneSources.Of(settings),
    };

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (SimpleFlowException exception)
        {
            Trouble = exception.Message;
            Pause();
            Changed?.Invoke();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_browser is not null) _browser.Frame -= OnFrame;
        IsPlaying = false;
        Run.Dispose();
        foreach (var compared in Compared) compared.Run.Dispose();
    }
}
