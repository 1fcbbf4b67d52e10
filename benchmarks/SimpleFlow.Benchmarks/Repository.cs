namespace SimpleFlow.Benchmarks;

internal static class Repository
{
    /// <summary>The folder of SimpleFlow.slnx.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "SimpleFlow.slnx"))) return folder;
        }
        return Environment.CurrentDirectory;
    }
}
