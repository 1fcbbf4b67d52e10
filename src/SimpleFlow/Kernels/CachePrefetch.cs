using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace SimpleFlow.Kernels;

/// <summary>Asks the processor for memory that will be read soon, where .NET can: on x86. It changes no result.</summary>
internal static class CachePrefetch
{
    /// <summary>How many rows ahead: enough that one arrives while the others are copied, and few enough that none is dropped from the
    /// first-level cache before it is read.</summary>
    public const int RowsAhead = 8;

    // Beyond some lines the processor has noticed by itself that they follow each other.
    private const int Line = 64, MostLines = 8;

    /// <summary>Asks for one element.</summary>
    public static unsafe void Of<T>(ref T element) where T : unmanaged
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref element));
    }

    /// <summary>Asks for the beginning of a row.</summary>
    public static unsafe void Row<T>(ReadOnlySpan<T> row) where T : unmanaged
    {
        if (!Sse.IsSupported) return;
        var bytes = MemoryMarshal.AsBytes(row);
        // The collector may move the row before it arrives: then the wrong line was asked for, and nothing else happens.
        var start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
        for (var at = 0; at < Math.Min(bytes.Length, MostLines * Line); at += Line) Sse.Prefetch0(start + at);
    }
}
