using SimpleFlow.Playground.Components;
using SimpleFlow.Playground.Experiments;

namespace SimpleFlow.Playground.Pages.PlaneParts;

/// <summary>A run beside the one that is shown.</summary>
/// <param name="name">What makes it another.</param>
/// <param name="of">Its settings by those of the run that is shown.</param>
/// <param name="run">The run.</param>
/// <param name="paint">The number of its colour.</param>
public sealed class ComparedRun(string name, Func<PlaneSettings, PlaneSettings> of, PlaneRun run, int paint)
{
    private PlaneRun? _sentOf;
    private int _sent;

    /// <summary>What makes it another.</summary>
    public string Name => name;

    /// <summary>Its settings by those of the run that is shown.</summary>
    public Func<PlaneSettings, PlaneSettings> Of => of;

    /// <summary>The number of its colour.</summary>
    public int Paint => paint;

    /// <summary>The run.</summary>
    public PlaneRun Run { get; set; } = run;

    /// <summary>Whether it is a curve that stays as it is.</summary>
    public bool IsKept { get; init; }

    /// <summary>Whether it met numbers that are not finite.</summary>
    public bool IsLost { get; set; }

    /// <summary>The losses of a curve that stays.</summary>
    public float[] Values { get; init; } = [];

    /// <summary>The last loss.</summary>
    public float Last => IsKept ? Values.LastOrDefault(float.NaN)
        : Run.Training.History is [.., var last] ? PlaneDrawing.Shown(last) : float.NaN;

    /// <summary>Sends the chart what it does not have.</summary>
    public void Send(string chart)
    {
        if (!ReferenceEquals(_sentOf, Run))
        {
            Canvas.Drop(chart, Name);
            Canvas.Begin(chart, Name, Paint, isDashed: false, Name);
            (_sentOf, _sent) = (Run, 0);
        }
        var history = Run.Training.History;
        Canvas.Extend(chart, Name, history.Skip(_sent).Select(PlaneDrawing.Shown).ToArray());
        _sent = history.Count;
    }
}
