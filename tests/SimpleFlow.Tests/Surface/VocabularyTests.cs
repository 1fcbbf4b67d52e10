using System.Reflection;
using System.Runtime.CompilerServices;
using SimpleFlow.Images;
using SimpleFlow.Plots;

namespace SimpleFlow.Tests.Surface;

/// <summary>One thing has one name, in one place of every list of parameters.</summary>
public sealed class VocabularyTests
{
    private const int MostOptional = 6;

    // A convolution has as many settings as in every framework, and so has a transformer block.
    private static readonly string[] WithMany =
        [nameof(Layers.Conv1D), nameof(Layers.Conv2D), nameof(Layers.ConvTranspose2D), nameof(Layers.TransformerBlock)];

    // Made of another layer's function or of other layers.
    private static readonly Type[] WithoutFunction = [typeof(Layer.Activate), typeof(Layer.Residual)];

    private static readonly Type[] Types =
        [.. new[] { typeof(Node), typeof(Chart), typeof(PictureFolder) }.SelectMany(one => one.Assembly.GetExportedTypes())
            .Where(type => !type.Name.Contains('<'))];

    private static readonly IReadOnlyList<MethodBase> Members =
        [.. Types.SelectMany(type =>
            type.GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .OfType<MethodBase>()
            .Where(member =>
                !member.Name.Contains('<') && member.Name != "Deconstruct" && !(member.IsSpecialName && member is MethodInfo))];

    [Fact]
    public void Every_layer_has_its_function()
    {
        var functions = Functions(typeof(Layers)).Concat(Functions(typeof(Flow))).Select(function => function.Name)
            .ToHashSet(StringComparer.Ordinal);
        Assert.Superset(Kinds.Except(WithoutFunction).Select(kind => kind.Name).ToHashSet(StringComparer.Ordinal), functions);
    }

    [Fact]
    public void Every_function_of_one_node_has_its_layer()
    {
        var kinds = Kinds.Select(kind => kind.Name).ToHashSet(StringComparer.Ordinal);
        var ofOne = Functions(typeof(Layers))
            .Where(function => function.GetParameters().Count(parameter => parameter.ParameterType == typeof(Node)) == 1);
        Assert.Superset(ofOne.Select(function => function.Name).ToHashSet(StringComparer.Ordinal), kinds);
    }

    [Fact]
    public void A_layer_stands_in_the_file_of_its_function()
    {
        var files = Architecture.SourceFile.Of("SimpleFlow").Where(file => file.Folder == "Layers").ToList();
        foreach (var function in Functions(typeof(Layers)).Select(one => one.Name).Distinct()
            .Where(name => Kinds.Any(kind => kind.Name == name)))
        {
            var written = files.Single(file => file.Text.Contains($"public static Node {function}(", StringComparison.Ordinal)).Path;
            var described = files.Single(file => file.Text.Contains($"public sealed record {function}", StringComparison.Ordinal)).Path;
            Assert.Equal(written, described);
        }
    }

    [Fact]
    public void No_call_has_more_optional_arguments_than_a_person_can_hold_in_mind() =>
        Assert.Empty(Members
            .Where(member => !(member.DeclaringType == typeof(Layers) && WithMany.Contains(member.Name)) && !IsDescription(member))
            .Where(member => Given(member).Count(parameter => parameter.IsOptional) > MostOptional).Select(Text));

    [Fact]
    public void A_name_comes_last_and_a_cancellation_after_it()
    {
        foreach (var member in Members)
        {
            var given = Given(member).ToList();
            var token = given.FindIndex(parameter => parameter.ParameterType == typeof(CancellationToken));
            Assert.True(token < 0 || token == given.Count - 1, Text(member));
            var name = given.FindIndex(parameter => parameter is { Name: "name", IsOptional: true });
            Assert.True(name < 0 || name == given.Count - 1, Text(member));
        }
    }

    [Fact]
    public void An_axis_comes_after_the_operands()
    {
        foreach (var member in Members)
        {
            var given = Given(member).ToList();
            var axis = given.FindIndex(parameter => parameter.Name is "axis" or "axes");
            if (axis < 0) continue;
            Assert.True(given[..axis].TrueForAll(IsOperand), Text(member));
            Assert.False(given[(axis + 1)..].Exists(IsOperand), Text(member));
        }

        // An operand, or its number.
        static bool IsOperand(ParameterInfo parameter) =>
            parameter.ParameterType == typeof(Node) || parameter.ParameterType == typeof(Node[]) || parameter.Name == "input";
    }

    [Fact]
    public void What_falls_in_dropout_is_a_rate()
    {
        string[] allowed = ["rate", "Rate", "dropoutRate", "DropoutRate"];
        var named = Members.Where(member => member.Name.Contains("Dropout", StringComparison.Ordinal)
            || member.DeclaringType!.Name.Contains("Dropout", StringComparison.Ordinal)
                || Given(member).Any(parameter => parameter.Name!.Contains("dropout", StringComparison.OrdinalIgnoreCase)))
            .SelectMany(member => Given(member).Where(parameter => parameter.ParameterType == typeof(float)));
        Assert.NotEmpty(named);
        Assert.All(named, parameter => Assert.Contains(parameter.Name, allowed));
    }

    [Fact]
    public void What_makes_something_of_nodes_is_called_of()
    {
        // The language demands Create for what collection expressions make.
        string[] others = ["Run", "Evaluate", "Make", "Build"];
        Assert.Empty(Members.OfType<MethodInfo>().Where(method => method.IsStatic && others.Contains(method.Name)).Select(Text));
    }

    private static IEnumerable<Type> Kinds => typeof(Layer).GetNestedTypes().Where(type => type.IsAssignableTo(typeof(Layer)));

    private static IEnumerable<MethodInfo> Functions(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(method => !method.IsSpecialName && method.ReturnType == typeof(Node));

    // A description says what a function says, whose weights and name it does not have.
    private static bool IsDescription(MemberInfo member) => member.DeclaringType!.IsAssignableTo(typeof(Layer));

    // Where a call was written is filled in by the compiler.
    private static IEnumerable<ParameterInfo> Given(MethodBase member) => member.GetParameters()
        .Where(parameter =>
            !parameter.IsDefined(typeof(CallerFilePathAttribute)) && !parameter.IsDefined(typeof(CallerLineNumberAttribute)));

    private static string Text(MethodBase member) =>
        $"{member.DeclaringType!.Name}.{member.Name}({string.Join(", ", Given(member).Select(parameter => parameter.Name))})";
}
