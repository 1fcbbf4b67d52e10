namespace SimpleFlow.Compilation;

/// <summary>
/// Where in the arena every result lies. A result lives from the step that makes it to the last step that reads it;
/// results that never live at the same time share memory. See <see cref="InPlaceReuse"/> and <see cref="Placement"/>.
/// </summary>
internal sealed class MemoryPlan
{
    /// <summary>Results start on cache lines: 16 floats.</summary>
    public const int Alignment = 16;

    private readonly Dictionary<Node, long> _offsets = new(ReferenceEqualityComparer.Instance);

    private MemoryPlan() { }

    /// <summary>The size of the arena in floats, without scratch memory.</summary>
    public long Length { get; private set; }

    /// <summary>The largest number of floats alive at one time: no plan can be smaller.</summary>
    public long LargestLive { get; private set; }

    /// <summary>The number of results that were written over an operand.</summary>
    public int InPlace { get; private set; }

    /// <summary>The offset of the first float of a node that owns memory.</summary>
    public long this[Node owner] => _offsets[owner];

    public bool Contains(Node owner) => _offsets.ContainsKey(owner);

    /// <summary>When and where each result lies in the arena: from the step that makes it to the last one that reads it, both included.
    /// Results in one place follow each other.</summary>
    public IReadOnlyList<Stay> Stays { get; private set; } = [];

    /// <summary>A result's stay in the arena, in floats and steps.</summary>
    public sealed record Stay(Node Node, long Offset, long Length, int First, int Last);

    /// <param name="steps">The steps, in order.</param>
    /// <param name="outputs">The nodes that must still be there at the end.</param>
    /// <param name="permanent">Leaves that stay in the arena from the start to the end: fed values and constants.</param>
    /// <param name="isElsewhere">Whether a result does not lie in the arena.</param>
    /// <param name="reuse">Whether memory is reused once its result is dead.</param>
    /// <param name="cancellation">Cancels between two steps or results.</param>
    public static MemoryPlan For(IReadOnlyList<Step> steps, Node[] outputs, IEnumerable<Node> permanent,
        Func<Node, bool> isElsewhere, bool reuse,
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
            foreach (var node in steps[i].Writes.OfType<Operation>().Where(node => !isElsewhere(node)))
            {
                if (InPlaceReuse.OperandUnder(node, steps[i], i, lives, uses) is { } life) plan.InPlace++;
                else life = new Life(Size(node), i);
                life.Last = uses.GetValueOrDefault(node, i);
                lives[node] = life;
                made.Add((node, i));
            }
        }

        var buffers = lives.Values.Distinct().ToList();
        plan.Length = Placement.Place(buffers, end, cancellation);
        foreach (var (node, life) in lives) plan._offsets[node] = life.Offset;
        plan.Stays = [.. made.Select(result => new Stay(result.Node, lives[result.Node].Offset, result.Node.Shape.ElementCount, result.Step,
            Math.Min(uses.GetValueOrDefault(result.Node, result.Step), steps.Count - 1)))];
        plan.LargestLive = end + Placement.LargestLive(buffers);
        return plan;
    }

    /// <summary>The floats that a result takes in the arena.</summary>
    internal static long Size(Node node) => (node.Shape.ElementCount + Alignment - 1) / Alignment * Alignment;

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
}
