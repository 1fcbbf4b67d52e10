using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SimpleFlow;

/// <summary>
/// Elements that stay in a file and are read when they are used, so that a file may be larger than memory: what was read lately is in the
/// system's cache. The file is read, not mapped: if it is cut short meanwhile, that is an error with a name, and not the end of the
/// process.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="start">The place of the first element.</param>
/// <param name="isTurned">Whether the bytes of an element are in the other order than this machine's.</param>
/// <param name="check">Refuses elements that the file must not have, given them and the number of the first; null if all will do.</param>
internal sealed class StoredElements<T>(string path, long start, bool isTurned = false, StoredElements<T>.Check? check = null)
    where T : unmanaged
{
    // Enough that the calls cost little, and small compared with what is read.
    private const int Piece = 1 << 16;

    // Open as long as somebody can read from it.
    private readonly SafeFileHandle _file = File.OpenHandle(path, options: FileOptions.RandomAccess);

    [ThreadStatic]
    private static T[]? _piece;

    /// <summary>Looks at elements, of which the first has this number.</summary>
    public delegate void Check(ReadOnlySpan<T> elements, long first);

    /// <summary>Elements from a place on: as many as asked for, or a large piece of them.
    /// They stay until this thread reads again.</summary>
    /// <exception cref="DataException">The file has become shorter.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public ReadOnlySpan<T> Read(long first, int count)
    {
        count = Math.Min(count, Piece);
        if (_piece is null || _piece.Length < count) _piece = GC.AllocateUninitializedArray<T>(count);
        var elements = _piece.AsSpan(0, count);
        var bytes = MemoryMarshal.AsBytes(elements);
        for (int done = 0, some; done < bytes.Length; done += some)
        {
            some = RandomAccess.Read(_file, bytes[done..], start + first * Unsafe.SizeOf<T>() + done);
            if (some == 0) throw new DataException($"{path}: the file was cut short while it was in use.");
        }
        if (isTurned) foreach (ref var element in elements) MemoryMarshal.AsBytes(new Span<T>(ref element)).Reverse();
        check?.Invoke(elements, first);
        return elements;
    }
}
