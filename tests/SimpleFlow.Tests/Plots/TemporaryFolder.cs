namespace SimpleFlow.Tests.Plots;

/// <summary>A folder for the pictures of one test, gone after it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("simpleflow-plots-").FullName;

    public string File(params ReadOnlySpan<string> parts) => Path.Combine([_path, .. parts]);

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
