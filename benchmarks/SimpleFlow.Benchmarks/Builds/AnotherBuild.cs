using System.Formats.Tar;

namespace SimpleFlow.Benchmarks;

/// <summary>The library as it was at another commit, in a program that measures it as this one does: these benchmarks are built on it.</summary>
internal static class AnotherBuild
{
    /// <summary>Builds it in a folder of its own, unless that was done before.</summary>
    /// <param name="commit">What git knows it by: a branch, a tag, a hash.</param>
    /// <returns>The program's library.</returns>
    /// <exception cref="UsageException">There is no such commit, or these benchmarks do not compile with it.</exception>
    public static string Of(string commit)
    {
        var hash = Child.Output("git", "rev-parse", "--verify", "--quiet", $"{commit}^{{commit}}")?.Trim()
            ?? throw new UsageException($"`{commit}` is no commit of this repository. Name a branch, a tag or a hash: compare main.");
        var folder = Path.Combine(Repository.Root, "out", "compare", hash[..12]);
        var project = Path.Combine(folder, "benchmarks", nameof(SimpleFlow) + ".Benchmarks");
        if (!Directory.Exists(folder))
        {
            Bench.Say($"Getting {hash[..12]} …");
            Extract(hash, folder);
        }
        Directory.Delete(Path.Combine(folder, "benchmarks"), recursive: true);
        Copy(Path.Combine(Repository.Root, "benchmarks"), Path.Combine(folder, "benchmarks"));
        Bench.Say($"Building {hash[..12]} with these benchmarks …");
        var built = Child.Output("dotnet", "build", project, "-c", "Release");
        var program = Path.Combine(project, "bin", "Release", "net10.0", "SimpleFlow.Benchmarks.dll");
        return built is not null ? program
            : throw new UsageException($"These benchmarks do not compile with {hash[..12]}: see `dotnet build {project} -c Release`.");
    }

    private static void Extract(string hash, string folder)
    {
        // Under another name until it is whole.
        var (archive, part) = ($"{folder}.tar", $"{folder}.part");
        if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
        Directory.CreateDirectory(part);
        if (Child.Output("git", "archive", "--format=tar", "-o", archive, hash) is null)
            throw new UsageException($"git could not write {archive}.");
        TarFile.ExtractToDirectory(archive, part, overwriteFiles: true);
        File.Delete(archive);
        Directory.Move(part, folder);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var folder in Directory.EnumerateDirectories(from))
        {
            if (Path.GetFileName(folder) is var name and not ("bin" or "obj")) Copy(folder, Path.Combine(to, name));
        }
    }
}
