namespace SimpleFlow.Tests.Clusters;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("simpleflow-cluster-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
