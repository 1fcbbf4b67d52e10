namespace SimpleFlow.Compilation;

/// <summary>
/// Where in the arena every result lies. A result lives from the step that makes it to the last step that reads it;
/// results that never live at the same time share memory. An elementwise step may write its result over an operand that dies with it.
/// </summary>
internal sealed class MemoryPlan
{
    /// <summary>Results start on cache lines: 16 floats.</summary>
    public const int Alignment = 16;

    private readonly Dictionary<Node, long> _offsets = new(ReferenceEqualityComparer.Instance);

    private MemoryPlan() { }

    /// <summary>The floats of the arena before scratch memory.</summary>
    public long Length { get; private set; }

    /// <summary>The largest number of floats alive at one time: no plan can be smaller.</summary>
    public long LargestLive { get; private set; }

    /// <summary>The number of results that were written over an operand.</summary>
    public int InPlace { get; private set; }

    /// <summary>The offset of the first float of a node that owns memory.</summary>
    public long this[Node owner] => _offsets[owner];

    public bool Contains(Node owner) => _offsets.ContainsKey(owner);

    /// <summary>How long each result lies where: from the step that makes it to the last one that reads it, both counted;
    /// results in one place follow each other.</summary>
    public IReadOnlyList<Stay> Stays { get; private set; } = [];

    /// <summary>A result's stay in the arena, in floats and steps.</summary>
    public sealed record Stay(Node Node, long Offset, long Length, int First, int Last);

    /// <param name="steps">The steps, in order.</param>
    /// <param name="outputs">What must still be there at the end.</param>
    /// <param name="permanent">Leaves that live in the arena from the start to the end: fed values and constants.</param>
    /// <param name="reuse">Whether memory is used again once its result is dead.</param>
    /// <param name="cancellation">Stops at the next step or result.</param>
    public static MemoryPlan For(IReadOnlyList<Step> steps, Node[] outputs, IEnumerable<Node> permanent, bool reuse,
        CancellationToken cancellation = default)
    {
        var plan = new MemoryPlan();
        var end = 0L;
        foreach (var leaf in permanent)
        {
            plan._offsets[leaf] = end;
            end += Size(leaf);
        }

        var lives = new Dictionary<Node, Life>(ReferenceEqualityComparer.Instance);
        var uses = LastUses(steps, reuse ? outputs : [.. outputs, .. steps.SelectMany(step => step.Nodes)]);
        var made = new List<(Node Node, int Step)>();
        for (var i = 0; i < steps.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var node in steps[i].Writes.OfType<Operation>())
            {
                if (Heir(steps[i], node, i, lives, uses) is { } life) plan.InPlace++;
                else life = new Life(Size(node), i);
                life.Last = uses.GetValueOrDefault(node, i);
                lives[node] = life;
                made.Add((node, i));
            }
        }

        var buffers = lives.Values.Distinct<Life>(ReferenceEqualityComparer.Instance).Cast<Life>().ToList();
        var top = Placement.Place(buffers, end, cancellation);
        foreach (var (node, life) in lives) plan._offsets[node] = life.Offset;
        plan.Stays = [.. made.Select(result => new Stay(result.Node, lives[result.Node].Offset, result.Node.Shape.ElementCount, result.Step,
            Math.Min(uses.GetValueOrDefault(result.Node, result.Step), steps.Count - 1)))];
        plan.Length = top;
        plan.LargestLive = end + LargestSum(buffers, steps.Count);
        return plan;
    }

    private static long Size(Node node) => (node.Shape.ElementCount + Alignment - 1) / Alignment * Alignment;

    private static Dictionary<Node, int> LastUses(IReadOnlyList<Step> steps, Node[] outputs)
    {
        var uses = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < steps.Count; i++)
        {
            foreach (var read in steps[i].Reads) uses[Storage.Of(read)] = i;
        }
        foreach (var output in outputs)
        {
            if (output is not Operation { Op: Assign }) uses[Storage.Of(output)] = steps.Count;
        }
        return uses;
    }

    /// <summary>
    /// The operand whose memory a program's result may take over: it dies in this step, no instruction after the one that writes the result
    /// reads it, and neither does the product that the program goes on with, which is not done when its first block is.
    /// </summary>
    private static Life? Heir(Step step, Operation result, int index, Dictionary<Node, Life> lives, Dictionary<Node, int> uses)
    {
        var write = Array.IndexOf(step.Stored, result);
        if (write < 0) return null;
        var count = result.Shape.ElementCount;
        foreach (var owner in step.ProgramReads.Select(Storage.Of).Distinct())
        {
            if (!lives.TryGetValue(owner, out var life) || uses.GetValueOrDefault(owner, index) != index || life.Last != index
                || life.Size != Size(result))
                continue;
            if (step.SingleReads.Any(read => ReferenceEquals(Storage.Of(read), owner))) continue;
            // A stretched view of the same memory would be read again after it is overwritten,
            // and so would one that a later instruction wants.
            var safe = true;
            for (var other = 0; safe && other < step.ProgramReads.Length; other++)
            {
                if (!ReferenceEquals(Storage.Of(step.ProgramReads[other]), owner)) continue;
                safe = step.ProgramReads[other].Shape.ElementCount == count
                    && Array.FindLastIndex(step.Program!.Instructions, instruction => instruction.Operands.Contains(other)) <= write;
            }
            if (safe) return life;
        }
        return null;
    }

    private static long LargestSum(List<Life> buffers, int steps)
    {
        var change = new long[steps + 2];
        foreach (var buffer in buffers)
        {
            change[buffer.First] += buffer.Size;
            change[buffer.Last + 1] -= buffer.Size;
        }
        long live = 0, largest = 0;
        foreach (var delta in change) largest = Math.Max(largest, live += delta);
        return largest;
    }
}
