namespace SimpleFlow.Mpi;

/// <summary>Whether a program for MPI has started this process: they say so in environment variables.</summary>
internal static class Launcher
{
    // Open MPI; MPICH and Intel MPI; Slurm's srun with PMIx.
    private static readonly string[] Signs = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"];

    /// <summary>Whether it has.</summary>
    public static bool IsThere => Array.Exists(Signs, sign => Environment.GetEnvironmentVariable(sign) is { Length: > 0 });
}
