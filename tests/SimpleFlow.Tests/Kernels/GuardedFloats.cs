using System.Runtime.InteropServices;

namespace SimpleFlow.Tests.Kernels;

/// <summary>
/// Memory for one operand of a kernel. What is handed out ends at the end of the memory, where on Linux an inaccessible page follows: a
/// kernel that reads or writes one float too far dies. In front of it, and behind it up to alignment, stand canaries.
/// </summary>
internal sealed unsafe partial class GuardedFloats : IDisposable
{
    private const int PageBytes = 1 << 16;   // a multiple of the page size of every system
    private const int NoAccess = 0;
    private const int ReadAndWrite = 3;
    private const int CanaryFloats = 64;
    private const uint Canary = 0x7FC0_5AFE;   // a NaN with a name

    private readonly byte* memory;
    private readonly nuint bytes;
    private float* start;
    private long length;

    /// <summary>Makes room for up to <paramref name="capacity"/> floats.</summary>
    public GuardedFloats(long capacity)
    {
        bytes = (nuint)(((capacity + 2 * CanaryFloats) * sizeof(float) + PageBytes - 1) / PageBytes * PageBytes);
        memory = (byte*)NativeMemory.AlignedAlloc(bytes + PageBytes, PageBytes);
        if (OperatingSystem.IsLinux() && Protect(memory + bytes, PageBytes, NoAccess) != 0) throw new InvalidOperationException("mprotect");
    }

    public float* Pointer => start;

    /// <summary>Hands out <paramref name="count"/> floats that start at a multiple of
    /// <paramref name="alignment"/> bytes, all of them NaN.</summary>
    public float* Take(long count, int alignment = sizeof(float))
    {
        start = (float*)((nuint)((float*)(memory + bytes) - count) / (nuint)alignment * (nuint)alignment);
        length = count;
        for (var p = start - CanaryFloats; p < memory + bytes; p++) *(uint*)p = Canary;
        return start;
    }

    /// <summary>Whether everything around what was handed out is as it was.</summary>
    public bool CanariesLive()
    {
        if (start == null) return true;          // nothing was handed out
        for (var p = start - CanaryFloats; p < memory + bytes; p++)
            if ((p < start || p >= start + length) && *(uint*)p != Canary) return false;
        return true;
    }

    /// <summary>Whether the float at <paramref name="index"/> was never written.</summary>
    public bool IsUntouched(long index) => *(uint*)(start + index) == Canary;

    public void Dispose()
    {
        // better lost than given back unreadable
        if (OperatingSystem.IsLinux() && Protect(memory + bytes, PageBytes, ReadAndWrite) != 0) return;
        NativeMemory.AlignedFree(memory);
    }

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);
}
