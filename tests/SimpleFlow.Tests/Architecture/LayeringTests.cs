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
        ("Ops", ["Graphs", "Kernels"]),
        ("Autodiff", ["Ops", "Graphs"]),
        ("Layers", ["Ops", "Graphs"]),
        ("Data", ["Graphs", "Kernels"]),
        ("Compilation", ["Ops", "Graphs", "Kernels"]),
        ("Execution", ["Compilation", "Data", "Ops", "Graphs", "Kernels"]),          // of Data, the way in which files are saved
        ("Diagnostics", ["Compilation", "Data", "Autodiff", "Layers", "Ops", "Graphs", "Kernels"]),
        ("Training", ["Diagnostics", "Execution", "Compilation", "Data", "Layers", "Autodiff", "Ops", "Graphs", "Kernels"]),
        ("Inspection", ["Training", "Diagnostics", "Execution", "Compilation", "Data", "Autodiff", "Ops", "Graphs", "Kernels"]),
        ("Networks", ["Training", "Data", "Layers", "Ops", "Graphs", "Kernels"]),
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
    public void The_stages_are_in_an_order()
    {
        for (var i = 0; i < Stages.Length; i++) Assert.Empty(Stages[i].MayUse.Except(Stages[..i].Select(stage => stage.Folder)));
    }

    [Fact]
    public void The_library_knows_nothing_of_its_tools()
    {
        string[] strangers = ["Plots", "Cli", "ScottPlot", "Spectre", "CommandLine"];
        Assert.Empty(Files.Where(file =>
            strangers.Any(stranger => file.Code.Contains($"using {stranger}", StringComparison.Ordinal)
                || file.Code.Contains($"SimpleFlow.{stranger}", StringComparison.Ordinal))).Select(file => file.Path));
        var project = File.ReadAllText(Path.Combine(SourceFile.Source, "SimpleFlow", "SimpleFlow.csproj"));
        Assert.DoesNotContain("ProjectReference", project, StringComparison.Ordinal);
        Assert.Equal(1, project.Split("PackageReference").Length - 1);
    }

    [Theory, InlineData("Cli"), InlineData("Plots"), InlineData("Images")]
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

    private static string NameOf(Type type) => type.Name.Split('`')[0];
}
