using System.Diagnostics;
using SimpleFlow.Compilation;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Rows;

namespace SimpleFlow.Execution;

/// <summary>
/// A plan bound to its memory: feed, run, fetch. A warm run allocates nothing and takes no locks. Constants have memory of their own;
/// what is fed and computed lies in the arena, until another plan that shares it is fed or runs.
/// </summary>
internal sealed unsafe class Executable
{
    private readonly StepClock _clock;
    private readonly Arena _arena;
    private readonly Prepared? _prepared;
    private readonly int[] _parts;
    private readonly AlignedMemory _constants;
    private readonly AlignedMemory[] _variables;       // kept reachable: the kernels hold pointers into them
    private readonly long _constantsStart, _constantsLength;
    private readonly Dictionary<Placeholder, Region> _feeds = new(ReferenceEqualityComparer.Instance);

    // With pointers into the arena:
    private int _version;                              // of the arena
    private float* _memory;
    private Kernel[] _kernels = [];
    private IndexKernel?[] _indexed = [];              // those of the kernels that may refuse an index
    private Region[] _outputs = [];
    private int _guard;                                // the step after which the plan may end early; -1: none
    private Region _answers;                           // of the guard

    /// <param name="plan">The plan.</param>
    /// <param name="clock">The number of the step and the seed.</param>
    /// <param name="arena">Where to compute; null: in memory that no other plan uses.</param>
    /// <param name="prepared">What must be up to date before it runs.</param>
    /// <param name="cancellation">Cancels before the next step is bound to its memory.</param>
    /// <exception cref="MemoryException">The plan needs more memory than is free.</exception>
    public Executable(Plan plan, StepClock clock, Arena? arena = null, Prepared? prepared = null, CancellationToken cancellation = default)
    {
        (Plan, _clock, _arena, _prepared) = (plan, clock, arena ?? new Arena(), prepared);
        _arena.For(plan);
        _variables = [.. plan.Variables.Select(variable => variable.Memory)];
        (_constantsStart, _constantsLength) = (plan.ConstantsStart, plan.ConstantsLength);
        _constants = new AlignedMemory((int)_constantsLength);
        foreach (var constant in plan.Constants) constant.WriteTo(RegionOf(constant));
        _parts = [.. plan.Steps.Select(step => step.Parts)];
        Bind(cancellation);
    }

    public Plan Plan { get; }

    /// <summary>The plan's steps, bound to memory.</summary>
    public IReadOnlyList<Kernel> Kernels => _kernels;

    /// <summary>Whether the plan reads the placeholder at all.</summary>
    public bool Reads(Placeholder placeholder) => _feeds.ContainsKey(placeholder);

    /// <summary>Where to write the placeholder's elements before a run. They stay until they are overwritten, or another plan that shares
    /// the arena is fed or runs.</summary>
    public Region Feed(Placeholder placeholder)
    {
        if (_version != _arena.Version) Bind();
        return _feeds[placeholder];
    }

    /// <summary>Where the output's elements are after a run, until another.</summary>
    public Region Output(int index) => _version == _arena.Version ? _outputs[index]
        : throw new UnreachableException("Another plan has run since.");

    public ElementType OutputType(int index) => Plan.Outputs[index].ElementType;

    /// <summary>Records when a run began and when each of its steps ended, for a profile; null records nothing.</summary>
    public long[]? Moments { get; set; }

    /// <summary>Runs the plan.</summary>
    /// <param name="dataRows">Which rows of a dataset were fed, for errors; empty if a feed was given.</param>
    /// <returns>Whether it ran to the end. If not, its guard has found a number that is not finite, and no variable was changed.</returns>
    /// <exception cref="DataException">An index is out of range. No variable was changed.</exception>
    public bool Run(ReadOnlySpan<int> dataRows = default)
    {
        _prepared?.Refresh();
        if (_version != _arena.Version) Bind();
        var moments = Moments;
        if (moments is not null) moments[0] = Stopwatch.GetTimestamp();
        for (var i = 0; i < _kernels.Length; i++)
        {
            RunKernel(i);
            if (moments is not null) moments[i + 1] = Stopwatch.GetTimestamp();
            if (_indexed[i]?.TakeRefused() is { } place) throw Refusal(i, place, dataRows);
            if (i == _guard && !GuardKernel.Passes(_answers)) return false;
        }
        // Kernels have pointers into memory that only this object keeps alive.
        GC.KeepAlive(this);
        return true;
    }

    /// <summary>Runs one step of the plan; for profiles.</summary>
    public void Run(int step)
    {
        RunKernel(step);
        GC.KeepAlive(this);
    }

    private void RunKernel(int step)
    {
        try
        {
            Run(_kernels[step], _parts[step]);
        }
        catch (OpFailure failure)
        {
            throw OpFailure.Of(failure.InnerException!, failure.Op,
                Plan.Steps[step].Nodes.Where(node => node.Op.InnerKernels > 0 || ReferenceEquals(node.Op, failure.Op)));
        }
    }

    private static void Run(Kernel kernel, int parts)
    {
        if (kernel is KernelLoop loop)
        {
            for (var i = 0; i < loop.Count; i++) Run(loop[i], loop.PartsOf(i));
        }
        else if (parts == 1) kernel.Run(0, 1);
        else Workers.Run(kernel, parts);
    }

    // Whenever the arena was replaced by a larger one.
    private void Bind(CancellationToken cancellation = default)
    {
        _memory = _arena.For(Plan).Pointer;
        var scratch = _memory + Plan.Memory.Length - _constantsLength;
        var kernels = new Kernel[Plan.Steps.Count];
        for (var i = 0; i < kernels.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            kernels[i] = Plan.Steps[i].Bind(RegionOf, scratch, _parts[i], _clock);
        }
        (_kernels, _indexed) = (kernels, Array.ConvertAll(kernels, kernel => kernel as IndexKernel));
        foreach (var placeholder in Plan.Placeholders) _feeds[placeholder.Origin] = RegionOf(placeholder);
        _outputs = Array.ConvertAll(Plan.Outputs, RegionOf);
        _guard = Array.FindIndex(kernels, kernel => kernel is GuardKernel);
        if (_guard >= 0) _answers = RegionOf(Plan.Steps[_guard].Nodes[0]);
        _version = _arena.Version;
    }

    private DataException Refusal(int step, int place, ReadOnlySpan<int> dataRows)
    {
        var node = Plan.Steps[step].Single!;
        var range = IndexCheck.RangeOf(node)!.Value;
        return IndexCheck.Refusal(node, range, place, RegionOf(node.InputArray[range.Input]).Integers[place], dataRows);
    }

    private Region RegionOf(Node node)
    {
        // An assigned variable already has its new value when the output is read.
        if (node is Operation { Op: Assign }) node = node.InputArray[0];
        var owner = Storage.Of(node);
        return Storage.RegionOf(node, owner is Variable variable ? variable.Memory.Pointer : PlaceOf(owner));
    }

    private float* PlaceOf(Node owner)
    {
        var outside = Plan.OutsideArena(owner);
        if (outside is not null) return outside;
        var offset = Plan.Memory[owner];
        if (owner is Constant) return _constants.Pointer + offset - _constantsStart;
        return _memory + (offset < _constantsStart ? offset : offset - _constantsLength);
    }

}
