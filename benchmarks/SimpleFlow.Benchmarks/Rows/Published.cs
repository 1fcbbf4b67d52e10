namespace SimpleFlow.Benchmarks;

/// <summary>A program of the repository as its users get it: published, into a folder that is deleted at last.</summary>
internal sealed class Published : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("simpleflow-published-").FullName;
    private readonly string _program;

    /// <param name="project">The project's folder, from the repository's root.</param>
    /// <param name="options">More options of <c>dotnet publish</c>.</param>
    public Published(string project, params string[] options)
    {
        _program = Path.Combine(_folder, Path.GetFileName(project));
        Child.Output("dotnet", ["publish", project, "-c", "Release", "-o", _folder, .. options]);
    }

    /// <summary>The program; null if it could not be published.</summary>
    public string? Program => File.Exists(_program) ? _program : null;

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
