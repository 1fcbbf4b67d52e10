using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SimpleFlow.Adversary;

/// <summary>Many random programs, each judged; counts what was drawn, refused and found.</summary>
public sealed class Campaign(int seed, TextWriter output)
{
    private readonly SortedDictionary<string, int> _drawn = new(StringComparer.Ordinal);
    private int _tried, _judged, _refused, _unbounded;

    /// <summary>The names of all moves that a program can be made of.</summary>
    public static IEnumerable<string> Moves => Catalogue.Moves.Select(move => move.Name);

    /// <summary>How many programs did not do what the plain reading says, or failed with an untyped error.</summary>
    public int Findings { get; private set; }

    /// <summary>How many programs were compared to their end.</summary>
    public int Judged => _judged;

    /// <summary>How often each move became part of a program.</summary>
    public IReadOnlyDictionary<string, int> Drawn => _drawn;

    /// <summary>Draws and judges this many programs.</summary>
    public void Run(int graphs)
    {
        for (var index = 0; index < graphs; index++) Try(index, show: false);
    }

    /// <summary>Draws and judges one program; the same seed and index give the same program.</summary>
    public void Try(int index, bool show)
    {
        _tried++;
        Random Drawn() => new(unchecked(seed * 1_000_003 + index));
        var program = new RandomProgram(Drawn());
        try
        {
            program.Draw();
            foreach (var move in program.Moves) _drawn[move] = _drawn.GetValueOrDefault(move) + 1;
            if (show) output.WriteLine(program.Text);
            switch (new Judge(program, new Twin(Drawn)).Verdict())
            {
                case Outcome.Agreed: _judged++; break;
                case Outcome.Refused: _refused++; break;
                case Outcome.Unbounded: _unbounded++; break;
            }
        }
        catch (Exception error)
        {
            Findings++;
            output.WriteLine($"FOUND in program {index} of seed {seed}: {(error is Disagreement ? error.Message : error)}");
            output.WriteLine(program.Text);
        }
    }

    /// <summary>Writes what was drawn and what came of it.</summary>
    public void Report()
    {
        var width = Avx512F.IsSupported ? "512" : Avx2.IsSupported ? "256" : Vector128.IsHardwareAccelerated ? "128" : "no";
        foreach (var (move, count) in _drawn) output.WriteLine($"{count,7}  {move}");
        output.WriteLine(
            $"{_tried} programs with vectors of {width} bits: {_judged} agree, {_refused} refused by typed errors, " +
            $"{_unbounded} left out because float32 cannot hold them, {Findings} found");
    }
}
