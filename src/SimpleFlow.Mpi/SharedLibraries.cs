using System.Runtime.InteropServices;

namespace SimpleFlow.Mpi;

/// <summary>Loads native libraries so that those that they load themselves see their names: Open MPI's plug-ins need that, and
/// <see cref="NativeLibrary"/> does not do it.</summary>
internal static unsafe class SharedLibraries
{
    private const int Now = 2;
    private static readonly int Global = OperatingSystem.IsMacOS() ? 8 : 0x100;
    private static readonly string[] Systems = OperatingSystem.IsMacOS() ? ["libSystem.dylib"] : ["libc.so.6", "libdl.so.2", "libc.so"];

    /// <summary>Loads a library; 0 if it was not found.</summary>
    public static nint Load(string name)
    {
        var open = (delegate* unmanaged<byte*, int, nint>)Function("dlopen");
        fixed (byte* text = Text(name)) return open(text, Now | Global);
    }

    /// <summary>Sets a variable of the environment where native code sees it, unless it is set.</summary>
    public static void SetDefault(string name, string value)
    {
        var set = (delegate* unmanaged<byte*, byte*, int, int>)Function("setenv");
        fixed (byte* key = Text(name), text = Text(value)) _ = set(key, text, 0);
    }

    /// <summary>Sleeps much shorter than <see cref="Thread.Sleep(int)"/> can.</summary>
    public static delegate* unmanaged<uint, int> Doze { get; } = (delegate* unmanaged<uint, int>)Function("usleep");

    private static nint Function(string name)
    {
        foreach (var system in Systems)
        {
            if (NativeLibrary.TryLoad(system, out var library) && NativeLibrary.TryGetExport(library, name, out var function))
                return function;
        }
        throw new ClusterException($"The C library of this system has no '{name}', so MPI cannot be loaded. SimpleFlow.Mpi runs on "
            + "Linux and macOS.");
    }

    private static byte[] Text(string text) => [.. System.Text.Encoding.UTF8.GetBytes(text), 0];
}
