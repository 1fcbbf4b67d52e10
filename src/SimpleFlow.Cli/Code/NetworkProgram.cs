using System.Reflection;
using SimpleFlow.Onnx;

namespace SimpleFlow.Cli.Code;

/// <summary>The program that loads and uses a saved network: complete, in one file, for <c>dotnet run</c>. Without an argument it predicts
/// for an example that it holds; with one it reads a file, with all its digits.</summary>
internal static class NetworkProgram
{
    /// <summary>Writes the program.</summary>
    /// <param name="network">The network.</param>
    /// <param name="path">Where it is, as the program will name it.</param>
    public static string Of(Network network, string path)
    {
        var (input, output) = (network.Description.Input, network.Description.Output);
        var (uses, body) = input switch
        {
            TableInput table => ("SimpleFlow", TableProgram.Of(table, output)),
            ImageInput image => ("SimpleFlow.Images", ImageProgram.Of(image, output)),
            TextInput text => ("SimpleFlow", TextProgram.Of(text, output)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        var (isOnnx, hasBody) = (NetworkFile.IsOnnx(path), network.Description.Layers.Any(layer => layer is OnnxBody));
        string[] packages =
            [.. new[] { "SimpleFlow", uses, isOnnx || hasBody ? "SimpleFlow.Onnx" : uses }.Distinct(StringComparer.Ordinal)];
        var registration = hasBody ? "// Its first layers are from an ONNX file.\nOnnxBody.Register();\n" : "";
        return $"""
            {Lines(packages.Select(package => $"#:package {package}@{Version}"))}

            // Uses the network in {CSharpText.Literal(path)}. Save it as use.cs and start it with `dotnet run use.cs`.
            // In a project, leave out the lines that begin with #, and run
            {Lines(packages.Select(package => $"//   dotnet add package {package}"))}

            {Lines(packages.Select(package => $"using {package};"))}

            {registration}var network = {(isOnnx ? "OnnxNetwork" : "Network")}.Load({CSharpText.Literal(path)});

            {body}
            """;
    }

    /// <summary>What the network says, for a comment.</summary>
    public static string Said(NetworkOutput output) => output switch
    {
        ClassOutput classes => $"The answer is one of {NumberText.Count(classes.Classes.Count, "class", "classes")} of "
            + $"{CSharpText.Literal(classes.Name)}: {CSharpText.Listed(classes.Classes)}.",
        NumberOutput number =>
            $"The answer is {CSharpText.Literal(number.Name)}, an amount: {CSharpText.Literal(number.Mean)} on average in training.",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A method that gives classes, or its counterpart for amounts.</summary>
    public static string Call(NetworkOutput output, string ending = "") => (output is ClassOutput ? "Classify" : "Estimate") + ending;

    /// <summary>The statement that writes an answer with all its digits.</summary>
    /// <param name="output">What the answer is.</param>
    /// <param name="before">What the line begins with, within the quotes of an interpolated string.</param>
    public static string Written(NetworkOutput output, string before = "") => output is ClassOutput
        ? $$"""Console.WriteLine($"{{before}}{answer.Class}: {answer.Probability}");"""
        : $$"""Console.WriteLine($"{{before}}{answer}");""";

    /// <summary>Texts below one another.</summary>
    public static string Lines(IEnumerable<string> lines) => string.Join('\n', lines);

    // The packages have the version of the tool; what comes after a plus is the commit.
    public static string Version => typeof(NetworkProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
        .InformationalVersion.Split('+')[0];
}
