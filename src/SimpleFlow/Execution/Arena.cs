using SimpleFlow.Compilation;
using SimpleFlow.Kernels;

namespace SimpleFlow.Execution;

/// <summary>
/// The memory in which plans compute. Plans of which one runs at a time, such as those of a model, share one arena: it is as large as the
/// largest of them needs. Whatever a plan computed or was fed is gone once another has run or was fed.
/// </summary>
internal sealed class Arena
{
    private AlignedMemory _memory = new(0);

    /// <summary>Counts how often the memory was replaced by larger memory: pointers from before are invalid.</summary>
    public int Version { get; private set; }

    /// <summary>The size in floats.</summary>
    public int Length => _memory.Length;

    /// <summary>Memory for a plan.</summary>
    /// <exception cref="MemoryException">The plan needs more memory than is free.</exception>
    public AlignedMemory For(Plan plan)
    {
        var length = plan.ArenaLength - plan.ConstantsLength;
        if (length <= _memory.Length) return _memory;
        PlanMemory.Require(plan, replaced: _memory.Length);
        // Forgotten first, so that the collector can reuse what it took.
        _memory = new AlignedMemory(0);
        Version++;
        return _memory = new AlignedMemory((int)length);
    }
}
