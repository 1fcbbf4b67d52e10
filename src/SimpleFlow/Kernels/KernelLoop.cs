namespace SimpleFlow.Kernels;

/// <summary>
/// The kernels of the steps of a loop, one after the other, each bound to the memory of its step. Whoever runs a plan runs them one by one,
/// each in its own number of parts: a later one may need the whole result of an earlier one.
/// </summary>
/// <param name="kernels">The kernels, in order.</param>
/// <param name="parts">The number of parts of each.</param>
/// <param name="paths">Which paths the kernels of one step take.</param>
/// <param name="memory">What holds memory that they point to.</param>
internal sealed class KernelLoop(Kernel[] kernels, int[] parts, Func<IEnumerable<KernelPath>> paths, object memory) : Kernel
{
    private readonly object _memory = memory;

    public int Count => kernels.Length;

    public Kernel this[int index] => kernels[index];

    public int PartsOf(int index) => parts[index];

    public override IEnumerable<KernelPath> Paths(int parts) => paths();

    public override void Run(int part, int parts)
    {
        if (part > 0) return;
        foreach (var kernel in kernels) kernel.Run(0, 1);
        GC.KeepAlive(_memory);
    }
}
