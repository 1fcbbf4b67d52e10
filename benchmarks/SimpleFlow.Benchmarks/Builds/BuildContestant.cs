using System.Diagnostics;
using System.Globalization;

namespace SimpleFlow.Benchmarks;

/// <summary>A contestant in a process of its own, so that two builds of one library can take turns.</summary>
internal sealed class BuildContestant : IContestant
{
    private readonly Process _process;

    /// <param name="program">The build: the library of its benchmarks.</param>
    /// <param name="row">What to time, by its number in the table.</param>
    /// <param name="threads">On how many threads.</param>
    public BuildContestant(string program, int row, int threads)
    {
        _process = Process.Start(new ProcessStartInfo("dotnet", [program, Answers.Verb, $"{row}", $"{threads}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Await();
    }

    public float Loss => float.NaN;

    public void Reset() => Ask("");

    public void Run(int times) => Seconds(times);

    /// <summary>As the process itself measures them.</summary>
    public double Seconds(int times) => Ask($"{times}");

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private double Ask(string what)
    {
        _process.StandardInput.WriteLine(what);
        _process.StandardInput.Flush();
        return Await();
    }

    private double Await() => _process.StandardOutput.ReadLine() is { } seconds ? double.Parse(seconds, CultureInfo.InvariantCulture)
        : throw new InvalidOperationException($"`{string.Join(' ', _process.StartInfo.ArgumentList)}` has ended; its error stands above.");
}
