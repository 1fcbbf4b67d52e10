using System.Text.RegularExpressions;

namespace SimpleFlow.Tests.Kernels;

/// <summary>One method of the listing that the runtime's compiler writes when DOTNET_JitDisasm names it.</summary>
internal sealed partial record Disassembly(string Method, string[] Lines)
{
    /// <summary>The instructions of every loop, that is from a label to a jump back to it.
    /// A loop around another contains the other's.</summary>
    public IReadOnlyList<string[]> Loops
    {
        get
        {
            var loops = new List<string[]>();
            var labels = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var i = 0; i < Lines.Length; i++)
            {
                if (Label().Match(Lines[i]) is { Success: true } label) labels[label.Groups["name"].Value] = i;
                else if (Jump().Match(Lines[i]) is { Success: true } jump && labels.TryGetValue(jump.Groups["to"].Value, out var from))
                    loops.Add([.. Lines[from..(i + 1)].Where(line => Instruction().IsMatch(line)).Select(line => line.Trim())]);
            }
            return loops;
        }
    }

    public static IReadOnlyList<Disassembly> Parse(string listing)
    {
        var lines = listing.ReplaceLineEndings("\n").Split('\n');
        var starts = Enumerable.Range(0, lines.Length).Where(i => Header().IsMatch(lines[i])).Append(lines.Length).ToArray();
        return [.. starts.Zip(starts.Skip(1),
            (start, end) => new Disassembly(Header().Match(lines[start]).Groups["method"].Value, lines[start..end]))];
    }

    public static bool IsMultiplyAdd(string instruction) => MultiplyAdd().IsMatch(instruction);

    public static bool IsCall(string instruction) => instruction.StartsWith("call", StringComparison.Ordinal);

    /// <summary>Whether a vector goes to the stack or comes from it.</summary>
    public bool IsSpill(string instruction)
    {
        // Where the frame hangs on rsp, rbp is a register like any other.
        var frame = Lines.Any(line => line.StartsWith("; rsp based frame", StringComparison.Ordinal)) ? "[rsp" : "[rbp";
        return VectorRegister().IsMatch(instruction)
            && (instruction.Contains("[rsp", StringComparison.Ordinal) || instruction.Contains(frame, StringComparison.Ordinal));
    }

    [GeneratedRegex("^; Assembly listing for method (?<method>.*)$")]
    private static partial Regex Header();

    [GeneratedRegex(@"^(?<name>\w+):")]
    private static partial Regex Label();

    [GeneratedRegex(@"^\s+[a-z]")]
    private static partial Regex Instruction();

    [GeneratedRegex(@"^\s+j\w+\s+(SHORT\s+)?(?<to>\w+)\s*$")]
    private static partial Regex Jump();

    [GeneratedRegex(@"^vfmadd\d+ps\s+[xyz]mm")]
    private static partial Regex MultiplyAdd();

    [GeneratedRegex(@"\b[xyz]mm\d")]
    private static partial Regex VectorRegister();
}
