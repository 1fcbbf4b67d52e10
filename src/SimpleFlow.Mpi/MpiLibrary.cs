using System.Runtime.InteropServices;
using System.Text;

namespace SimpleFlow.Mpi;

/// <summary>The functions and constants of the MPI library on this machine. Its interface in C differs between libraries: for Open MPI a
/// handle is the address of a variable, for MPICH and those derived from it a number.</summary>
internal sealed unsafe class MpiLibrary
{
    /// <summary>A rank for "any of them".</summary>
    public int AnySource { get; }

    /// <summary>All processes of the job.</summary>
    public nint World { get; }

    /// <summary>The type of a byte.</summary>
    public nint Byte { get; }

    /// <summary>How the library describes itself, on one line.</summary>
    public string Version { get; }

    private const int VersionLength = 8192;          // the most that a library may write
    private readonly nint _library, _errorsReturn;

    private MpiLibrary(nint library)
    {
        _library = library;
        Version = ReadVersion();
        if (Version.Contains("Open MPI", StringComparison.Ordinal))
        {
            (World, Byte, _errorsReturn) = (Export("ompi_mpi_comm_world"), Export("ompi_mpi_byte"), Export("ompi_mpi_errors_return"));
            AnySource = -1;
        }
        else if (Version.Contains("MPICH", StringComparison.Ordinal) || Version.Contains("Intel", StringComparison.Ordinal)
            || Version.Contains("MVAPICH", StringComparison.Ordinal))
        {
            (World, Byte, _errorsReturn, AnySource) = (0x4400_0000, 0x4c00_010d, 0x5400_0001, -2);
        }
        else
        {
            throw new ClusterException($"The MPI library of this machine is '{Version}', which SimpleFlow does not know: use Open MPI or "
                + "MPICH.");
        }
        InitThread = (delegate* unmanaged<nint, nint, int, int*, int>)Export("MPI_Init_thread");
        Rank = (delegate* unmanaged<nint, int*, int>)Export("MPI_Comm_rank");
        Size = (delegate* unmanaged<nint, int*, int>)Export("MPI_Comm_size");
        StartSend = (delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int>)Export("MPI_Isend");
        StartReceive = (delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int>)Export("MPI_Irecv");
        Test = (delegate* unmanaged<nint*, int*, void*, int>)Export("MPI_Test");
        Probe = (delegate* unmanaged<int, int, nint, int*, void*, int>)Export("MPI_Iprobe");
        Receive = (delegate* unmanaged<void*, int, nint, int, int, nint, void*, int>)Export("MPI_Recv");
        Count = (delegate* unmanaged<void*, nint, int*, int>)Export("MPI_Get_count");
        Finish = (delegate* unmanaged<int>)Export("MPI_Finalize");
    }

    public delegate* unmanaged<nint, nint, int, int*, int> InitThread { get; }

    public delegate* unmanaged<nint, int*, int> Rank { get; }

    public delegate* unmanaged<nint, int*, int> Size { get; }

    public delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int> StartSend { get; }

    public delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int> StartReceive { get; }

    public delegate* unmanaged<nint*, int*, void*, int> Test { get; }

    public delegate* unmanaged<int, int, nint, int*, void*, int> Probe { get; }

    public delegate* unmanaged<void*, int, nint, int, int, nint, void*, int> Receive { get; }

    public delegate* unmanaged<void*, nint, int*, int> Count { get; }

    public delegate* unmanaged<int> Finish { get; }

    /// <summary>Loads it.</summary>
    /// <exception cref="ClusterException">No MPI library was found, or it is an unknown one.</exception>
    public static MpiLibrary Load()
    {
        // .NET turns some of these signals into exceptions: they are not Open MPI's to report.
        SharedLibraries.SetDefault("OMPI_MCA_opal_signal", "");
        // Over TCP, Open MPI's other protocol for long messages (put) waits for an answer again and again: at 1 Gb/s the sums of a step
        // with 1.9 million parameters took 115 ms instead of 75.
        SharedLibraries.SetDefault("OMPI_MCA_btl_tcp_flags", "send");
        foreach (var name in Names())
        {
            if (SharedLibraries.Load(name) is var library and not 0) return new MpiLibrary(library);
        }
        throw new ClusterException($"This process was started for MPI, and there is no MPI library ({string.Join(", ", Names())}). Install "
            + "one: apt-get install openmpi-bin.");
    }

    /// <summary>Makes errors of the library exceptions here instead of the end of the process.</summary>
    public void ReturnErrors() =>
        Require(((delegate* unmanaged<nint, nint, int>)Export("MPI_Comm_set_errhandler"))(World, _errorsReturn), "MPI_Comm_set_errhandler");

    /// <summary>Throws if a function has failed.</summary>
    /// <exception cref="ClusterException">It has; the message is the library's own.</exception>
    public void Require(int error, string function)
    {
        if (error == 0) return;
        var text = stackalloc byte[VersionLength];
        var length = 0;
        var known = ((delegate* unmanaged<int, byte*, int*, int>)Export("MPI_Error_string"))(error, text, &length) == 0;
        throw new ClusterException($"{function} failed: {(known ? Encoding.UTF8.GetString(text, length) : $"error {error}")}.");
    }

    // Which library has started the process comes first; a file without a version is there only with the headers.
    private static string[] Names() => OperatingSystem.IsMacOS() ? ["libmpi.40.dylib", "libmpi.dylib", "libmpi.12.dylib"]
        : Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_SIZE") is not null
            ? ["libmpi.so.40", "libmpi.so"] : ["libmpich.so.12", "libmpi.so.12", "libmpi.so.40", "libmpi.so"];

    private string ReadVersion()
    {
        var text = stackalloc byte[VersionLength];
        var length = 0;
        _ = ((delegate* unmanaged<byte*, int*, int>)Export("MPI_Get_library_version"))(text, &length);
        return Encoding.UTF8.GetString(text, Math.Clamp(length, 0, VersionLength)).Split('\n')[0].Trim('\0', ' ');
    }

    private nint Export(string name) => NativeLibrary.TryGetExport(_library, name, out var function) ? function
        : throw new ClusterException($"The MPI library of this machine ({Version ?? "unknown"}) has no '{name}': install Open MPI 2 or "
            + "later.");
}
