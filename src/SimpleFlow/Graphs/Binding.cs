using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>What an op's kernel is bound to when a plan is made.</summary>
internal readonly unsafe struct Binding(Operation node, Region[] inputs, Region output, float* scratch, int parts, StepClock clock)
{
    /// <summary>The node, with all its sizes known.</summary>
    public Operation Node { get; } = node;

    public ElementType InputType => Node.InputArray[0].ElementType;

    public Region[] Inputs { get; } = inputs;

    public Region Output { get; } = output;

    /// <summary>Scratch memory, 64-byte aligned; its content does not survive the step.</summary>
    public float* Scratch { get; } = scratch;

    /// <summary>How many parts the step will run in.</summary>
    public int Parts { get; } = parts;

    public StepClock Clock { get; } = clock;
}
