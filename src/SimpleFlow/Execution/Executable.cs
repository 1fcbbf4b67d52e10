using System.Diagnostics;
using SimpleFlow.Compilation;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Rows;

namespace SimpleFlow.Execution;

/// <summary>A plan bound to its memory: feed, run, fetch. A warm run allocates nothing and takes no locks.</summary>
internal sealed unsafe class Executable
{
    private readonly Kernel[] _kernels;
    private readonly int[] _parts;
    private readonly IndexKernel?[] _indexed;          // those of the kernels that may refuse an index
    private readonly AlignedMemory _arena;
    private readonly AlignedMemory[] _variables;       // kept reachable: the kernels hold pointers into them
    private readonly Dictionary<Placeholder, Region> _feeds = new(ReferenceEqualityComparer.Instance);
    private readonly Region[] _outputs;
    private readonly int _guard;                       // the step after which the plan may end early; -1: none
    private readonly Region _answers;                  // of the guard

    /// <param name="plan">The plan.</param>
    /// <param name="clock">The number of the step and the seed.</param>
    /// <param name="cancellation">Cancels before the next step is bound to its memory.</param>
    /// <exception cref="MemoryException">The plan needs more memory than is free.</exception>
    public Executable(Plan plan, StepClock clock, CancellationToken cancellation = default)
    {
        Plan = plan;
        PlanMemory.Require(plan);
        _arena = new AlignedMemory((int)plan.ArenaLength);
        _variables = [.. plan.Variables.Select(variable => variable.Memory)];
        foreach (var placeholder in plan.Placeholders) _feeds[placeholder.Origin] = RegionOf(placeholder);
        foreach (var constant in plan.Constants) Write(constant);
        _outputs = Array.ConvertAll(plan.Outputs, RegionOf);
        _kernels = new Kernel[plan.Steps.Count];
        for (var i = 0; i < _kernels.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            _kernels[i] = plan.Steps[i].Bind(RegionOf, _arena.Pointer + plan.Memory.Length, plan.Steps[i].Parts, clock);
        }
        _parts = [.. plan.Steps.Select(step => step.Parts)];
        _indexed = Array.ConvertAll(_kernels, kernel => kernel as IndexKernel);
        _guard = Array.FindIndex(_kernels, kernel => kernel is GuardKernel);
        if (_guard >= 0) _answers = RegionOf(plan.Steps[_guard].Nodes[0]);
    }

    public Plan Plan { get; }

    /// <summary>The plan's steps, bound to memory.</summary>
    public IReadOnlyList<Kernel> Kernels => _kernels;

    /// <summary>Whether the plan reads the placeholder at all.</summary>
    public bool Reads(Placeholder placeholder) => _feeds.ContainsKey(placeholder);

    /// <summary>Where to write the placeholder's elements before a run. They stay until they are overwritten.</summary>
    public Region Feed(Placeholder placeholder) => _feeds[placeholder];

    /// <summary>Where the output's elements are after a run, until the next run.</summary>
    public Region Output(int index) => _outputs[index];

    public ElementType OutputType(int index) => Plan.Outputs[index].ElementType;

    /// <summary>Records when a run began and when each of its steps ended, for a profile; null records nothing.</summary>
    public long[]? Moments { get; set; }

    /// <summary>Runs the plan.</summary>
    /// <param name="dataRows">Which rows of a dataset were fed, for errors; empty if a feed was given.</param>
    /// <returns>Whether it ran to the end. If not, its guard has found a number that is not finite, and no variable was changed.</returns>
    /// <exception cref="DataException">An index is out of range. No variable was changed.</exception>
    public bool Run(ReadOnlySpan<int> dataRows = default)
    {
        var moments = Moments;
        if (moments is not null) moments[0] = Stopwatch.GetTimestamp();
        for (var i = 0; i < _kernels.Length; i++)
        {
            if (_parts[i] == 1) _kernels[i].Run(0, 1);
            else Workers.Run(_kernels[i], _parts[i]);
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
        if (_parts[step] == 1) _kernels[step].Run(0, 1);
        else Workers.Run(_kernels[step], _parts[step]);
        GC.KeepAlive(this);
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
        var owner = node is Operation { Op: Assign } ? node.InputArray[0] : Storage.Of(node);
        var start = owner is Variable variable ? variable.Memory.Pointer : _arena.Pointer + Plan.Memory[owner];
        return new Region(start, node.Shape.ToSizes());
    }

    private void Write(Constant constant)
    {
        var region = RegionOf(constant);
        for (var i = 0; i < region.Count; i++)
        {
            if (constant.ElementType == ElementType.Int32) region.Integers[i] = (int)constant.Elements[i];
            else region.Pointer[i] = (float)constant.Elements[i];
        }
    }
}
