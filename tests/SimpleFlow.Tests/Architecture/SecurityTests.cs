using System.Reflection;
using System.Text.RegularExpressions;
using SimpleFlow.Cli;
using SimpleFlow.Images;
using SimpleFlow.Onnx;
using SimpleFlow.Plots;

namespace SimpleFlow.Tests.Architecture;

/// <summary>What SECURITY.md says of the code, whatever is in a file.</summary>
[Trait("Promise", "10")]
public sealed partial class SecurityTests
{
    public static TheoryData<string> Projects =>
        ["SimpleFlow", "SimpleFlow.Images", "SimpleFlow.Onnx", "SimpleFlow.Mpi", "SimpleFlow.Plots", "SimpleFlow.Cli"];

    [Fact]
    public void Nothing_opens_a_connection()
    {
        Type[] all = [typeof(Node), typeof(PictureFolder), typeof(OnnxModel), typeof(Mpi.Mpi), typeof(Chart), typeof(Tool)];
        var used = all.SelectMany(type => type.Assembly.GetReferencedAssemblies()).Select(assembly => assembly.Name!);
        Assert.DoesNotContain(used, name => name.StartsWith("System.Net", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Projects))]
    public void Nothing_in_a_file_can_be_executed(string project) =>
        Assert.Empty(SourceFile.Of(project).Where(file => Executing().IsMatch(file.Code)).Select(file => file.Path));

    /// <summary>Each of these opens what a program names, or what it has written itself; a saved graph is unpacked in memory.
    /// The folder of an ONNX model refuses every name that leads out of it.</summary>
    [Theory, MemberData(nameof(Projects))]
    public void No_path_in_a_file_is_opened(string project)
    {
        string[] readers =
            [
            "ReadableFile.cs", "CsvTable.cs", "LayersFile.cs", "TextSource.cs", "PictureFile.cs",
            "FileLayer.cs", "EventFile.cs", "FolderLock.cs", "WritableFile.cs", "StoredElements.cs", "SavedGraph.cs",
            "ModelFile.cs", "ExternalFolder.cs", "ForeignScores.cs", "CsvRows.cs",
        ];
        Assert.Empty(SourceFile.Of(project).Where(file => Opening().IsMatch(file.Code) && !readers.Contains(Path.GetFileName(file.Path)))
            .Select(file => file.Path));
    }

    [GeneratedRegex(
        @"\b(?:Type\.GetType|Activator\.|Assembly\.Load|Process\.Start|AssemblyLoadContext|BinaryFormatter|DllImport|LibraryImport)")]
    private static partial Regex Executing();

    [GeneratedRegex(@"\bFile\.(?:ReadAll|ReadLines|OpenRead|OpenText|OpenHandle|Open\b)|\bnew (?:FileStream|StreamReader)\(")]
    private static partial Regex Opening();
}
