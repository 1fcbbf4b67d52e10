using Microsoft.AspNetCore.Components;
using SimpleFlow.Playground.Components;
using SimpleFlow.Playground.Experiments;
using SimpleFlow.Playground.Language;

namespace SimpleFlow.Playground.Pages.PlaneParts;

/// <summary>What the reader is doing on the plane: the run, the runs beside it, what is chosen, and how fast it plays.</summary>
public sealed class PlaneSession : PlayedSession
{
    // Milliseconds.
    private const double BetweenMaps = 80, BetweenCurves = 30, BetweenNumbers = 120;

    private double _mapsDrawn, _curvesDrawn, _numbersShown, _owed, _last, _measured;
    private long _stepsMeasured;

    /// <summary>Begins with settings.</summary>
    public PlaneSession(Browser browser, PlaneSettings settings) : base(browser)
    {
        Settings = settings;
        Painted.Take(PlaneSources.Of(settings with { Source = PlaneSource.Gauss, Points = 60 }));
        Run = new PlaneRun(settings, PointsOf(settings));
        (Drawing, Compared) = (new PlaneDrawing(this), new ComparedRuns(this));
    }

    /// <summary>What is drawn of it.</summary>
    public PlaneDrawing Drawing { get; }

    /// <summary>The settings.</summary>
    public PlaneSettings Settings { get; private set; }

    /// <summary>The run.</summary>
    public PlaneRun Run { get; private set; }

    /// <summary>The runs beside it.</summary>
    public ComparedRuns Compared { get; }

    /// <summary>The points that the reader has painted.</summary>
    public PaintedPoints Painted { get; } = new();

    /// <summary>The reader's table, with the columns that are shown.</summary>
    public (PlaneTable Table, int Horizontal, int Vertical, int Target)? Table { get; private set; }

    /// <summary>The most steps per second; null: as many as there are.</summary>
    public double? StepsPerSecond { get; set; }

    /// <summary>Steps of the last second.</summary>
    public double Speed { get; private set; }

    /// <summary>The class that the reader paints with; null: erases.</summary>
    public int? Brush
    {
        get;
        set
        {
            field = value;
            Show();
        }
    } = 0;

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
            Show();
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

    /// <summary>Makes one step, or those of one epoch.</summary>
    public void StepOnce(bool epoch)
    {
        if (!CanPlay) return;
        Try(() =>
        {
            while (!MakeStep() && epoch)
            {
                // The epoch is not complete.
            }
        });
        Show();
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
        Forget();
        Chosen = null;
        Compared.Begin();
        Drawing.Begin();
        if (!CanPlay) Pause();
        Show();
    }

    /// <summary>Goes on with other settings.</summary>
    public void Change(PlaneSettings settings)
    {
        // Before the first step nothing is lost: the run that begins is the one that the settings give.
        if (Run is { Training.Step: 0, Changes.Count: 0 })
        {
            var chosen = Chosen;
            Begin(settings);
            Choose(chosen);
            return;
        }
        Try(() => Run.Change(settings));
        Settings = Run.Settings;
        Try(Compared.Change);
        Show();
    }

    /// <summary>Learns the columns of a table.</summary>
    public void Use(PlaneTable table, int horizontal, int vertical, int target)
    {
        var before = Table;
        Table = (table, horizontal, vertical, target);
        Begin(Settings with { Source = PlaneSource.Table });
        if (Trouble is not null) Table = before;
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
        Show();
    }

    private void UsePainted()
    {
        var points = Painted.ToPoints(Settings.Classes);
        if (points.Count == 0 || Run.Points.Count == 0 || Run.Points.Classes != points.Classes) Begin(Settings);
        else
        {
            Run.UsePoints(points);
            Compared.UsePoints(points);
        }
        Drawing.DrawPoints();
    }

    /// <summary>Looks into something, or with null into nothing.</summary>
    public void Choose(Chosen? chosen)
    {
        Chosen = Chosen == chosen ? null : chosen;
        Show();
    }

    /// <summary>Shows or hides the points to test with.</summary>
    public void ShowTest(bool value)
    {
        ShowsTest = value;
        Drawing.DrawPoints();
        Show();
    }

    /// <summary>Shows classes alone, or how certain they are.</summary>
    public void ShowDiscrete(bool value)
    {
        IsDiscrete = value;
        Drawing.DrawMaps();
        Show();
    }

    /// <summary>Replaces one weight or bias.</summary>
    public void Set(Variable variable, int index, float value)
    {
        Run.Set(variable, index, value);
        ReadNumbers();
        Drawing.DrawAll();
        Tick();
    }

    /// <summary>Replaces one weight or bias by what the reader has typed.</summary>
    public void Set(Variable variable, int index, ChangeEventArgs change)
    {
        if (float.TryParse($"{change.Value}", out var value) && float.IsFinite(value)) Set(variable, index, value);
        Show();
    }

    /// <summary>What an input of a layer is called.</summary>
    public string NameOfInput(int layer, int index, Words words) => layer == 0 ? Settings.Features[index].Symbol()
        : words.Of($"unit {index + 1}", $"单元 {index + 1}");

    /// <inheritdoc/>
    protected override bool CanPlay => Run.Points.Count > 0;

    /// <inheritdoc/>
    protected override void OnToggled() => (_last, _owed, _measured) = (0, 0, 0);

    /// <inheritdoc/>
    protected override void AddDue(double time)
    {
        if (_last == 0) (_last, _measured, _stepsMeasured) = (time, time, Run.Training.Step);
        _owed = StepsPerSecond is { } limit ? Math.Min(_owed + (time - _last) * limit / 1000, Math.Max(1, limit / 10)) : int.MaxValue;
        _last = time;
        // Maps of a large network take longer, and may take a sixth of the time.
        if (time - _mapsDrawn >= Math.Max(BetweenMaps, 6 * Drawing.MapsTake))
        {
            _mapsDrawn = time;
            foreach (var piece in Drawing.MapPieces()) Add(piece);
        }
        if (time - _curvesDrawn >= BetweenCurves)
        {
            _curvesDrawn = time;
            Add(Drawing.DrawWeights);
            Add(Drawing.DrawCurves);
        }
        if (time - _measured >= 1000)
        {
            Speed = (Run.Training.Step - _stepsMeasured) * 1000 / (time - _measured);
            (_measured, _stepsMeasured) = (time, Run.Training.Step);
        }
        if (time - _numbersShown < BetweenNumbers) return;
        _numbersShown = time;
        Add(ReadNumbers);
        AddTicks();
    }

    /// <inheritdoc/>
    protected override bool WorkOnce()
    {
        if (_owed < 1 || !IsPlaying) return false;
        _owed--;
        Try(() => MakeStep());
        return true;
    }

    private bool MakeStep()
    {
        Compared.MakeStep();
        return Run.Training.MakeStep();
    }

    /// <summary>Reads the numbers that the page shows and that take some time.</summary>
    public void ReadNumbers()
    {
        if (!Run.Points.IsRegression && Run.Points.Count > 0) Accuracies = Run.Accuracies();
    }

    private PlanePoints PointsOf(PlaneSettings settings) => settings.Source switch
    {
        PlaneSource.Painted => Painted.ToPoints(settings.Classes),
        PlaneSource.Table when Table is { } table => table.Table.Points(table.Horizontal, table.Vertical, table.Target),
        _ => PlaneSources.Of(settings),
    };

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Run.Dispose();
        Compared.Dispose();
    }
}
