using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Layers
{
    /// <summary>Lets a share of the elements fall at every training step, and scales the others up by as much; where the network is used, nothing falls. Each layer of a network draws for itself.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="share">The share that falls, from 0 to below 1.</param>
    /// <param name="name">The layer's name. Layers side by side that shall not let the same elements fall need different names.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is outside [0, 1).</exception>
    public static Node Dropout(Node x, float share = 0.5f, string name = "dropout", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(name);
        // Layers one after the other differ in how many come before them, those side by side in their names. (FNV-1a, which is the same everywhere.)
        var stream = 2166136261u + (uint)GraphOrder.Of([x]).OfType<Operation>().Count(node => node.Op is Dropout);
        foreach (var character in name) stream = unchecked((stream ^ character) * 16777619);
        return Flow.AddFlow(x, new Dropout(share, (int)(stream & 0x3FFF_FFFF)), name, file, line);
    }
}
