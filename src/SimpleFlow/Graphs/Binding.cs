using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow;

/// <summary>What an op's kernel is bound to when a plan is made.</summary>
internal readonly unsafe struct Binding(Operation node, Region[] inputs, Region output, float* scratch, StepClock clock)
{
    /// <summary>The node, with all its sizes known.</summary>
    public Operation Node { get; } = node;

    public Region[] Inputs { get; } = inputs;

    public Region Output { get; } = output;

    /// <summary>Scratch memory, 64-byte aligned; its content does not survive the step.</summary>
    public float* Scratch { get; } = scratch;

    public StepClock Clock { get; } = clock;

    /// <summary>The tile program that continues with the result (<see cref="Op.HandsOn"/>) or makes the input (<see cref="Op.TakesOver"/>),
    /// or null if there is none. An input that a program makes need not be in memory.</summary>
    public TileKernel? Program { get; init; }
}
