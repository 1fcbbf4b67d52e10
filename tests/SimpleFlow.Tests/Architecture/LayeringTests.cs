using System.Reflection;
using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow.Tests.Architecture;

/// <summary>Folders are stages, and no arrow points back: each folder may use the types of those it builds on, and of no others.</summary>
public class LayeringTests
{
    // Graphs and Ops know the kernels they compile to; nobody but Training knows of plans and executables.
    // In an order in which each comes after all it builds on.
    private static readonly (string Folder, string[] MayUse)[] Stages =
        [
        ("Kernels", []),
        ("Graphs", ["Kernels"]),
        ("Clusters", ["Graphs", "Kernels"]),                                         // of Graphs, how numbers and errors are written
        ("Ops", ["Clusters", "Graphs", "Kernels"]),
        ("Autodiff", ["Ops", "Graphs", "Kernels"]),                                   // of Kernels, that an op there has none
        ("Layers", ["Autodiff", "Ops", "Graphs"]),                                    // of Autodiff, what a recurrence is made of
        ("Data", ["Graphs", "Kernels"]),
        ("Compilation", ["Autodiff", "Ops", "Clusters", "Graphs", "Kernels"]),       // of Clusters, the order in which buckets travel
        ("Execution", ["Compilation", "Data", "Ops", "Graphs", "Kernels"]),          // of Data, the way in which files are saved
        ("Diagnostics", ["Compilation", "Data", "Autodiff", "Layers", "Ops", "Graphs", "Kernels"]),
        ("Training", ["Diagnostics", "Execution", "Compilation", "Data", "Layers", "Autodiff", "Ops", "Clusters", "Graphs", "Kernels"]),
        ("Inspection", ["Training", "Diagnostics", "Execution", "Compilation", "Data", "Autodiff", "Ops", "Graphs", "Kernels"]),
        ("Networks", ["Training", "Data", "Layers", "Ops", "Graphs", "Kernels"]),
    ];

    // Within a stage: files beside the sub-folders stand under the stage's own name.
    private static readonly (string Folder, string[] MayUse)[] SubFolders =
        [
        ("Kernels", []),
        ("Kernels/Products", ["Kernels"]),
        ("Kernels/Convolutions", ["Kernels/Products", "Kernels"]),
        ("Kernels/Pooling", ["Kernels/Products", "Kernels"]),                        // which shares the transposition of packing
        ("Kernels/Tiles", ["Kernels/Products", "Kernels"]),                          // a tile program is what a product hands its blocks to
        ("Kernels/Rows", ["Kernels/Tiles", "Kernels"]),
        ("Data", []),
        ("Data/Files", []),
        ("Data/Tables", ["Data/Files", "Data"]),                                     // of Data, that columns are an array
        ("Data/Formats", ["Data/Tables", "Data/Files", "Data"]),                     // of Tables, the files of a folder
        ("Data/Feeding", ["Data/Formats", "Data"]),
        ("Diagnostics", []),
        ("Diagnostics/Derivation", ["Diagnostics"]),
        ("Diagnostics/Drawing", ["Diagnostics"]),
        ("Diagnostics/Checking", ["Diagnostics/Derivation", "Diagnostics"]),
        ("Diagnostics/Tracing", ["Diagnostics/Checking", "Diagnostics/Derivation", "Diagnostics"]),
        ("Training/Totals", []),
        ("Training/Guarding", []),
        ("Training/Reports", []),
        ("Training/Optimizers", ["Training/Guarding"]),
        ("Training/Checkpoints", ["Training/Reports", "Training/Optimizers"]),
        ("Inspection/Diagnosis", []),
        ("Inspection", ["Inspection/Diagnosis"]),
        ("Training",
            ["Training/Totals", "Training/Guarding", "Training/Reports", "Training/Optimizers", "Training/Checkpoints"]),
        ("Training/Callbacks", ["Training", "Training/Checkpoints", "Training/Optimizers", "Training/Reports"]),
    ];

    private static readonly IReadOnlyList<SourceFile> Files = SourceFile.Of("SimpleFlow");

    [Fact]
    public void Every_folder_has_its_place() =>
        Assert.Empty(Files.Select(file => file.Folder).Except(Stages.Select(stage => stage.Folder)));

    [Fact]
    public void Every_type_has_its_folder() => Assert.Superset(Types.Select(NameOf).ToHashSet(), Home.Keys.ToHashSet());

