using SimpleFlow.Playground.Components;
using SimpleFlow.Playground.Experiments;

namespace SimpleFlow.Playground.Pages.DigitsParts;

/// <summary>What the reader is doing with digits: the run, what is drawn, a network from a file, and whether it plays.</summary>
public sealed class DigitSession : PlayedSession
{
    /// <summary>The canvas of the accuracies.</summary>
    public const string Chart = "digit-chart";

    /// <summary>The most units that are shown.</summary>
    public const int MostUnits = 64;

    // Milliseconds.
    private const double BetweenPictures = 300, BetweenLooks = 150;

    private readonly DigitData _data;
    private double _picturesDrawn, _looked;
    private DigitTest? _openedTest;
    private int _sent;

    /// <summary>Begins with data.</summary>
    public DigitSession(DigitData data, Browser browser) : base(browser)
    {
        _data = data;
        Run = new DigitRun(new DigitSettings(), data);
        ShowTest(0);
        Listen();
    }

    /// <summary>Called after a test has ended.</summary>
    public event Action? Tested;

    /// <summary>The run.</summary>
    public DigitRun Run { get; private set; }

    /// <summary>The test digits.</summary>
    public DigitSet Test => _data.Test;

    /// <summary>A network from a file, and its name; null: the one of the page is used.</summary>
    public (string Name, DigitReader Reader)? Opened { get; private set; }

    /// <summary>The network that reads.</summary>
    public DigitReader Reader => Opened?.Reader ?? Run.Reader;

    /// <summary>What the reader draws.</summary>
    public DigitDrawing Drawing { get; } = new();

    /// <summary>The test digit that is shown; null: what is drawn.</summary>
    public int? Shown { get; private set; }

    /// <summary>The picture that the network looks at.</summary>
    public float[] Picture { get; private set; } = [];

    /// <summary>What it says of it.</summary>
    public DigitLook Look { get; private set; } = null!;

    /// <summary>The class for which pixels are to speak; null: the likeliest.</summary>
    public int? Chosen { get; private set; }

    /// <summary>The last test.</summary>
    public DigitReport? Report { get; private set; }

    /// <summary>Begins again, with settings.</summary>
    public void Begin(DigitSettings settings)
    {
        Run.Dispose();
        Run = new DigitRun(settings, _data);
        (Opened, Report, _sent) = (null, null, 0);
        Canvas.Clear(Chart);
        Listen();
        Refresh();
    }

    /// <summary>Reads with a network from a file.</summary>
    public void Open(string name, DigitReader reader)
    {
        Pause();
        (Opened, Report, Trouble) = ((name, reader), null, null);
        _openedTest = new DigitTest(reader, _data.Test);
        Listen();
        Refresh();
    }

    /// <summary>Goes back to the network of the page.</summary>
    public void Close()
    {
        (Opened, _openedTest) = (null, null);
        Report = Run.Tests.Count > 0 ? Run.Tests[^1].Report : null;
        Refresh();
    }

    /// <summary>Shows a test digit.</summary>
    public void ShowTest(int index)
    {
        Drawing.Clear();
        Shown = index;
        Picture = _data.Test.Picture(index);
        Refresh();
    }

    /// <summary>Looks at what is drawn.</summary>
    public void LookAtDrawing()
    {
        Shown = null;
        Picture = Drawing.ToPicture();
        Refresh();
    }

    /// <summary>Removes the drawing.</summary>
    public void Clear()
    {
        Drawing.Clear();
        LookAtDrawing();
    }

    /// <summary>Lets pixels speak for a class, or with null for the likeliest.</summary>
    public void Choose(int? chosen)
    {
        Chosen = Chosen == chosen ? null : chosen;
        Refresh();
    }

    /// <summary>Learns the picture, too.</summary>
    public void Learn(int label)
    {
        Run.Add(Picture, label);
        if (!IsPlaying) Toggle();
        Show();
    }

    private void Refresh()
    {
        Look = Reader.Look(Picture, Chosen);
        Show();
    }

    /// <inheritdoc/>
    protected override bool IsBusy => IsPlaying || _openedTest is not null || Opened is null && Run.Tests.Count == 0;

    /// <inheritdoc/>
    protected override void AddDue(double time)
    {
        if (time - _picturesDrawn >= BetweenPictures)
        {
            _picturesDrawn = time;
            Add(DrawUnits);
        }
        if (time - _looked < BetweenLooks) return;
        _looked = time;
        Add(() => Look = Reader.Look(Picture, Chosen));
        Add(DrawLook);
        AddTicks();
    }

    /// <inheritdoc/>
    protected override bool WorkOnce()
    {
        Try(() =>
        {
            if (_openedTest is { } test)
            {
                test.Continue(5);
                if (!test.IsDone) return;
                (Report, _openedTest) = (test.Report, null);
            }
            else if (Run.Advance()) Report = Run.Tests[^1].Report;
            else return;
            AddEach(Tested);
            Add(DrawCurve);
            Add(DrawMistakes);
            AddTicks();
        });
        return true;
    }

    /// <summary>Draws everything that the page does not draw by itself.</summary>
    public void DrawAll()
    {
        DrawUnits();
        DrawLook();
        DrawCurve();
        DrawMistakes();
    }

    /// <summary>How many mistakes are shown.</summary>
    public const int Mistakes = 24;

    private void DrawMistakes()
    {
        var mistakes = (Report?.Mistakes ?? []).Take(Mistakes).SelectMany(one => Test.Picture(one.Index)).ToArray();
        Pictures.Draw("mistake-", DigitData.Side, isSigned: false, mistakes);
    }

    private void DrawUnits()
    {
        if (Reader.Weights is not { } weights) return;
        var (values, all) = (weights.Values.ToArray(), (int)weights.Shape[1]!.Value);
        var shown = Math.Min(all, MostUnits);
        var pictures = new float[shown * DigitData.Pixels];
        for (var unit = 0; unit < shown; unit++)
            for (var pixel = 0; pixel < DigitData.Pixels; pixel++) pictures[unit * DigitData.Pixels + pixel] = values[pixel * all + unit];
        Pictures.Draw("hidden-", DigitData.Side, isSigned: true, pictures);
    }

    private void DrawLook()
    {
        Pictures.Draw("seen-", DigitData.Side, isSigned: false, Picture);
        Pictures.Draw("speaks-", DigitData.Side, isSigned: true, Look.Gradient);
    }

    private void DrawCurve()
    {
        if (_sent == 0) Canvas.Begin(Chart, "accuracy", 0, false, "");
        Canvas.Extend(Chart, "accuracy", Run.Tests.Skip(_sent).Select(one => one.Report.Accuracy).ToArray());
        _sent = Run.Tests.Count;
        Canvas.Chart(Chart);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Run.Dispose();
    }
}
