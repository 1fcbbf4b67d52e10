using System.Collections;
using SimpleFlow.Playground.Components;
using SimpleFlow.Playground.Experiments;

namespace SimpleFlow.Playground.Pages.PlaneParts;

/// <summary>Runs beside the one that is shown, on the same points and the same chart.</summary>
/// <param name="session">What the reader does with the one that is shown.</param>
public sealed class ComparedRuns(PlaneSession session) : IEnumerable<ComparedRun>, IDisposable
{
    private readonly List<ComparedRun> _runs = [];

    /// <summary>How many there are.</summary>
    public int Count => _runs.Count;

    private IEnumerable<ComparedRun> Trained => _runs.Where(run => run is { IsKept: false, IsLost: false });

    /// <summary>Adds a run.</summary>
    /// <param name="name">What makes it another.</param>
    /// <param name="of">Its settings by those of the run that is shown.</param>
    public void Add(string name, Func<PlaneSettings, PlaneSettings> of)
    {
        Add(new ComparedRun(name, of, new PlaneRun(of(session.Settings), session.Run.Points), NextPaint));
        session.Show();
    }

    /// <summary>Keeps the curve of the run that is shown as it is, to compare the next ones with it.</summary>
    public void Keep(string name)
    {
        var kept = new ComparedRun(name, settings => settings, session.Run, NextPaint)
        {
            IsKept = true,
            Values = [.. session.Run.Training.History.Select(PlaneDrawing.Shown)],
        };
        Add(kept);
        Canvas.Extend(PlaneDrawing.Chart, kept.Name, kept.Values);
        session.Show();
    }

    private int NextPaint => _runs.Count == 0 ? 1 : _runs.Max(run => run.Paint) + 1;

    private void Add(ComparedRun run)
    {
        _runs.Add(run);
        Canvas.Begin(PlaneDrawing.Chart, run.Name, run.Paint, isDashed: false, run.Name);
    }

    /// <summary>Removes a run.</summary>
    public void Drop(ComparedRun run)
    {
        _runs.Remove(run);
        if (!run.IsKept) run.Run.Dispose();
        Canvas.Drop(PlaneDrawing.Chart, run.Name);
        Canvas.Chart(PlaneDrawing.Chart);
        session.Show();
    }

    /// <summary>Begins all again beside the run that is shown.</summary>
    public void Begin()
    {
        foreach (var run in _runs.Where(run => !run.IsKept))
        {
            run.Run.Dispose();
            run.Run = new PlaneRun(run.Of(session.Settings), session.Run.Points);
            run.IsLost = false;
        }
    }

    /// <summary>Makes a step of each. One that meets numbers that are not finite is lost; the others go on.</summary>
    public void MakeStep()
    {
        foreach (var run in Trained)
        {
            try
            {
                run.Run.Training.MakeStep();
            }
            catch (TrainingException)
            {
                run.IsLost = true;
            }
        }
    }

    /// <summary>Goes on with the settings that the run that is shown has now.</summary>
    public void Change()
    {
        foreach (var run in Trained) run.Run.Change(run.Of(session.Settings));
    }

    /// <summary>Learns from other points, from now on.</summary>
    public void UsePoints(PlanePoints points)
    {
        foreach (var run in Trained) run.Run.UsePoints(points);
    }

    /// <summary>Sends the chart what it does not have.</summary>
    public void Send()
    {
        foreach (var run in Trained) run.Send(PlaneDrawing.Chart);
    }

    /// <inheritdoc/>
    public IEnumerator<ComparedRun> GetEnumerator() => _runs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var run in _runs.Where(run => !run.IsKept)) run.Run.Dispose();
    }
}
