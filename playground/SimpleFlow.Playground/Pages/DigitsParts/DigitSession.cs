using System.Diagnostics;
using SimpleFlow.Playground.Components;
using SimpleFlow.Playground.Experiments;

namespace SimpleFlow.Playground.Pages.DigitsParts;

/// <summary>What the reader is doing with digits: the run, what is drawn, a network from a file, and whether it plays.</summary>
public sealed class DigitSession : IDisposable
{
    /// <summary>The canvas of the accuracies.</summary>
    public const string Chart = "digit-chart";

    /// <summary>The most units that are shown.</summary>
    public const int MostUnits = 64;

    // Milliseconds. A frame has 16; what is left is for the browser to draw in.
    private const double Slice = 5, BetweenPictures = 300, BetweenLooks = 150;

    private readonly DigitData _data;
    private readonly Browser _browser;
    private double _picturesDrawn, _looked;
    private DigitTest? _openedTest;
    private bool _listens;
    private int _sent;

    /// <summary>Begins with data.</summary>
    public DigitSession(DigitData data, Browser browser)
    {
        (_data, _browser) = (data, browser);
        Run = new DigitRun(new DigitSettings(), data);
        ShowTest(0);
        Listen();
    }

    /// <summary>Called after something has changed that the page shows.</summary>
    public event Action? Changed;

    /// <summary>Called some times a second while something happens.</summary>
    public event Action? Ticked;

    /// <summary>The run.</summary>
    public DigitRun Run { get; private set; }

    /// <summary>The test digits.</summary>
    public DigitSet Test => _data.Test;

    /// <summary>Whether it plays.</summary>
    public bool IsPlaying { get; private set; }

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

    /// <summary>What went wrong; null: nothing.</summary>
    public string? Trouble { get; set; }

    /// <summary>Plays or pauses.</summary>
    public void Toggle()
    {
        IsPlaying = !IsPlaying;
        Listen();
        Changed?.Invoke();
    }

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
        IsPlaying = false;
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
        Changed?.Invoke();
    }

    private void Refresh()
    {
        Look = Reader.Look(Picture, Chosen);
        Changed?.Invoke();
    }

    private bool IsBusy => IsPlaying || _openedTest is not null || Opened is null && Run.Tests.Count == 0;

    private void Listen()
    {
        if (IsBusy == _listens) return;
        _listens = IsBusy;
        if (_listens) _browser.Frame += OnFrame;
        else _browser.Frame -= OnFrame;
    }

    private void OnFrame(double time)
    {
        // A frame works, or draws, so that none takes long.
        if (time - _picturesDrawn >= BetweenPictures)
        {
            _picturesDrawn = time;
            DrawUnits();
        }
        else if (time - _looked >= BetweenLooks)
        {
            _looked = time;
            Look = Reader.Look(Picture, Chosen);
            DrawLook();
            Ticked?.Invoke();
        }
        else Work();
        Listen();
        if (!_listens) Changed?.Invoke();
    }

    private void Work()
    {
        var begun = Stopwatch.GetTimestamp();
        try
        {
            do WorkOnce();
            while (IsBusy && Stopwatch.GetElapsedTime(begun).TotalMilliseconds < Slice);
        }
        catch (SimpleFlowException exception)
        {
            (Trouble, IsPlaying) = (exception.Message, false);
            Changed?.Invoke();
        }
    }

    private void WorkOnce()
    {
        if (_openedTest is { } test)
        {
            test.Continue(5);
            if (!test.IsDone) return;
            (Report, _openedTest) = (test.Report, null);
            Changed?.Invoke();
        }
        else if (Run.Advance())
        {
            Report = Run.Tests[^1].Report;
            DrawCurve();
            Changed?.Invoke();
        }
    }

    /// <summary>Draws everything that the page does not draw by itself.</summary>
    public void DrawAll()
    {
        DrawUnits();
        DrawLook();
        DrawCurve();
        if (Report is { } report)
        {
            var mistakes = report.Mistakes.Take(Mistakes).SelectMany(one => Test.Picture(one.Index)).ToArray();
            Pictures.Draw("mistake-", DigitData.Side, isSigned: false, mistakes);
        }
    }

    /// <summary>How many mistakes are shown.</summary>
    public const int Mistakes = 24;

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
    public void Dispose()
    {
        if (_listens) _browser.Frame -= OnFrame;
        Run.Dispose();
    }
}
