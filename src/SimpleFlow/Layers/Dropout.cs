using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Layers
{
    /// <summary>Lets a share of the elements fall at every training step, and scales the others up by as much;
    /// where the network is used, nothing falls. Each layer of a network draws for itself.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="share">The share that falls, from 0 to below 1.</param>
    /// <param name="name">The layer's name. Layers draw for themselves even if they have the same name.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is outside [0, 1).</exception>
    public static Node Dropout(Node x, float share = 0.5f, string name = "dropout", [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(name);
        return Flow.AddFlow(x, new Dropout(share, name, x), name, file, line);
    }
}
