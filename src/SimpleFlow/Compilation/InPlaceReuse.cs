namespace SimpleFlow.Compilation;

/// <summary>
/// Writes a result over an operand that nothing reads afterwards. An elementwise step can do that: it reads an element before it writes the
/// result in its place.
/// </summary>
internal static class InPlaceReuse
{
    /// <summary>
    /// The operand whose memory a program's result may reuse, or null if there is none. The operand must die in this step. Neither an
    /// instruction after the one that writes the result may read it, nor the product that the program continues from, which still reads its
    /// operands when it passes its first block on.
    /// </summary>
    /// <param name="result">The result that the step writes.</param>
    /// <param name="step">The step.</param>
    /// <param name="index">The step's number.</param>
    /// <param name="lives">The contents of the arena so far.</param>
    /// <param name="uses">The last step that reads each result.</param>
    public static Life? OperandUnder(Operation result, Step step, int index, Dictionary<Node, Life> lives, Dictionary<Node, int> uses)
    {
        var write = Array.IndexOf(step.Stored, result);
        if (write < 0) return null;
        var count = result.Shape.ElementCount;
        foreach (var owner in step.ProgramReads.Select(Storage.Of).Distinct())
        {
            if (!lives.TryGetValue(owner, out var life) || uses.GetValueOrDefault(owner, index) != index || life.Last != index
                || life.Size != MemoryPlan.Size(result))
                continue;
            if (step.SingleReads.Any(read => ReferenceEquals(Storage.Of(read), owner))) continue;
            // A stretched view of the same memory would be read again after it is overwritten, and so would one that a later instruction
            // reads. A piece of it lies elsewhere.
            var safe = true;
            for (var other = 0; safe && other < step.ProgramReads.Length; other++)
            {
                if (!ReferenceEquals(Storage.Of(step.ProgramReads[other]), owner)) continue;
                safe = step.ProgramReads[other].Shape.ElementCount == count && Storage.IsWhole(step.ProgramReads[other])
                    && Array.FindLastIndex(step.Program!.Instructions, instruction => instruction.Operands.Contains(other)) <= write;
            }
            if (safe) return life;
        }
        return null;
    }
}
