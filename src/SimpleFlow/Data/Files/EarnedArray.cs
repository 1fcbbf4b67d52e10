using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SimpleFlow;

/// <summary>Reads elements of a declared count without trusting it: allocates memory for what is known to be there, and for more only as
/// bytes arrive.</summary>
internal static class EarnedArray
{
    // A span of bytes ends at 2 GB, and an array of numbers may be longer.
    private const int Piece = 1 << 20;

    /// <summary>Reads elements as they are stored.</summary>
    /// <param name="stream">Where they come from.</param>
    /// <param name="count">How many are declared.</param>
    /// <param name="known">How many bytes are known to be there: all of them, if they lie in a plain file of that length;
    /// the length of the file, if it is compressed.</param>
    /// <param name="arrived">How many there were; fewer than declared if the stream ends early.</param>
    /// <param name="cancellation">Stops before the next piece.</param>
    /// <exception cref="MemoryException">They need more memory than there is.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static T[] Read<T>(Stream stream, int count, long known, out int arrived, CancellationToken cancellation = default)
        where T : unmanaged
    {
        // First as much as is known, then four times what was read.
        var size = Unsafe.SizeOf<T>();
        var elements = Allocate<T>((int)Math.Min(count, known / size));
        arrived = Fill(stream, elements, cancellation);
        while (arrived == elements.Length && arrived < count)
        {
            var larger = Allocate<T>((int)Math.Min(count, known / size + 4L * arrived + 1));
            elements.CopyTo(larger, 0);
            elements = larger;
            arrived += Fill(stream, elements.AsSpan(arrived), cancellation);
        }
        return elements;
    }

    // Asked for more than the limit of its heap, .NET 10 may end the process (SIGSEGV) instead of throwing OutOfMemoryException.
    private static T[] Allocate<T>(int count) where T : unmanaged
    {
        MemoryBudget.Require((long)count * Unsafe.SizeOf<T>(), () => "The elements of the file need",
            "Leave the numbers in the file (NpyFile.Open, IdxFile.Open), read a smaller one, or use a machine with more memory.");
        return GC.AllocateUninitializedArray<T>(count);
    }

    /// <summary>Reads until a span is full or the stream ends, and says how many elements came whole.</summary>
    public static int Fill<T>(Stream stream, Span<T> elements, CancellationToken cancellation = default) where T : unmanaged
    {
        var filled = 0;
        while (filled < elements.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            var piece = MemoryMarshal.AsBytes(elements.Slice(filled, Math.Min(Piece, elements.Length - filled)));
            var read = stream.ReadAtLeast(piece, piece.Length, throwOnEndOfStream: false);
            filled += read / Unsafe.SizeOf<T>();
            if (read < piece.Length) break;
        }
        return filled;
    }
}