    [Fact]
    public void No_arrow_points_back()
    {
        var wrong = from type in Types
                    from used in TypeUse.Of(type)
                    where used.Assembly == type.Assembly && Home.TryGetValue(NameOf(used), out var folder) && folder != Home[NameOf(type)]
                        && !Stages.Single(stage => stage.Folder == Home[NameOf(type)]).MayUse.Contains(folder)
                    select $"{Home[NameOf(type)]}/{NameOf(type)} uses {Home[NameOf(used)]}/{NameOf(used)}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_sub_folder_has_its_place() =>
        Assert.Empty(Files.Select(file => file.SubFolder).Where(folder => folder.Contains('/'))
            .Except(SubFolders.Select(one => one.Folder)));

    [Fact]
    public void No_arrow_between_sub_folders_points_back()
    {
        var wrong = from type in Types
                    from used in TypeUse.Of(type)
                    where used.Assembly == type.Assembly && SubHome.ContainsKey(NameOf(used))
                    let user = SubHome[NameOf(type)]
                    let home = SubHome[NameOf(used)]
                    where user != home && user.Split('/')[0] == home.Split('/')[0]
                        && !SubFolders.Single(one => one.Folder == user).MayUse.Contains(home)
                    select $"{user}/{NameOf(type)} uses {home}/{NameOf(used)}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Internal_namespaces_are_the_folders()
    {
        var wrong = from file in Files
                    where file.Folder is "Kernels" or "Compilation" or "Execution"
                    let expected = $"namespace SimpleFlow.{file.SubFolder.Replace('/', '.')};"
                    where !file.Text.Contains(expected, StringComparison.Ordinal) && file.Types.Any(name => !IsPublic(name))
                    select $"{file.Path}: expected {expected}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_stages_are_in_an_order()
    {
        foreach (var stages in new[] { Stages, SubFolders })
            for (var i = 0; i < stages.Length; i++) Assert.Empty(stages[i].MayUse.Except(stages[..i].Select(stage => stage.Folder)));
    }

    [Fact]
    public void The_library_knows_nothing_of_its_tools()
    {
        string[] strangers = ["Plots", "Cli", "Onnx", "ScottPlot", "Spectre", "CommandLine"];
        Assert.Empty(Files.Where(file =>
            strangers.Any(stranger => file.Code.Contains($"using {stranger}", StringComparison.Ordinal)
                || file.Code.Contains($"SimpleFlow.{stranger}", StringComparison.Ordinal))).Select(file => file.Path));
        var project = File.ReadAllText(Path.Combine(SourceFile.Source, "SimpleFlow", "SimpleFlow.csproj"));
        Assert.DoesNotContain("ProjectReference", project, StringComparison.Ordinal);
        Assert.Equal(1, project.Split("PackageReference").Length - 1);
    }

    [Theory, InlineData("Cli"), InlineData("Plots"), InlineData("Images"), InlineData("Onnx"), InlineData("Mpi")]
    public void A_tool_is_built_on_what_users_have(string tool) =>
        Assert.DoesNotContain($"SimpleFlow.{tool}",
            typeof(Node).Assembly.GetCustomAttributes<InternalsVisibleToAttribute>().Select(friend => friend.AssemblyName));

    [Fact]
    public void The_check_sees_what_is_used()
    {
        Assert.Contains(typeof(Broadcasting), TypeUse.Of(typeof(BackwardSweep)));          // a call
        Assert.Contains(typeof(Flow), TypeUse.Of(typeof(BackwardSweep)));                  // a call of an extension method
        Assert.Contains(typeof(Philox), TypeUse.Of(typeof(Initializer)));      // within a lambda
        Assert.Contains(typeof(Node), TypeUse.Of(typeof(Activation)));                 // a type argument
        Assert.DoesNotContain(typeof(Model), TypeUse.Of(typeof(BackwardSweep)));
    }

    /// <summary>The types of the library that are written in its source, apart from those within others.</summary>
    private static IEnumerable<Type> Types =>
        typeof(Node).Assembly.GetTypes()
            .Where(type => !type.IsNested && type.Namespace?.StartsWith("SimpleFlow", StringComparison.Ordinal) == true);

    private static readonly Dictionary<string, string> Home = Files.SelectMany(file => file.Types.Select(type => (Type: type, file.Folder)))
        .Distinct().ToDictionary(place => place.Type, place => place.Folder);

    private static readonly Dictionary<string, string> SubHome =
        Files.SelectMany(file => file.Types.Select(type => (Type: type, file.SubFolder)))
            .DistinctBy(place => place.Type).ToDictionary(place => place.Type, place => place.SubFolder);

    private static bool IsPublic(string name) => Types.Any(type => type.IsPublic && NameOf(type) == name);

    private static string NameOf(Type type) => type.Name.Split('`')[0];
}
