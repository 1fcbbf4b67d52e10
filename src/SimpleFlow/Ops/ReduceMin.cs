using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>The smallest element along one axis, or over all elements: −max(−x), with its ties and NaN.</summary>
    public static Node Min(this Node x, int? axis = null, bool keep = false, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow((-Required.Value(x)).Max(axis, keep), new Negate(), name, file, line);

    /// <summary>The smallest element along several axes.</summary>
    public static Node Min(this Node x, int[] axes, bool keep = false, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow((-Required.Value(x)).Max(axes, keep), new Negate(), name, file, line);
}
