using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SimpleFlow.Compilation;
using SimpleFlow.Execution;

namespace SimpleFlow;

/// <summary>What one step of a plan costs.</summary>
/// <param name="Name">What it computes.</param>
/// <param name="Shape">The shape of its result.</param>
/// <param name="Microseconds">The median time of a run.</param>
/// <param name="Flops">Additions and multiplications of a run.</param>
/// <param name="Bytes">The bytes it reads from and writes to memory outside the first-level cache.</param>
/// <param name="Parts">The number of threads it ran on.</param>
public sealed record StepProfile(string Name, string Shape, double Microseconds, double Flops, long Bytes, int Parts)
{
    /// <summary>Billions of additions and multiplications per second.</summary>
    public double Gigaflops => Flops / Microseconds / 1e3;
}

/// <summary>Where the time of a training step goes: every step of its plan, timed over some runs.</summary>
public sealed class PlanProfile
{
    private const int LongestName = 60;       // of a step in the table; a fused chain can be hundreds
    private readonly long[][] _runs;        // for each run the moment it began and the moments its steps ended, in ticks

    internal PlanProfile(Executable executable, int runs, Action<Executable> run)
    {
        var steps = executable.Plan.Steps;
        _runs = new long[runs][];
        try
        {
            for (var i = 0; i < runs; i++)
            {
                executable.Moments = _runs[i] = new long[steps.Count + 1];
                run(executable);
            }
        }
        finally
        {
            executable.Moments = null;
        }
        Steps = [.. steps.Select((step, i) => new StepProfile(step.Title, step.Writes.LastOrDefault()?.Shape.ToString() ?? "", Median(i),
            step.Flops, step.Bytes, step.Parts))];
    }

    /// <summary>The steps in the order they run in.</summary>
    public IReadOnlyList<StepProfile> Steps { get; }

    /// <summary>The sum of the steps' median times.</summary>
    public double Microseconds => Steps.Sum(step => step.Microseconds);

    private double Median(int step)
    {
        var times = Array.ConvertAll(_runs, moments => moments[step + 1] - moments[step]);
        Array.Sort(times);
        return times[times.Length / 2] * 1e6 / Stopwatch.Frequency;
    }

    /// <summary>The same as <see cref="ToText"/>, for printing.</summary>
    public override string ToString() => ToText().TrimEnd();

    /// <summary>A table of the steps, the most expensive first. Long names are cut; <see cref="Steps"/> has the full names.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{"µs",10} {"share",7} {"GFLOP/s",8} {"KB",9} {"parts",5}  step\n");
        foreach (var step in Steps.OrderByDescending(step => step.Microseconds))
            text.Append(CultureInfo.InvariantCulture,
                $"{step.Microseconds,10:F2} {step.Microseconds / Microseconds,7:P1} {step.Gigaflops,8:F1} {step.Bytes / 1024.0,9:F1} "
                    + $"{step.Parts,5}  {Shortened(step.Name)} {step.Shape}\n");
        text.Append(CultureInfo.InvariantCulture,
            $"{Microseconds,10:F2} {"",7} {Steps.Sum(step => step.Flops) / Microseconds / 1e3,8:F1} {"",9} {"",5}  in all, "
                + $"{NumberText.Count(Steps.Count, "step")}, median of {NumberText.Count(_runs.Length, "run")}\n");
        return text.ToString();
    }

    /// <summary>Writes the runs as a trace file (the Trace Event Format) that a browser's profiler opens, such as
    /// chrome://tracing or ui.perfetto.dev.</summary>
    /// <exception cref="SaveException">The file cannot be written; the old one is unchanged.</exception>
    public void SaveTrace(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        WholeFile.Write(path, WriteTrace);
    }

    private void WriteTrace(Stream file)
    {
        using var json = new Utf8JsonWriter(file);
        json.WriteStartObject();
        json.WriteStartArray("traceEvents");
        foreach (var moments in _runs)
        {
            for (var i = 0; i < Steps.Count; i++)
            {
                json.WriteStartObject();
                json.WriteString("name", Steps[i].Name);
                json.WriteString("ph", "X");
                json.WriteNumber("ts", Microsecond(moments[i]));
                json.WriteNumber("dur", Microsecond(moments[i + 1]) - Microsecond(moments[i]));
                json.WriteNumber("pid", 1);
                json.WriteNumber("tid", 1);
                json.WriteStartObject("args");
                json.WriteString("shape", Steps[i].Shape);
                json.WriteNumber("flops", Steps[i].Flops);
                json.WriteNumber("bytes", Steps[i].Bytes);
                json.WriteNumber("parts", Steps[i].Parts);
                json.WriteEndObject();
                json.WriteEndObject();
            }
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Shortened(string name) =>
        name.Length <= LongestName ? name : string.Concat(name.AsSpan(0, LongestName - 1).TrimEnd(), "…");

    private double Microsecond(long moment) => (moment - _runs[0][0]) * 1e6 / Stopwatch.Frequency;
}
