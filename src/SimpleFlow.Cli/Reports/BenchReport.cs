using SimpleFlow.Cli.Benches;

namespace SimpleFlow.Cli.Reports;

/// <summary>Reports measurements: as a table that grows, and on a terminal below it what is being measured;
/// or JSON, one object a line.</summary>
internal sealed class BenchReport(TextWriter output, bool terminal, bool json)
{
    private const int NameWidth = 58;

    public void Begin(int threads)
    {
        if (!json)
            output.WriteLine(
                $"On {NumberText.Count(Environment.ProcessorCount, "processor")}, with {NumberText.Count(threads, "thread")} unless "
                    + "stated otherwise:");
    }

    /// <summary>Measures, reports meanwhile what, and then the figures.</summary>
    public void While(string what, Func<IEnumerable<Figure>> measure)
    {
        var line = terminal && !json ? $"measuring {what} …" : "";
        output.Write(line);
        output.Flush();
        List<Figure> figures;
        try { figures = [.. measure()]; }
        finally { output.Write(line.Length == 0 ? "" : $"\r{new string(' ', line.Length)}\r"); }
        figures.ForEach(Write);
    }

    private void Write(Figure figure)
    {
        if (json)
        {
            JsonLine.Write(output, line =>
            {
                line.WriteString("event", "bench");
                line.WriteString("name", figure.Name);
                line.WriteFigure("value", Math.Round(figure.Value, 3));
                line.WriteString("unit", figure.Unit);
            });
            return;
        }
        output.WriteLine($"{figure.Name.PadRight(NameWidth)} {figure.Value.ToString(figure.Value < 1000 ? "F1" : "N0"),10} {figure.Unit}");
        output.Flush();
    }
}
